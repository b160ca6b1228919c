/**
 * The recorder: clips that start before they were asked for.
 *
 * @module
 */
import { checkFunction, checkObject, checkSec } from "../util/check.ts";
import type { GstError } from "../../ffi/errors.ts";
import { max, min, secToNs } from "../util/clock_time.ts";
import { deadline } from "../util/deadline.ts";
import { GstClosedError } from "../util/errors.ts";
import { JITTER_NS } from "../ringbuffer/timeline.ts";
import { type Call, ClipWindow } from "../ringbuffer/clip_window.ts";
import { Clip } from "./clip/clip.ts";
import type { ClipTrackOptions } from "./clip/clip_track.ts";
import { survivesCapsChange } from "./encode/record_bin_text.ts";
import { type ExitHandler, finishAtExit, forgetAtExit } from "./graceful_exit.ts";
import {
  checkPath,
  type CompleteOptions,
  completeOptions,
  readCall,
  type RecordOptions,
  type TrackOptions,
  type VideoRecorderOptions,
} from "./options.ts";
import type { RecordingReport, Shortfall } from "./clip/report.ts";
import { type SnapshotOptions, type SnapshotReport, takeSnapshot } from "./snapshot.ts";
import type { RecorderStats } from "./stats.ts";
import { RecorderTrack } from "./track.ts";
import { SharedInterval } from "../util/shared_interval.ts";

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

const SOON = new SharedInterval(20, true);
/**
 * When recorders look at their rings and clips. While frames are written that is seldom, so that each look has several to
 * pass on: waking an encoder costs more than a frame does.
 */
const INTERVALS: Partial<Record<RecorderState, SharedInterval>> = {
  buffering: new SharedInterval(1000, false),
  starting: SOON,
  recording: new SharedInterval(200, true),
  finishing: SOON,
};
/** The same for sources that lack the buffers in the ring, while there is no clip and while there is. */
const HURRIED = [new SharedInterval(20, false), new SharedInterval(20, true)];
/** Seconds of frames that may wait for the encoder, beside those of the window before and after the call. */
const BACKLOG_SEC = 5;
/** Nanoseconds that a frame is taken to last before there are two. */
const UNKNOWN_FRAME_NS = 33_333_333n;

/**
 * Records what happened at a tee, starting before it was asked to.
 *
 * A clip of a call at T holds every frame in `[T - windowSizeSec, T + windowSizeSec)` of the pipeline's running time. A
 * call while a clip is open makes that one longer, up to `maxClipSec`.
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
 * @example Video and sound in one file
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
  readonly #windowNs: bigint;
  /** Null where clips may last for ever. */
  readonly #maxClipNs: bigint | null;
  readonly #tracks: RecorderTrack[] = [];
  /** Clips that are not done. */
  readonly #clips = new Set<Clip>();
  readonly #exitHandler: ExitHandler = {
    exitMs: () => this.#options.exitTimeoutSec * 1000,
    close: () => this.close(),
    endNow: () => this.#endNow(),
    finishNow: (untilMs) => this.#clips.forEach((clip) => clip.finishNow(untilMs)),
  };
  /** The turns that it is in, none where it has left its tee. */
  #turns: SharedInterval | undefined;
  readonly #look = () => {
    this.#checkRing();
    if (this.busy) this.#tick();
    else this.#idle();
    this.#schedule();
  };
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
    const { windowSizeSec, maxClipSec } = this.#options;
    this.#windowNs = secToNs(windowSizeSec);
    this.#maxClipNs = maxClipSec === Infinity ? null : secToNs(maxClipSec);
    try {
      for (const track of this.#options.tracks) this.#attach(track);
    } catch (error) {
      this.#detach();
      throw error;
    }
    this.#schedule();
  }

  #attach({ tee, ringBufferClass }: Required<TrackOptions>): void {
    const { pipeline, windowSizeSec, timeoutSec, maxRingBytes, copyFrames } = this.#options;
    const track = new RecorderTrack(ringBufferClass, {
      pipeline,
      teeName: tee,
      windowSec: windowSizeSec,
      timeoutSec,
      maxBytes: maxRingBytes,
    }, {
      onError: (error) => this.#fail(error),
      close: () => this.close(),
    }, copyFrames);
    this.#tracks.push(track);
    pipeline.attach(track.attachment);
  }

  #detach(): void {
    for (const track of this.#tracks) {
      track.detach();
      this.#options.pipeline.detach(track.attachment);
    }
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
    checkObject("options", options);
    const { maxDelaySec = 1, onVideoFinished } = options;
    checkSec("maxDelaySec", maxDelaySec);
    if (onVideoFinished !== undefined) checkFunction("onVideoFinished", onVideoFinished);
    this.#checkOpen();
    // first the frames up to now, then the instant: no frame can fall between the two
    this.#drain();
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
      this.#drain();
      const video = this.#tracks.find((track) => !track.isSound) ?? this.#tracks[0]!;
      return video.history.frames;
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
    const { pipeline, filenameGenerator, recordBinClass, startAtZero } = this.#options;
    const path = checkPath(filenameGenerator());
    const clip = new Clip({
      path,
      window: new ClipWindow(call, this.#maxClipNs),
      recordBinClass,
      startAtZero,
      epochMs: () => Date.now() - (pipeline.runningTimeSec ?? 0) * 1000,
      tracks: this.#tracks.map((track) => this.#clipTrack(track, path)),
      maxDelaySec,
    });
    this.#clips.add(clip);
    if (this.#options.finishOnExit) finishAtExit(this.#exitHandler);
    clip.done.then(() => this.#drop(clip));
    // the first track tells where the others begin
    for (const [index, { ring, history }] of this.#tracks.entries()) {
      ring.isDrained = true;
      clip.begin(index, history.frames);
    }
    return clip;
  }

  #clipTrack({ tee, ring, history }: RecorderTrack, path: string): ClipTrackOptions {
    const { windowSizeSec, exactStart, recordBinClass } = this.#options;
    return {
      tee,
      measuredFrameNs: ring.frameNs ?? history.frameNs ?? UNKNOWN_FRAME_NS,
      maxBacklogNs: secToNs(2 * windowSizeSec + BACKLOG_SEC),
      // nothing is known of what bins with a text of their own can go on with
      survives: (before, after) =>
        recordBinClass.binString === "" && survivesCapsChange(path, before, after),
      isExact: exactStart,
    };
  }

  #drop(clip: Clip): void {
    this.#clips.delete(clip);
    if (this.#clips.size === 0) forgetAtExit(this.#exitHandler);
  }

  /** The pipeline's running time: it stands still in a pause, and so do clips. */
  get #nowNs(): bigint {
    return this.#options.pipeline.runningTimeNs ?? 0n;
  }

  /**
   * Takes what the rings hold: to the clips, and to the histories of the next one.
   *
   * @returns The pipeline's running time; null while it is stopped.
   */
  #drain(): bigint | null {
    const { runningTimeNs } = this.#options.pipeline;
    for (const [index, track] of this.#tracks.entries()) {
      track.drain(runningTimeNs, {
        onFrame: (frame) => this.#clips.forEach((clip) => clip.admit(index, frame)),
        onRestart: () => this.#clips.forEach((clip) => clip.endTrack(index, "flushed")),
      });
    }
    this.#trim(runningTimeNs ?? 0n);
    this.#checkGop();
    return runningTimeNs;
  }

  /** Keeps what a clip from now on needs: of the other tracks, as far back as the first one has to begin. */
  #trim(nowNs: bigint): void {
    const [first, ...others] = this.#tracks as [RecorderTrack, ...RecorderTrack[]];
    // live frames can be a little ahead of the instant of a call
    const newestNs = max(this.#newestNs - JITTER_NS, min(this.#newestNs, nowNs));
    const sinceNs = newestNs - this.#windowNs;
    first.trim(sinceNs, 0n);
    if (others.length === 0) return;
    const isBehind = first.newestNs < sinceNs;
    const startNs = (isBehind ? null : first.startNs(sinceNs)) ?? sinceNs;
    const leadNs = 2n * (first.ring.longestGopNs ?? 0n);
    for (const track of others) track.trim(min(startNs, sinceNs), leadNs);
  }

  /** The latest start of a frame. */
  get #newestNs(): bigint {
    return this.#tracks.map(({ newestNs }) => newestNs).reduce(max);
  }

  #checkGop(): void {
    if (this.#hasWarned) return;
    for (const track of this.#tracks) {
      const warning = track.gopWarning(this.#options.windowSizeSec);
      if (warning === null) continue;
      this.#hasWarned = true;
      return this.#options.onWarning(warning);
    }
  }

  /** What the ring holds at the moment. It costs nothing until it is called, and then looks at each frame in the ring. */
  stats(): RecorderStats {
    this.#drain();
    const openClips = this.#clips.size;
    const all = this.#tracks.map((track) => ({ tee: track.tee, ...track.stats(openClips) }));
    const { tee: _, ...first } = all[0]!;
    return all.length > 1 ? { ...first, tracks: all } : first;
  }

  /** Has the rings looked at in the turns of its state. */
  #schedule(): void {
    const turns = INTERVALS[this.state];
    const mustHurry = this.#tracks.some(({ mustCopy }) => mustCopy);
    this.#join(turns !== undefined && mustHurry ? HURRIED[Number(this.busy)] : turns);
  }

  #join(turns: SharedInterval | undefined): void {
    if (turns === this.#turns) return;
    this.#turns?.remove(this.#look);
    turns?.add(this.#look);
    this.#turns = turns;
  }

  /** Gives up a ring that takes no more frames; where an element of it has said why, that comes first. */
  #checkRing(): void {
    const failure = this.#tracks.map(({ ring }) => ring.failure).find((failure) =>
      failure !== null
    );
    if (failure) void this.#options.pipeline.bus.flush().then(() => this.#fail(failure));
  }

  /** Moves the clips on. */
  #tick(): void {
    const runningTimeNs = this.#drain();
    const isStopped = runningTimeNs === null;
    const nowNs = runningTimeNs ?? 0n;
    const patienceNs = secToNs(this.#options.trackTimeoutSec);
    for (const clip of this.#clips) {
      for (const [index, track] of this.#tracks.entries()) {
        if (track.ring.isEos || (isStopped && clip.state === "recording")) {
          clip.endTrack(index, "end-of-stream");
        }
        const isBehind = this.#newestNs - track.newestNs > patienceNs;
        if (isBehind || track.isOverdue(nowNs, clip.window.endNs)) {
          clip.endTrack(index, "source-stalled");
        }
      }
      clip.tick();
    }
  }

  /** Fits the rings to their streams. */
  #idle(): void {
    let areFitted = true;
    for (const { ring } of this.#tracks) {
      ring.isDrained = false;
      areFitted = ring.resize() && areFitted;
    }
    // what their frames are made of tells whether the ring may keep them
    const areKnown = this.#tracks.every(({ mustCopy }) => mustCopy === false);
    if (!areFitted || !areKnown) this.#drain();
    for (const track of this.#tracks) {
      if (track.history.frames.length > 0) track.forget(this.#nowNs);
    }
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

  async #close(reason?: Shortfall): Promise<void> {
    const { closeTimeoutSec } = this.#options;
    this.#drain();
    for (const clip of this.#clips) {
      for (const [index, { ring }] of this.#tracks.entries()) {
        clip.endTrack(index, reason ?? (ring.isEos ? "end-of-stream" : "closed"));
      }
    }
    for (const track of this.#tracks) track.detach();
    this.#schedule();
    const clips = [...this.#clips];
    const late = `Not finished within ${closeTimeoutSec} s`;
    await deadline(Promise.all(clips.map(({ done }) => done)), closeTimeoutSec, late)
      .catch((error) => Promise.all(clips.map((clip) => clip.fail(error))));
    this.#join(undefined);
    this.#detach();
    for (const { history } of this.#tracks) history.clear();
  }

  /** Ends open clips with what they have, for a process that is about to end. */
  #endNow(): void {
    this.#drain();
    for (const clip of this.#clips) clip.endNow();
  }

  /** Same as {@link close}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
