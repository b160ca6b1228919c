/**
 * A clip on its way: takes frames, feeds them to its record bin, ends as a file with a report.
 *
 * @module
 */
import { GstError } from "../../../ffi/errors.ts";
import { min, nsToSec } from "../../util/clock_time.ts";
import { deadline } from "../../util/deadline.ts";
import { GstTimeoutError } from "../../util/errors.ts";
import type { Frame } from "../../gst/frame.ts";
import type { ClipWindow } from "../../ringbuffer/clip_window.ts";
import { PartFile } from "../../storage/part_file.ts";
import { ClipTrack, type ClipTrackOptions } from "./clip_track.ts";
import { RecordingError } from "./errors.ts";
import { ClipWriter } from "./clip_writer.ts";
import type { RecordBin } from "../encode/record_bin.ts";
import { clipReport, type RecordingReport, type Shortfall } from "./report.ts";

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
  /** Its streams; where the first one has to begin before the window, the others do, too. */
  tracks: ClipTrackOptions[];
  /** Seconds until the file exists, at most. */
  maxDelaySec: number;
}

/** Seconds for what has happened while the event loop was busy to be seen. */
const GRACE_SEC = 0.1;
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
  readonly #tracks: ClipTrack[];
  readonly #start = Promise.withResolvers<void>();
  readonly #finish = Promise.withResolvers<RecordingReport>();
  /** When the clip is written without the streams that have not begun. */
  readonly #patienceMs: number;
  #isAwaited = false;
  #epochMs = 0;
  #file: PartFile | undefined;
  #writer: ClipWriter | undefined;
  #state: "waiting" | "starting" | "recording" | "finishing" | "done" = "waiting";
  #hasStarted = false;
  #isWritten = false;

  /** A clip without a file yet: that is made when the first frame comes. */
  constructor(options: ClipOptions) {
    this.#options = options;
    this.path = options.path;
    this.window = options.window;
    this.#tracks = options.tracks.map((track) => new ClipTrack(options.window, track));
    this.#patienceMs = performance.now() + options.maxDelaySec * 1000 / 2;
    this.started = this.#start.promise;
    this.done = this.#finish.promise.then(() => {}, (error) => {
      if (this.#hasStarted && !this.#isAwaited) console.error(error);
    });
    const late = `No file within ${options.maxDelaySec} s`;
    deadline(this.started, options.maxDelaySec, late)
      // it may be there already, and the event loop have been too busy to see it
      .catch(() => deadline(this.started, GRACE_SEC, late))
      .catch((error) => this.fail(this.#explain(error, late)));
  }

  #explain(error: unknown, late: string): unknown {
    if (!(error instanceof GstTimeoutError)) return error;
    return new GstTimeoutError(`${late}: ${this.#lateness}`);
  }

  /** Why there is no file yet. */
  get #lateness(): string {
    if (this.#tracks.some(({ hasUntimed }) => hasUntimed)) {
      return "frames came that have no timestamps, which a source with do-timestamp=true gives them";
    }
    if (this.#tracks.some(({ tally, lacksKeyframe }) => lacksKeyframe && tally.frames === 0)) {
      return "no keyframe has come yet, with which a clip must begin; maxDelaySec tells how long to wait for one";
    }
    return "no frame came that belongs to the clip, or its file could not be made in time";
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

  /** Whether a call can make it longer: all of its streams that have not broken off go on. */
  get isOpen(): boolean {
    return !this.#isInputOver && this.#tracks.every((track) => !track.isOver || track.isCutShort);
  }

  get #isInputOver(): boolean {
    return this.#tracks.every(({ isOver }) => isOver);
  }

  /** Takes the frames of the n-th stream that there are. */
  begin(index: number, frames: readonly Frame[]): void {
    this.#tracks[index]!.begin(frames, this.#startNs);
    this.#follow(this.#tracks[index]!);
  }

  /** Takes a frame of the n-th stream where it belongs to the clip. */
  admit(index: number, frame: Frame): void {
    const track = this.#tracks[index]!;
    if (track.isOver) return;
    track.admit(frame, this.#startNs, this.#writer?.backlog(track) ?? 0);
    this.#follow(track);
  }

  #follow(track: ClipTrack): void {
    if (track.isOver) this.#checkEmpty();
    this.#openIfReady();
  }

  /** Where the streams begin: with the first one's keyframe, where that comes before the window. */
  get #startNs(): bigint {
    const { startNs } = this.window;
    return min(startNs, this.#tracks[0]!.tally.firstNs ?? startNs);
  }

  /** No more frames come from the n-th stream. */
  endTrack(index: number, shortfall: Shortfall): void {
    const track = this.#tracks[index]!;
    if (track.isOver) return;
    track.end(track.tally.frames === 0 && this.#tracks.length > 1 ? "track-missing" : shortfall);
    this.#checkEmpty(shortfall);
    this.#openIfReady();
  }

  /** No more frames come. */
  endInput(shortfall: Shortfall): void {
    for (const index of this.#tracks.keys()) this.endTrack(index, shortfall);
  }

  #checkEmpty(shortfall?: Shortfall): void {
    if (!this.#isInputOver || this.#tracks.some(({ tally }) => tally.frames > 0)) return;
    const { startNs, endNs } = this.window;
    const interval = `from ${nsToSec(startNs)} to ${nsToSec(endNs)} s`;
    const reason = shortfall === undefined ? "" : ` (${shortfall})`;
    void this.fail(new GstError(`No frame came ${interval}${reason}`));
  }

  /** Starts to write once all streams have begun, or there is no time to wait for the rest. */
  #openIfReady(): void {
    if (this.#state !== "waiting") return;
    const begun = this.#tracks.filter(({ tally }) => tally.frames > 0);
    if (begun.length === 0) return;
    if (performance.now() > this.#patienceMs) {
      for (const track of this.#tracks) if (!begun.includes(track)) track.end("track-missing");
    }
    if (this.#tracks.some((track) => !track.isOver && !begun.includes(track))) return;
    void this.#open(begun);
  }

  /** Makes the file and starts to write these streams. */
  async #open(tracks: ClipTrack[]): Promise<void> {
    this.#state = "starting";
    this.#epochMs = this.#options.epochMs();
    try {
      const { path, recordBinClass, startAtZero } = this.#options;
      this.#file = await PartFile.reserve(path);
      const location = this.#file.partPath;
      this.#writer = new ClipWriter({ path, location, tracks, recordBinClass, startAtZero });
      await this.#writer.start();
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
    await this.#writer?.close();
    await this.#file?.remove();
  }

  /** Passes frames on and looks how the writer fares. */
  tick(): void {
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

  /** What writes the clip; undefined before it has started, and when it has nothing to write any more. */
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
    this.#finish.resolve(
      clipReport(this.#tracks, { path, bytes, window, epochMs: this.#epochMs }),
    );
  }

  /** Hands all that there is to the encoder, for {@link finishNow} to wait for: a process is about to end. */
  endNow(): void {
    this.endInput("closed");
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
      console.error(new RecordingError(this.path, error, this.#file!.partPath));
    }
  }

  /** Gives up: what is written stays under the temporary name. */
  async fail(cause: unknown): Promise<void> {
    if (this.#state === "done") return;
    const isStarting = this.#state === "starting"; // then #open() tidies up
    this.#state = "done";
    for (const track of this.#tracks) {
      track.end();
      track.clear();
    }
    const partPath = isStarting ? undefined : await this.#abandon();
    const error = new RecordingError(this.path, cause, partPath);
    this.#start.reject(error);
    this.#finish.reject(error);
  }

  /** Stops writing; resolves to the path of what is written, where there is something. */
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
