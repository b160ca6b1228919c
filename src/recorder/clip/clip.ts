/**
 * A clip under way: frames come in, a file with a report comes out.
 *
 * @module
 */
import { GstError } from "../../../ffi/errors.ts";
import type { Frame } from "../../gst/frame.ts";
import type { ClipWindow } from "../../ringbuffer/clip_window.ts";
import { isMatroska } from "../../media/containers.ts";
import { indexSound } from "../../storage/matroska_index.ts";
import { PartFile } from "../../storage/part_file.ts";
import { nsToSec } from "../../util/clock_time.ts";
import { deadline } from "../../util/deadline.ts";
import { GstTimeoutError } from "../../util/errors.ts";
import { reportUnhandled } from "../../util/report_error.ts";
import type { RecordBin } from "../encode/record_bin.ts";
import { ClipInput, type InputTrackOptions } from "./clip_input.ts";
import { ClipOutcome } from "./clip_outcome.ts";
import { ClipWriter } from "./clip_writer.ts";
import { RecordingError } from "./errors.ts";
import { RecordWriter } from "./record_writer.ts";
import { clipReport, type RecordingReport, type Shortfall } from "./report.ts";

/** Options of {@link Clip}. */
export interface ClipOptions {
  /** The clip's path. */
  path: string;
  /** An identifier of the event. */
  eventId: string;
  /** The first clip of the event, if it is another one. */
  origin?: Clip;
  /** The interval that it holds. */
  window: ClipWindow;
  /** The class of the bin that writes it. */
  recordBinClass: typeof RecordBin;
  /** Whether the file's times begin at 0. */
  startAtZero: boolean;
  /** Whether a clip record is written beside the file. */
  hasRecord: boolean;
  /** Returns the wall clock (milliseconds) at running time 0. */
  epochMs: () => number;
  /** Its tracks; the first one with pictures decides where the others begin. */
  tracks: InputTrackOptions[];
  /** The longest time until the file exists, in seconds. */
  maxDelaySec: number;
}

/** Seconds in which the event loop notices what happened while it was busy. */
const GRACE_SEC = 0.1;
/** Seconds for a failed record bin to stop; one that hangs is left behind. */
const STOP_SEC = 2;

/** A clip, from the call that made it to its report. {@link VideoRecorder} drives it by {@link poll}. */
export class Clip {
  /** The clip's path. */
  readonly path: string;
  /** The first clip of its event. */
  readonly origin: Clip;
  /** The interval that it holds. */
  readonly window: ClipWindow;
  /** Resolves once the file exists and takes frames. */
  readonly started: Promise<void>;
  /** Resolves when the clip is complete or has failed. */
  readonly done: Promise<void>;
  readonly #options: ClipOptions;
  readonly #input: ClipInput;
  readonly #outcome = new ClipOutcome();
  /** When the clip is written without the tracks that have not begun. */
  readonly #patienceMs: number;
  #epochMs = 0;
  #file: PartFile | undefined;
  #record: RecordWriter | undefined;
  #writer: ClipWriter | undefined;
  #state: "waiting" | "starting" | "recording" | "finishing" | "done" = "waiting";
  #isWritten = false;

  /** Creates a clip without a file: that is created when the first frame comes. */
  constructor(options: ClipOptions) {
    this.#options = options;
    this.path = options.path;
    this.origin = options.origin ?? this;
    this.window = options.window;
    this.#input = new ClipInput(options.window, options.tracks);
    this.#patienceMs = performance.now() + options.maxDelaySec * 1000 / 2;
    this.started = this.#outcome.started;
    this.done = this.#outcome.done;
    const late = `No file within ${options.maxDelaySec} s`;
    deadline(this.started, options.maxDelaySec, late)
      // it may exist already, unnoticed by a busy event loop
      .catch(() => deadline(this.started, GRACE_SEC, late))
      .catch((error) => this.fail(this.#explain(error, late)));
  }

  #explain(error: unknown, late: string): unknown {
    if (!(error instanceof GstTimeoutError)) return error;
    return new GstTimeoutError(`${late}: ${this.#input.lateness}`);
  }

  /**
   * Resolves with the report, or rejects with a {@link RecordingError}. A failure that nobody awaits is reported by an
   * `error` event on `globalThis`.
   */
  get finished(): Promise<RecordingReport> {
    return this.#outcome.finished;
  }

  /** Calls a function with the report; a failure is seen by {@link finished} alone. */
  onFinished(callback: (report: RecordingReport) => void): void {
    this.#outcome.onFinished(callback);
  }

  /** The state of the clip. */
  get state(): "starting" | "recording" | "finishing" | "done" {
    return this.#state === "waiting" ? "starting" : this.#state;
  }

  /** Whether a call can extend it. */
  get isOpen(): boolean {
    return this.#input.isOpen;
  }

  /** Admits the frames of the n-th track that there are at the call. */
  begin(index: number, frames: readonly Frame[]): void {
    this.#input.begin(index, frames);
    this.#follow();
  }

  /** Admits a frame of the n-th track if it belongs to the clip. */
  admit(index: number, frame: Frame): void {
    const track = this.#input.tracks[index]!;
    if (track.isOver) return;
    this.#input.admit(index, frame, this.#writer?.backlog(track) ?? 0);
    this.#follow();
  }

  /** Whether a track ended at a change of the caps, and the event is to go on in another file. */
  get mustContinue(): boolean {
    return !this.#outcome.isContinued && this.#state !== "done" &&
      this.#input.tracks.some(({ hasChanged }) => hasChanged);
  }

  /** Goes on in another clip from an instant on. */
  continueIn(make: (rest: ClipWindow, eventId: string) => Clip, atNs: bigint): Clip {
    const clip = make(this.window.cut(atNs), this.#options.eventId);
    this.#outcome.continueIn(clip);
    return clip;
  }

  /** Fills a pause of the n-th track, up to an instant; returns whether the track goes on so. */
  fill(index: number, untilNs: bigint): boolean {
    if (this.#input.tracks[index]!.isOver || !this.#input.fill(index, untilNs)) return false;
    this.#follow();
    return true;
  }

  /** Ends the n-th track, whose stream gives no more frames. */
  endTrack(index: number, shortfall: Shortfall): void {
    if (this.#input.tracks[index]!.isOver) return;
    this.#input.end(index, shortfall);
    this.#follow(shortfall);
  }

  #follow(shortfall?: Shortfall): void {
    if (this.#input.isEmpty) void this.fail(this.#emptyError(shortfall));
    this.#openIfReady();
  }

  #emptyError(shortfall?: Shortfall): GstError {
    const { startNs, endNs } = this.window;
    const interval = `from ${nsToSec(startNs)} to ${nsToSec(endNs)} s`;
    const reason = shortfall === undefined ? "" : ` (${shortfall})`;
    const { keyframeProblem } = this.#input;
    if (keyframeProblem !== null) {
      return new GstError(`No frame ${interval} can be decoded${reason}: ${keyframeProblem}`);
    }
    return new GstError(`No frame came ${interval}${reason}`);
  }

  /** Starts to write once all tracks have begun, or there is no time to wait for the rest. */
  #openIfReady(): void {
    if (this.#state !== "waiting" || this.#input.begun.length === 0) return;
    if (performance.now() > this.#patienceMs) this.#input.endMissing();
    if (this.#input.hasBegun) void this.#open();
  }

  /** Creates the file and starts to write the tracks that have begun. */
  async #open(): Promise<void> {
    this.#state = "starting";
    this.#epochMs = this.#options.epochMs();
    try {
      const { path, hasRecord, recordBinClass, startAtZero } = this.#options;
      this.#file = await PartFile.reserve(path);
      if (hasRecord) {
        this.#record = await RecordWriter.create(path, this.#options.eventId, this.#input.begun);
      }
      this.#writer = new ClipWriter({
        path,
        location: this.#file.partPath,
        tracks: this.#input.begun,
        recordBinClass,
        startAtZero,
      });
      await this.#writer.start();
      // failed meanwhile: fail() leaves what is being started to this method
      if (this.state === "done") return await this.#undo();
      this.#state = "recording";
      this.#outcome.start();
      this.poll();
    } catch (error) {
      await this.#undo();
      await this.fail(error);
    }
  }

  /** Removes everything of a clip that has no frame. */
  async #undo(): Promise<void> {
    await this.#writer?.close();
    await this.#file?.remove();
    await this.#record?.remove();
  }

  /** Writes the frames that have come, and checks the writer's progress. */
  poll(): void {
    this.#openIfReady();
    const writer = this.#writing;
    if (writer === undefined || this.#isWritten) return;
    try {
      this.#write(writer);
      if (writer.isEnded()) return void this.#commit(writer);
      writer.checkProgress(() => this.#file!.size);
    } catch (error) {
      void this.fail(error);
    }
  }

  /** The writer while there is something to write, else `undefined`. */
  get #writing(): ClipWriter | undefined {
    return this.#state === "recording" || this.#state === "finishing" ? this.#writer : undefined;
  }

  #write(writer: ClipWriter): void {
    writer.write();
    if (writer.isInputEnded) this.#state = "finishing";
  }

  async #commit(writer: ClipWriter): Promise<void> {
    this.#isWritten = true;
    try {
      await writer.close();
      // without it, the file is complete as well
      if (isMatroska(this.path)) await indexSound(this.#file!.partPath).catch(() => {});
      // unless it failed meanwhile: then the file keeps its temporary name
      if (this.state !== "done") this.#rename();
    } catch (error) {
      await this.fail(error);
    }
  }

  #rename(): void {
    const { path, window } = this;
    const { eventId } = this.#options;
    this.#writer!.turnTracks();
    const bytes = this.#file!.commit();
    this.#state = "done";
    this.#input.close();
    const report = clipReport(this.#input.tracks, {
      ...{ path, eventId, bytes, window },
      epochMs: this.#epochMs,
    });
    this.#record?.finish(report);
    this.#outcome.finish(report);
  }

  /** Writes all that there is, for {@link finishNow} to wait for: the process is about to end. */
  endNow(): void {
    for (const index of this.#input.tracks.keys()) this.endTrack(index, "closed");
    this.#writing?.write();
  }

  /** Finishes the file, blocking, until `Date.now()` is `untilMs`. */
  finishNow(untilMs: number): void {
    const writer = this.#writing;
    if (writer === undefined) return;
    try {
      if (!this.#isWritten && !writer.finishNow(untilMs)) {
        throw new GstTimeoutError("The process ended before the clip was finished");
      }
      this.#rename();
    } catch (error) {
      reportUnhandled(new RecordingError(this.path, error, this.#file!.partPath));
    }
  }

  /** Ends the clip as failed: what is written stays under the temporary name. */
  async fail(cause: unknown): Promise<void> {
    if (this.#state === "done") return;
    const isStarting = this.#state === "starting"; // then #open() tidies up
    this.#state = "done";
    this.#input.clear();
    const partPath = isStarting ? undefined : await this.#abandon();
    const error = new RecordingError(this.path, cause, partPath);
    if (partPath !== undefined) this.#record?.fail(error);
    else if (!isStarting) await this.#record?.remove();
    this.#outcome.fail(error);
  }

  /** Stops writing; resolves with the path of what is written, or `undefined` if there is nothing. */
  async #abandon(): Promise<string | undefined> {
    const [writer, file] = [this.#writer, this.#file!];
    if (writer === undefined) return undefined;
    const closed = writer.close();
    await deadline(closed, STOP_SEC, "The record bin hangs").catch(() => {});
    const isThere = await file.abandon();
    // one that hangs may yet write
    void closed.catch(() => {}).then(() => file.release());
    return isThere ? file.partPath : undefined;
  }
}
