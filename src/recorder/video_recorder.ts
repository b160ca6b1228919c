/**
 * Recording clips of a tee's stream.
 *
 * @module
 */
import type { GstError } from "../../ffi/errors.ts";
import { checkFunction, checkObject, checkSec } from "../util/check.ts";
import { GstClosedError } from "../util/errors.ts";
import type { Shortfall } from "./clip/report.ts";
import { OpenClips } from "./open_clips.ts";
import {
  checkPath,
  type CompleteOptions,
  completeOptions,
  readCall,
  type RecordOptions,
  type VideoRecorderOptions,
} from "./options.ts";
import { PollSchedule } from "./poll_schedule.ts";
import type { RecorderState, Recording } from "./recording.ts";
import { type SnapshotOptions, type SnapshotReport, takeSnapshot } from "./snapshot.ts";
import type { RecorderStats } from "./stats.ts";
import { TrackChecks } from "./track_checks.ts";
import { TrackGroup } from "./track_group.ts";
import { Warnings } from "./warnings.ts";

/**
 * Keeps the last seconds of a tee's stream, and records clips that start before the call of {@link record}.
 *
 * The clip of a call at T has every frame in `[T - windowSizeSec, T + windowSizeSec)` of the pipeline's running time. A call
 * while a clip is open extends that clip, up to `maxClipSec`.
 *
 * @example
 * ```ts
 * import { Standalone, VideoRecorder } from "@gstp/gstp";
 * import { assert } from "@std/assert";
 *
 * const dir = await Deno.makeTempDir();
 * await using app = await Standalone.buildAndRun(
 *   "videotestsrc is-live=true ! video/x-raw,width=160,height=120,framerate=30/1 ! tee name=t1 t1. ! fakesink",
 *   { background: true },
 * );
 * await using recorder = new VideoRecorder({
 *   pipeline: app.pipeline,
 *   srcTeeName: "t1",
 *   filenameGenerator: () => `${dir}/${crypto.randomUUID()}.webm`,
 *   windowSizeSec: 0.5,
 * });
 * await new Promise((resolve) => setTimeout(resolve, 600));
 * const recording = await recorder.record();
 * const report = await recording.finished;
 * assert(report.start < report.calls[0]!);
 * ```
 *
 * @example Video and audio in one file
 * ```ts
 * import { Standalone, VideoRecorder } from "@gstp/gstp";
 * import { assertEquals } from "@std/assert";
 *
 * const dir = await Deno.makeTempDir();
 * await using app = await Standalone.buildAndRun(
 *   `videotestsrc is-live=true ! tee name=video video. ! queue ! fakesink
 *    audiotestsrc is-live=true ! tee name=sound sound. ! queue ! fakesink`,
 *   { background: true },
 * );
 * await using recorder = new VideoRecorder({
 *   pipeline: app.pipeline,
 *   tracks: [{ tee: "video" }, { tee: "sound" }],
 *   filenameGenerator: () => `${dir}/${crypto.randomUUID()}.mp4`,
 *   windowSizeSec: 0.5,
 * });
 * await new Promise((resolve) => setTimeout(resolve, 600));
 * const { tracks } = await (await recorder.record()).finished;
 * assertEquals(tracks!.map(({ tee }) => tee), ["video", "sound"]);
 * ```
 */
export class VideoRecorder implements AsyncDisposable {
  readonly #options: CompleteOptions;
  readonly #tracks: TrackGroup;
  readonly #clips: OpenClips;
  readonly #checks: TrackChecks;
  readonly #schedule = new PollSchedule(() => this.#poll());
  readonly #warnings = new Warnings((text) => this.#options.onWarning(text));
  #failure: GstError | undefined;
  #closing: Promise<void> | undefined;

  /**
   * Attaches a recorder to a tee, in any state of the pipeline. Stopping or closing the pipeline closes the recorder.
   *
   * @throws {TypeError} If an option has the wrong type.
   * @throws {RangeError} If no element has the tee's name, a number is out of range, or no container takes what the tee
   * carries.
   * @throws {GstError} If the ring buffer's bin cannot be attached; the pipeline goes on without it.
   */
  constructor(options: VideoRecorderOptions) {
    this.#options = completeOptions(options);
    const close = () => this.close();
    this.#tracks = new TrackGroup(this.#options, { onError: (error) => this.#fail(error), close });
    this.#clips = new OpenClips(this.#options, this.#tracks, {
      close,
      endNow: () => {
        this.#drain();
        this.#clips.endNow();
      },
    });
    this.#checks = this.#checkTracks();
    this.#reschedule();
  }

  /** Checks what the tees carry; nothing is known of what bins with a text of their own take. */
  #checkTracks(): TrackChecks {
    const isPlain = this.#options.recordBinClass.binString === "";
    try {
      return new TrackChecks(isPlain ? this.#tracks.all : [], this.#options.onWarning);
    } catch (error) {
      this.#tracks.close();
      throw error;
    }
  }

  /** The recorder's state. If one clip takes frames and another one is being finished, it is `recording`. */
  get state(): RecorderState {
    const isOpen = this.#closing === undefined && this.#failure === undefined;
    return this.#clips.state ?? (isOpen ? "buffering" : "detached");
  }

  /** Whether a clip is not complete yet. */
  get busy(): boolean {
    return this.#clips.state !== null;
  }

  /**
   * Records a clip around the instant of this call, or extends the clip that is open. Resolves once the file exists; await
   * `finished` of the result for the complete clip.
   *
   * @throws {GstClosedError} If the recorder is closed.
   * @throws {GstError} If the ring buffer has failed.
   * @throws {TypeError} If an option or the generated path has the wrong type.
   * @throws {RangeError} If a number of seconds is out of range.
   * @throws {RecordingError} If the file cannot be created, or no frame comes within `maxDelaySec` seconds.
   */
  async record(options: RecordOptions = {}): Promise<Recording> {
    checkObject("options", options);
    const { maxDelaySec = 1, onVideoFinished } = options;
    checkSec("maxDelaySec", maxDelaySec);
    if (onVideoFinished !== undefined) checkFunction("onVideoFinished", onVideoFinished);
    this.#checkOpen();
    // first the frames up to now, then the instant: no frame can fall between the two
    const drainedNs = this.#drain();
    const nowNs = this.#nowNs;
    // flushed in between: what was drained is of the run before
    if (nowNs < (drainedNs ?? 0n)) this.#drain();
    const { windowSizeSec, filenameGenerator } = this.#options;
    const call = readCall(options, windowSizeSec, nowNs);
    const clip = this.#clips.extend(call) ??
      this.#clips.begin(call, checkPath(filenameGenerator()), maxDelaySec);
    if (onVideoFinished !== undefined) clip.onFinished(onVideoFinished);
    this.#reschedule();
    await clip.started;
    return clip;
  }

  /**
   * Writes one frame as an image: the newest one, or the last one at or before an instant. Open clips are not affected.
   *
   * @param path The image's path. Its extension selects the format: .jpg, .jpeg or .png.
   * @throws {TypeError} If an argument has the wrong type.
   * @throws {RangeError} If the extension is another one, or `at` is outside of what the ring buffer holds; the message
   * lists what is possible.
   * @throws {GstClosedError} If the recorder is closed.
   * @throws {GstError} If the ring buffer has no frame yet or the tee carries audio, the encoder is not installed, or the
   * image cannot be encoded, or not within 20 seconds.
   * @throws {Deno.errors.AlreadyExists} If the file exists.
   */
  snapshot(path: string, options: SnapshotOptions = {}): Promise<SnapshotReport> {
    const frames = () => {
      this.#checkOpen();
      this.#drain();
      return this.#tracks.video.history.frames;
    };
    return takeSnapshot(path, options, {
      pipeline: this.#options.pipeline,
      frames,
      orientation: () => this.#tracks.video.ring.orientation,
    });
  }

  /**
   * Returns statistics of the ring buffer. Each call looks at every frame in it; there is no cost without a call.
   */
  stats(): RecorderStats {
    this.#drain();
    return this.#tracks.stats(this.#clips.size);
  }

  /**
   * The number of buffers that have come from its first track with pictures, or its first one.
   *
   * @internal
   * @ignore
   */
  get received(): number {
    return this.#tracks.video.ring.received ?? 0;
  }

  /**
   * Whether a clip could begin: a keyframe has come.
   *
   * @internal
   * @ignore
   */
  get isReady(): boolean {
    this.#drain();
    return this.#tracks.video.history.frames.some(({ isKeyframe }) => isKeyframe);
  }

  /**
   * Finishes open clips with the frames that they have, within `closeTimeoutSec` seconds, and detaches from the tee. May be
   * called twice.
   */
  close(): Promise<void> {
    return this.#closing ??= this.#close();
  }

  /** Same as {@link close}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #checkOpen(): void {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#closing !== undefined) throw new GstClosedError("The recorder is closed");
  }

  /** The pipeline's running time: it stands still in a pause, and so do clips. */
  get #nowNs(): bigint {
    return this.#options.pipeline.runningTimeNs ?? 0n;
  }

  /** Moves frames from the rings to the clips and the histories; returns the pipeline's running time. */
  #drain(): bigint | null {
    const runningTimeNs = this.#tracks.drain(this.#clips);
    this.#warn();
    return runningTimeNs;
  }

  #warn(): void {
    this.#checks.check();
    this.#tracks.warn(this.#warnings);
  }

  #reschedule(): void {
    this.#schedule.follow(this.state, this.#tracks.isHurried);
  }

  #poll(): void {
    this.#checkRings();
    if (this.busy) this.#clips.poll(this.#drain());
    else this.#idle();
    this.#reschedule();
  }

  /** Gives up when a ring accepts no more frames; an element's own error, which says more, comes first. */
  #checkRings(): void {
    const { failure } = this.#tracks;
    if (failure) void this.#options.pipeline.bus.flush().then(() => this.#fail(failure));
  }

  #idle(): void {
    if (!this.#tracks.fit()) this.#drain();
    this.#tracks.forget(this.#nowNs);
  }

  /** A ring's bin has failed: clips end with what they have. */
  #fail(error: GstError): void {
    if (this.#failure !== undefined) return;
    this.#failure = error;
    this.#options.onError(error);
    void this.#close("ring-failed");
  }

  async #close(reason?: Shortfall): Promise<void> {
    this.#drain();
    this.#clips.end(reason);
    this.#tracks.detach();
    this.#reschedule();
    await this.#clips.finish();
    this.#schedule.stop();
    this.#tracks.close();
  }
}
