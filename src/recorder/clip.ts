/**
 * A clip on its way: takes frames, feeds them to its record bin, ends as a file with a report.
 *
 * @module
 */
import { GstError } from "../../ffi/errors.ts";
import { nsToSec } from "../clock_time.ts";
import { deadline } from "../deadline.ts";
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
  /** Whether the file's times begin at 0. */
  startAtZero: boolean;
  /** Tells the wall clock (milliseconds) at running time 0. */
  epochMs: () => number;
  /** Nanoseconds that a frame lasts where caps do not tell, as measured. */
  measuredFrameNs: bigint;
  /** Frames that may wait for the encoder; more than that are dropped. */
  maxBacklog: number;
  /** Seconds until the file exists, at most. */
  maxDelaySec: number;
}

const NS_PER_MS = 1_000_000n;
/** Seconds for what has happened while the event loop was busy to be seen. */
const GRACE_SEC = 0.1;
/** Seconds for the encoder to take or to write one more frame, or to finish after the last one. */
const FINISH_SEC = 20;
/** Seconds for a failed record bin to stop; one that hangs is left behind. */
const STOP_SEC = 2;

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
  /** The latest of the times of the frames. */
  #latestNs = 0n;
  /** Frames before the clip's start, from the last keyframe on. */
  readonly #lead: Frame[] = [];
  /** Frames that the record bin has not got yet. */
  readonly #queue: Frame[] = [];
  #isAwaited = false;
  #epochMs = 0;
  #file: ClipFile | undefined;
  #bin: RecordBin | undefined;
  #state: "waiting" | "starting" | "recording" | "finishing" | "done" = "waiting";
  #isInputOver = false;
  #hasStarted = false;
  #isWritten = false;
  #lastBacklog = 0;
  #lastSize = 0;
  #lastProgressMs = 0;

  /** A clip without a file yet: that is made when the first frame comes. */
  constructor(options: ClipOptions) {
    this.#options = options;
    this.path = options.path;
    this.window = options.window;
    this.started = this.#start.promise;
    this.done = this.#finish.promise.then(() => {}, (error) => {
      if (this.#hasStarted && !this.#isAwaited) console.error(error);
    });
    const late = `No file within ${options.maxDelaySec} s: ` +
      "no frame came that belongs to the clip, or its file could not be made in time";
    deadline(this.started, options.maxDelaySec, late)
      // it may be there already, and the event loop have been too busy to see it
      .catch(() => deadline(this.started, GRACE_SEC, late))
      .catch((error) => this.fail(error));
  }

  /** Resolves to the report, rejects with a {@link RecordingError}; a failure that nobody awaits is printed. */
  get finished(): Promise<RecordingReport> {
    this.#isAwaited = true;
    return this.#finish.promise;
  }

  /** Calls back with the report; of a failure, only {@link finished} tells. */
  onFinished(callback: (report: RecordingReport) => void): void {
    const call = async (report: RecordingReport) => await callback(report);
    this.#finish.promise.then((report) => call(report).catch(console.error), () => {});
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
    const { timeNs, orderNs } = frame;
    if (this.#isInputOver || timeNs === null || orderNs === null) return;
    // frames that are shown before one that is in the clip belong to it, too, though they are decoded after it
    if (orderNs >= this.window.endNs && timeNs >= this.#latestNs) {
      this.#tally.meet(orderNs);
      return this.endInput();
    }
    if (this.#tally.frames > 0) return this.#enqueue(frame, frameNs);
    // a clip begins with a keyframe: at its start where there is one, else with the last one before
    if (frame.isKeyframe) this.#forgetLead();
    else if (this.#lead.length === 0) return;
    this.#lead.push(frame.retain());
    if (timeNs < this.window.startNs) return;
    for (const one of this.#lead) this.#enqueue(one, frameNs);
    this.#forgetLead();
  }

  #enqueue(frame: Frame, frameNs: bigint | null): void {
    const backlog = this.#queue.length + (this.#bin?.backlog ?? 0);
    if (backlog >= this.#options.maxBacklog) return this.#tally.note("encoder-too-slow");
    if (this.#tally.frames === 0) this.#epochMs = this.#options.epochMs();
    if (frame.timeNs! > this.#latestNs) this.#latestNs = frame.timeNs!;
    this.#tally.add(frame.timeNs!, frame.durationNs, frameNs, frame.orderNs!);
    this.#queue.push(frame.retain());
    if (this.#state === "waiting") void this.#open(frame.mediaType, frameNs);
  }

  #forgetLead(): void {
    for (const frame of this.#lead.splice(0)) frame.release();
  }

  /** No more frames come. */
  endInput(shortfall?: Shortfall): void {
    if (this.#isInputOver) return;
    this.#isInputOver = true;
    this.#forgetLead();
    if (shortfall !== undefined && !this.#tally.reaches(this.window.endNs)) {
      this.#tally.note(shortfall);
    }
    if (this.#tally.frames === 0) {
      const { startNs, endNs } = this.window;
      const interval = `from ${nsToSec(startNs)} to ${nsToSec(endNs)} s`;
      const reason = shortfall === undefined ? "" : ` (${shortfall})`;
      void this.fail(new GstError(`No frame came ${interval}${reason}`));
    }
  }

  /** Makes the file and starts the record bin. */
  async #open(mediaType: string, frameNs: bigint | null): Promise<void> {
    this.#state = "starting";
    try {
      const { path, recordBinClass, startAtZero, measuredFrameNs } = this.#options;
      this.#file = await ClipFile.reserve(path);
      const location = this.#file.partPath;
      const untoldFrameNs = frameNs === null ? measuredFrameNs : null;
      this.#bin = new recordBinClass({ path, location, mediaType, untoldFrameNs, startAtZero });
      await this.#bin.start();
      // given up meanwhile: fail() leaves what is being started to this method
      if (this.state === "done") return await this.#undo();
      this.#state = "recording";
      this.#hasStarted = true;
      this.#start.resolve();
      this.tick();
    } catch (error) {
      await this.#undo();
      await this.fail(error);
    }
  }

  /** Leaves nothing behind of a clip without a frame. */
  async #undo(): Promise<void> {
    await this.#bin?.close();
    await this.#file?.remove();
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
    this.#lastProgressMs = performance.now();
    this.#lastSize = this.#file!.size;
  }

  /** An encoder that stands still must not keep the clip open for ever. */
  #checkProgress(bin: RecordBin): void {
    if (this.#state !== "finishing") return;
    const { backlog } = bin;
    if (backlog !== this.#lastBacklog) this.#lastProgressMs = performance.now();
    this.#lastBacklog = backlog;
    if (performance.now() - this.#lastProgressMs <= FINISH_SEC * 1000) return;
    // an encoder that looks ahead may have taken all frames, and still be writing them
    const { size } = this.#file!;
    if (size === this.#lastSize) throw new GstError(`The encoder stood still for ${FINISH_SEC} s`);
    this.#lastSize = size;
    this.#lastProgressMs = performance.now();
  }

  async #commit(bin: RecordBin): Promise<void> {
    this.#isWritten = true;
    try {
      await bin.close();
      // unless given up meanwhile: then the file keeps the name that was told
      if (this.state !== "done") this.#rename();
    } catch (error) {
      await this.fail(error);
    }
  }

  #rename(): void {
    const { path, window } = this;
    const bytes = this.#file!.commit();
    this.#state = "done";
    this.#finish.resolve(this.#tally.report({ path, bytes, window, epochMs: this.#epochMs }));
  }

  /** Hands all that there is to the encoder, for {@link finishNow} to wait for: a process is about to end. */
  endNow(): void {
    this.endInput("closed");
    if (this.#bin !== undefined) this.#feed(this.#bin);
  }

  /** Finishes the file, blocking, until `Date.now()` is `untilMs`. */
  finishNow(untilMs: number): void {
    const bin = this.#bin;
    if (bin === undefined || (this.#state !== "recording" && this.#state !== "finishing")) return;
    try {
      if (!this.#isWritten) {
        const waitMs = Math.max(0, Math.ceil(untilMs - Date.now()));
        if (!bin.isEnded(BigInt(waitMs) * NS_PER_MS)) {
          throw new GstTimeoutError("The process ended before the clip was finished");
        }
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
    const isStarting = this.#state === "starting"; // then #open() tidies up
    this.#isInputOver = true;
    this.#state = "done";
    this.#forgetLead();
    for (const frame of this.#queue.splice(0)) frame.release();
    const partPath = isStarting ? undefined : await this.#abandon();
    const error = new RecordingError(this.path, cause, partPath);
    this.#start.reject(error);
    this.#finish.reject(error);
  }

  /** Stops writing; resolves to the path of what is written, where there is something. */
  async #abandon(): Promise<string | undefined> {
    const [bin, file] = [this.#bin, this.#file!];
    if (bin === undefined) return undefined;
    const closed = bin.close();
    await deadline(closed, STOP_SEC, "The record bin hangs").catch(() => {});
    const isThere = await file.abandon();
    // one that hangs may yet write
    void closed.catch(() => {}).then(() => file.release());
    return isThere ? file.partPath : undefined;
  }
}
