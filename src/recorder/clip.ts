/**
 * A clip on its way: takes frames, feeds them to its record bin, ends as a file with a report.
 *
 * @module
 */
import { GstError } from "../../ffi/errors.ts";
import { GstTimeoutError } from "../errors.ts";
import type { Frame } from "../frame.ts";
import type { ClipWindow } from "../ringbuffer/window.ts";
import { ClipFile } from "./clip_file.ts";
import { RecordingError } from "./errors.ts";
import type { RecordBin } from "./record_bin.ts";
import { ClipTally, type RecordingReport, type Shortfall } from "./report.ts";

/** What a clip is made of. */
export interface ClipOptions {
  /** The clip's file name. */
  path: string;
  /** The frames that it holds. */
  window: ClipWindow;
  /** Makes the pipeline that writes it. */
  recordBinClass: typeof RecordBin;
  /** Wall clock (milliseconds) at running time 0. */
  epochMs: number;
  /** Frames that may wait for the encoder; more than that are dropped. */
  maxBacklog: number;
  /** Seconds until the file exists, at most. */
  maxDelaySec: number;
}

const NS_PER_MS = 1_000_000n;
/** Seconds for the encoder to take one more frame, or to finish after the last one. */
const FINISH_SEC = 20;

/** A clip, from the call that made it to its report. {@link VideoRecorder} drives it by {@link tick}. */
export class Clip {
  /** The clip's file name. */
  readonly path: string;
  /** The frames that it holds. */
  readonly window: ClipWindow;
  /** Resolves once the file is there and takes frames. */
  readonly started: Promise<void>;
  /** Resolves when nothing more happens, well or ill. */
  readonly done: Promise<void>;
  readonly #options: ClipOptions;
  readonly #tally = new ClipTally();
  readonly #start = Promise.withResolvers<void>();
  readonly #finish = Promise.withResolvers<RecordingReport>();
  /** Frames that the record bin has not got yet. */
  readonly #queue: Frame[] = [];
  readonly #startTimer: ReturnType<typeof setTimeout>;
  #isAwaited = false;
  #file: ClipFile | undefined;
  #bin: RecordBin | undefined;
  #state: "waiting" | "starting" | "recording" | "finishing" | "done" = "waiting";
  #isInputOver = false;
  #hasStarted = false;
  #isWritten = false;
  #lastBacklog = 0;
  #lastProgressMs = 0;

  /** A clip without a file yet: that is made when the first frame comes. */
  constructor(options: ClipOptions) {
    this.#options = options;
    this.path = options.path;
    this.window = options.window;
    this.started = this.#start.promise;
    this.started.catch(() => {});
    this.done = this.#finish.promise.then(() => {}, (error) => {
      if (this.#hasStarted && !this.#isAwaited) console.error(error);
    });
    const late = new GstTimeoutError(
      `No file within ${options.maxDelaySec} s: ` +
        "no frame came that belongs to the clip, or its file could not be made in time",
    );
    this.#startTimer = setTimeout(() => void this.fail(late), options.maxDelaySec * 1000);
  }

  /** Resolves to the report, rejects with a {@link RecordingError}; a failure that nobody awaits is printed. */
  get finished(): Promise<RecordingReport> {
    this.#isAwaited = true;
    return this.#finish.promise;
  }

  /** Where it is in its life. */
  get state(): "starting" | "recording" | "finishing" | "done" {
    return this.#state === "waiting" ? "starting" : this.#state;
  }

  /** Whether more frames may come. */
  get isOpen(): boolean {
    return !this.#isInputOver;
  }

  /**
   * Takes a frame where it belongs to the clip, and ends the clip at the first one after it.
   *
   * @param frameNs Nanoseconds that a frame lasts by the caps; null where they do not tell.
   */
  offer(frame: Frame, frameNs: bigint | null): void {
    if (this.#isInputOver || frame.timeNs === null) return;
    const place = this.window.place(frame.timeNs);
    if (place === "after") return this.endInput();
    if (place === "before") return;
    const backlog = this.#queue.length + (this.#bin?.backlog ?? 0);
    if (backlog >= this.#options.maxBacklog) return this.#tally.note("encoder-too-slow");
    this.#tally.add(frame.timeNs, frame.durationNs, frameNs);
    this.#queue.push(frame.retain());
    if (this.#state === "waiting") void this.#open();
  }

  /** No more frames come. */
  endInput(shortfall?: Shortfall): void {
    if (this.#isInputOver) return;
    this.#isInputOver = true;
    if (shortfall !== undefined && !this.#tally.reaches(this.window.endNs)) {
      this.#tally.note(shortfall);
    }
    if (this.#tally.frames === 0) {
      void this.fail(new GstError(`No frame came (${shortfall ?? "too late"})`));
    }
  }

  /** Makes the file and starts the record bin. */
  async #open(): Promise<void> {
    this.#state = "starting";
    try {
      const { path, recordBinClass } = this.#options;
      this.#file = await ClipFile.reserve(path);
      this.#bin = new recordBinClass({ path, location: this.#file.partPath });
      await this.#bin.start();
      if (this.state === "done") return await this.#bin.close();
      clearTimeout(this.#startTimer);
      this.#state = "recording";
      this.#hasStarted = true;
      this.#start.resolve();
      this.tick();
    } catch (error) {
      await this.#bin?.close();
      await this.fail(error);
    }
  }

  /** Passes frames on and looks how the record bin fares. */
  tick(): void {
    const bin = this.#bin;
    if (bin === undefined || this.#isWritten) return;
    if (this.#state !== "recording" && this.#state !== "finishing") return;
    this.#feed(bin);
    try {
      if (bin.isEnded()) return void this.#commit(bin);
      this.#checkProgress(bin);
    } catch (error) {
      void this.fail(error);
    }
  }

  #feed(bin: RecordBin): void {
    if (this.#state !== "recording") return;
    for (const frame of this.#queue.splice(0)) {
      bin.push(frame);
      frame.release();
    }
    if (!this.#isInputOver) return;
    bin.endStream();
    this.#state = "finishing";
    this.#lastProgressMs = Date.now();
  }

  /** An encoder that stands still must not keep the clip open for ever. */
  #checkProgress(bin: RecordBin): void {
    if (this.#state !== "finishing") return;
    const { backlog } = bin;
    if (backlog !== this.#lastBacklog) this.#lastProgressMs = Date.now();
    this.#lastBacklog = backlog;
    if (Date.now() - this.#lastProgressMs > FINISH_SEC * 1000) {
      throw new GstError(`The encoder stood still for ${FINISH_SEC} s`);
    }
  }

  async #commit(bin: RecordBin): Promise<void> {
    this.#isWritten = true;
    try {
      await bin.close();
      this.#rename();
    } catch (error) {
      await this.fail(error);
    }
  }

  #rename(): void {
    const { path, window, epochMs } = this.#options;
    const bytes = this.#file!.commit();
    this.#state = "done";
    this.#finish.resolve(this.#tally.report({ path, bytes, window, epochMs }));
  }

  /** Finishes the file, blocking, until `Date.now()` is `untilMs`: for a process that is about to end. */
  finishNow(untilMs: number): void {
    const bin = this.#bin;
    if (bin === undefined || (this.#state !== "recording" && this.#state !== "finishing")) return;
    try {
      if (!this.#isWritten) {
        this.#feed(bin);
        const waitMs = Math.max(0, untilMs - Date.now());
        if (!bin.isEnded(BigInt(waitMs) * NS_PER_MS)) return;
        bin.closeNow();
      }
      this.#rename();
    } catch (error) {
      console.error(new RecordingError(this.path, error, this.#file!.partPath));
    }
  }

  /** Gives up: what is written stays under the temporary name. */
  async fail(cause: unknown): Promise<void> {
    if (this.#state === "done") return;
    clearTimeout(this.#startTimer);
    this.#isInputOver = true;
    const isStarting = this.#state === "starting"; // then #open() closes the bin
    this.#state = "done";
    for (const frame of this.#queue.splice(0)) frame.release();
    if (!isStarting) await this.#bin?.close();
    const isKept = await this.#file?.abandon() ?? false;
    const error = new RecordingError(this.path, cause, isKept ? this.#file!.partPath : undefined);
    this.#start.reject(error);
    this.#finish.reject(error);
  }
}
