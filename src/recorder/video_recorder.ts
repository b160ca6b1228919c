/**
 * The recorder: clips that start before they were asked for.
 *
 * @module
 */
import type { GstError } from "../../ffi/errors.ts";
import { nsToSec, secToNs } from "../clock_time.ts";
import { checkSec, deadline } from "../deadline.ts";
import { GstClosedError } from "../errors.ts";
import type { Attachment } from "../pipeline.ts";
import type { RingBuffer } from "../ringbuffer/ring_buffer.ts";
import { History } from "../ringbuffer/history.ts";
import { type Call, ClipWindow } from "../ringbuffer/window.ts";
import { Clip } from "./clip.ts";
import { beginLooks, endLooks } from "./idle.ts";
import { guard, type Interruptible, unguard } from "./interrupt.ts";
import {
  checkFunction,
  checkPath,
  completeOptions,
  readCall,
  type RecordOptions,
  type VideoRecorderOptions,
} from "./options.ts";
import type { RecordingReport, Shortfall } from "./report.ts";
import { type SnapshotOptions, type SnapshotReport, takeSnapshot } from "./snapshot.ts";
import { type RecorderStats, ringStats } from "./stats.ts";

/**
 * What a recorder is doing: off its tee, keeping the last seconds, making a clip's file, writing a clip, or finishing
 * one after its last frame.
 */
export type RecorderState = "detached" | "buffering" | "starting" | "recording" | "finishing";

/** A clip on its way. */
export interface Recording {
  /** Where the clip will be. */
  readonly path: string;
  /** Resolves to the report once the clip is complete, rejects with a {@link RecordingError}. */
  readonly finished: Promise<RecordingReport>;
}

/** Milliseconds between two looks at the ring while a clip is open. */
const TICK_MS = 20;
/** Seconds of frames that may wait for the encoder, beside those of the window before and after the call. */
const BACKLOG_SEC = 5;
/** Nanoseconds that a frame is taken to last before there are two. */
const UNKNOWN_FRAME_NS = 33_333_333n;
/** Running time after which a frame that should have come counts as not coming. */
const STALL_NS = secToNs(1);

/**
 * Records what happened at a tee, starting before it was asked to.
 *
 * A clip of a call at T holds every frame in `[T - windowSizeSec, T + windowSizeSec)` of the pipeline's running time. A
 * call while a clip is open makes that one longer.
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
 */
export class VideoRecorder implements AsyncDisposable {
  readonly #options: Required<VideoRecorderOptions>;
  readonly #windowNs: bigint;
  readonly #ring: RingBuffer;
  readonly #attachment: Attachment;
  /** Clips that are not done. */
  readonly #clips = new Set<Clip>();
  /** Frames out of the ring that the next clip may need, oldest first. */
  readonly #history = new History();
  readonly #interruptible: Interruptible;
  /** The look at the ring while nothing is recorded. */
  readonly #look = () => {
    this.#checkRing();
    this.#idle();
  };
  /** Running time at which frames came last. */
  #lastFrameNs = 0n;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #hasWarned = false;
  #failure: GstError | undefined;
  #closing: Promise<void> | undefined;

  /**
   * Attaches a recorder to a tee, whatever the pipeline's state. It goes with the pipeline's run: stopping or closing
   * the pipeline closes it.
   *
   * @throws {TypeError} if an option has the wrong type.
   * @throws {RangeError} if no element has the tee's name, or a number of seconds is out of range.
   * @throws {GstError} if the ring buffer's bin cannot be attached; the pipeline goes on without it.
   */
  constructor(options: VideoRecorderOptions) {
    this.#options = completeOptions(options);
    const { pipeline, srcTeeName, windowSizeSec, timeoutSec, maxRingBytes } = this.#options;
    this.#windowNs = secToNs(windowSizeSec);
    this.#ring = new this.#options.ringBufferClass({
      pipeline,
      teeName: srcTeeName,
      windowSec: windowSizeSec,
      timeoutSec,
      maxBytes: maxRingBytes,
    });
    this.#attachment = {
      path: this.#ring.path,
      onError: (error) => this.#fail(error),
      onStateChange: (state, when) => this.#ring.follow(state, when),
      close: () => this.close(),
    };
    const { exitTimeoutSec } = this.#options;
    this.#interruptible = {
      exitMs: exitTimeoutSec * 1000,
      close: () => this.#closing ??= this.#close(undefined, exitTimeoutSec),
      endNow: () => this.#endNow(),
      finishNow: (untilMs) => this.#clips.forEach((clip) => clip.finishNow(untilMs)),
    };
    pipeline.attach(this.#attachment);
    this.#schedule();
  }

  /** What it is doing; a clip under way counts before one that is being finished. */
  get state(): RecorderState {
    const states = [...this.#clips].map((clip) => clip.state);
    for (const state of ["recording", "starting", "finishing"] as const) {
      if (states.includes(state)) return state;
    }
    return this.#closing === undefined && this.#failure === undefined ? "buffering" : "detached";
  }

  /** Whether a clip is being made. */
  get busy(): boolean {
    return [...this.#clips].some(({ state }) => state !== "done");
  }

  /**
   * Records a clip around the instant of this call, or makes the clip that is open longer.
   *
   * @returns The clip, once its file exists.
   * @throws {GstClosedError} if the recorder is closed.
   * @throws {TypeError} if an option or the generated name is not of its type.
   * @throws {RecordingError} if the clip cannot be started, or no frame comes, in time.
   */
  async record(options: RecordOptions = {}): Promise<Recording> {
    const { maxDelaySec = 1, onVideoFinished } = options;
    checkSec("maxDelaySec", maxDelaySec);
    if (onVideoFinished !== undefined) checkFunction("onVideoFinished", onVideoFinished);
    this.#checkOpen();
    // first the frames up to now, then the instant: no frame can fall between the two
    this.#take();
    const call = readCall(options, this.#options.windowSizeSec, this.#nowNs);
    const clip = this.#extend(call) ?? this.#begin(call, maxDelaySec);
    if (onVideoFinished !== undefined) clip.onFinished(onVideoFinished);
    this.#schedule();
    await clip.started;
    return clip;
  }

  /**
   * Writes one frame as a picture: the newest, or the last one at or before an instant. Clips are not affected.
   *
   * @param path The picture's name, which ends in .jpg, .jpeg or .png.
   * @throws {RangeError} if it does not, or `at` is outside of what the ring holds; the message tells what is possible.
   * @throws {GstClosedError} if the recorder is closed.
   * @throws {GstError} if the ring holds no frame yet, the encoder is not installed, or the picture cannot be made, or
   * not in 20 seconds.
   * @throws {Deno.errors.AlreadyExists} if there is such a file.
   */
  snapshot(path: string, options: SnapshotOptions = {}): Promise<SnapshotReport> {
    const frames = () => {
      this.#checkOpen();
      this.#take();
      return this.#history.frames;
    };
    return takeSnapshot(path, options, { pipeline: this.#options.pipeline, frames });
  }

  #checkOpen(): void {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#closing !== undefined) throw new GstClosedError("The recorder is closed");
  }

  /** Makes the open clip that an instant falls into longer. */
  #extend(call: Call): Clip | undefined {
    const clip = [...this.#clips].find((clip) => clip.isOpen && clip.window.takes(call));
    clip?.window.extend(call);
    return clip;
  }

  #begin(call: Call, maxDelaySec: number): Clip {
    const { pipeline, filenameGenerator, windowSizeSec } = this.#options;
    const { recordBinClass, startAtZero } = this.#options;
    const frameNs = this.#ring.frameNs;
    const measuredFrameNs = frameNs ?? this.#history.frameNs ?? UNKNOWN_FRAME_NS;
    const clip = new Clip({
      path: checkPath(filenameGenerator()),
      window: new ClipWindow(call),
      recordBinClass,
      startAtZero,
      epochMs: () => Date.now() - (pipeline.runningTimeSec ?? 0) * 1000,
      measuredFrameNs,
      maxBacklog: Math.ceil((2 * windowSizeSec + BACKLOG_SEC) * 1e9 / Number(measuredFrameNs)),
      maxDelaySec,
    });
    this.#clips.add(clip);
    if (this.#options.finishOnExit) guard(this.#interruptible);
    clip.done.then(() => this.#drop(clip));
    this.#ring.isDrained = true;
    for (const frame of this.#history.frames) clip.offer(frame, frameNs);
    return clip;
  }

  #drop(clip: Clip): void {
    this.#clips.delete(clip);
    if (this.#clips.size === 0) unguard(this.#interruptible);
  }

  /** The pipeline's running time: it stands still in a pause, and so do clips. */
  get #nowNs(): bigint {
    return this.#options.pipeline.runningTimeNs ?? 0n;
  }

  /** Takes what the ring holds: to the clips, and to the history of the next one. */
  #take(): void {
    const frames = this.#ring.drain();
    if (frames.length === 0 && this.#history.frames.length === 0) return;
    const { runningTimeNs } = this.#options.pipeline;
    // stopped since then: the times of another start mean nothing in the next one
    if ((runningTimeNs ?? 0n) < this.#lastFrameNs) this.#history.clear();
    if (frames.length === 0) return;
    if (runningTimeNs !== null) this.#lastFrameNs = runningTimeNs;
    const { frameNs } = this.#ring;
    for (const frame of frames) {
      for (const clip of this.#clips) clip.offer(frame, frameNs);
      this.#history.push(frame);
    }
    const newestNs = frames.findLast(({ timeNs }) => timeNs !== null)?.timeNs;
    if (newestNs) this.#history.trim(newestNs - this.#windowNs, this.#options.maxRingBytes);
    const { longestGopNs, bytes, frames: kept } = this.#history;
    this.#ring.learn(longestGopNs, kept.length > 0 ? bytes / kept.length : null);
    this.#checkGop();
  }

  /** A short window of encoded video is little more than what its start needs to be decoded. */
  #checkGop(): void {
    const { longestGopNs } = this.#ring;
    if (this.#hasWarned || longestGopNs === null || this.#windowNs >= 2n * longestGopNs) return;
    this.#hasWarned = true;
    const { srcTeeName, windowSizeSec, onWarning } = this.#options;
    onWarning(
      `The window of ${windowSizeSec} s at tee "${srcTeeName}" is shorter than two groups of pictures, ` +
        `which last up to ${nsToSec(longestGopNs)} s: clips start up to that much before it`,
    );
  }

  /** What the ring holds at the moment. It costs nothing until it is called, and then looks at each frame in the ring. */
  stats(): RecorderStats {
    this.#take();
    const { holdSec, frameNs, longestGopNs } = this.#ring;
    const openClips = this.#clips.size;
    return ringStats(this.#history.frames, { holdSec, frameNs, longestGopNs, openClips });
  }

  /** Has the ring looked at soon while a clip is open, else in the turns of all idle recorders. */
  #schedule(): void {
    if (!this.busy && this.state === "buffering") {
      beginLooks(this.#look);
      return;
    }
    this.#unschedule();
    if (!this.busy) return;
    this.#timer = setTimeout(() => {
      this.#checkRing();
      this.#tick();
      this.#schedule();
    }, TICK_MS);
  }

  #unschedule(): void {
    clearTimeout(this.#timer);
    endLooks(this.#look);
  }

  /** Gives up a ring that takes no more frames; where an element of it has said why, that comes first. */
  #checkRing(): void {
    const { failure } = this.#ring;
    if (failure !== null) void this.#options.pipeline.bus.flush().then(() => this.#fail(failure));
  }

  /** Moves the clips on. */
  #tick(): void {
    const nowNs = this.#nowNs;
    this.#take();
    const isSilent = nowNs - this.#lastFrameNs > STALL_NS;
    const isStopped = this.#options.pipeline.runningTimeNs === null;
    for (const clip of this.#clips) {
      if (this.#ring.isEos || (isStopped && clip.state === "recording")) {
        clip.endInput("end-of-stream");
      }
      if (isSilent && nowNs > clip.window.endNs + STALL_NS) {
        clip.endInput("source-stalled");
      }
      clip.tick();
    }
  }

  /** Fits the ring to the stream; once it has filled up again or has begun anew, the history out of it is of no use. */
  #idle(): void {
    this.#ring.isDrained = false;
    if (!this.#ring.resize()) this.#take();
    if (this.#history.frames.length === 0) return;
    const ageNs = this.#nowNs - this.#lastFrameNs;
    if (ageNs < 0n || ageNs > secToNs(this.#ring.holdSec + 1)) this.#history.clear();
  }

  /** The ring's bin has failed: clips end with what they have. */
  #fail(error: GstError): void {
    if (this.#failure !== undefined) return;
    this.#failure = error;
    this.#options.onError(error);
    void this.#close("ring-failed");
  }

  /**
   * Ends open clips with what they have, waits until they are files (bounded), and leaves the tee. May be called twice.
   */
  close(): Promise<void> {
    return this.#closing ??= this.#close();
  }

  async #close(
    reason?: Shortfall,
    timeoutSec: number = this.#options.closeTimeoutSec,
  ): Promise<void> {
    const { pipeline } = this.#options;
    this.#take();
    const shortfall = reason ?? (this.#ring.isEos ? "end-of-stream" : "closed");
    this.#ring.detach();
    for (const clip of this.#clips) clip.endInput(shortfall);
    this.#schedule();
    const clips = [...this.#clips];
    const late = `Not finished within ${timeoutSec} s`;
    await deadline(Promise.all(clips.map(({ done }) => done)), timeoutSec, late)
      .catch((error) => Promise.all(clips.map((clip) => clip.fail(error))));
    this.#unschedule();
    pipeline.detach(this.#attachment);
    this.#history.clear();
  }

  /** Ends open clips with what they have, for a process that is about to end. */
  #endNow(): void {
    this.#take();
    for (const clip of this.#clips) clip.endNow();
  }

  /** Same as {@link close}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
