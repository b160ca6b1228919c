/**
 * The clips of a recorder that are under way.
 *
 * @module
 */
import type { Frame } from "../gst/frame.ts";
import type { Call } from "../ringbuffer/clip_window.ts";
import { ClipWindow } from "../ringbuffer/clip_window.ts";
import { mediaTypeOf } from "../gst/caps.ts";
import { isSound as isSoundType } from "../media/codecs.ts";
import { findContainer } from "../media/containers.ts";
import type { History } from "../ringbuffer/history.ts";
import { nsToSec, secToNs } from "../util/clock_time.ts";
import { deadline } from "../util/deadline.ts";
import { reportUnhandled } from "../util/report_error.ts";
import { Clip, type ClipOptions } from "./clip/clip.ts";
import type { InputTrackOptions } from "./clip/clip_input.ts";
import type { Shortfall } from "./clip/report.ts";
import { Silence } from "./clip/silence.ts";
import { isRaw, survivesCapsChange } from "./encode/record_bin_text.ts";
import { type ExitHandler, finishAtExit, forgetAtExit } from "./graceful_exit.ts";
import { checkPath, type CompleteOptions } from "./options.ts";
import type { RecorderState } from "./recording.ts";
import type { RecorderTrack } from "./track.ts";
import type { DrainListener, TrackGroup } from "./track_group.ts";

/** Seconds of frames that may wait for the encoder, beside those of the window before and after the call. */
const BACKLOG_SEC = 5;
/** Nanoseconds that a frame is assumed to last before there are two. */
const UNKNOWN_FRAME_NS = 33_333_333n;
/** Seconds for the file of a continuation to be created, beside those that it lasts. */
const CONTINUATION_SEC = 5;
/** The states of clips, the one that makes the recorder's first. */
const STATES = ["recording", "starting", "finishing"] as const;

/** Begins, extends and ends the clips of a recorder; it forgets each when that is done. */
export class OpenClips implements DrainListener {
  readonly #options: CompleteOptions;
  readonly #tracks: TrackGroup;
  readonly #exitHandler: ExitHandler;
  readonly #patienceNs: bigint;
  /** `null` where clips may last for any time. */
  readonly #maxClipNs: bigint | null;
  readonly #clips = new Set<Clip>();
  /** Whether it was said that clips are not turned upright. */
  #hasWarned = false;

  /** Creates an empty set; `exitHandler` is registered while there are clips. */
  constructor(
    options: CompleteOptions,
    tracks: TrackGroup,
    exitHandler: Pick<ExitHandler, "close" | "endNow">,
  ) {
    this.#options = options;
    this.#tracks = tracks;
    this.#patienceNs = secToNs(options.trackTimeoutSec);
    this.#maxClipNs = options.maxClipSec === Infinity ? null : secToNs(options.maxClipSec);
    this.#exitHandler = {
      ...exitHandler,
      exitMs: () => options.exitTimeoutSec * 1000,
      finishNow: (untilMs) => this.#clips.forEach((clip) => clip.finishNow(untilMs)),
    };
  }

  /** The number of clips that are not done. */
  get size(): number {
    return this.#clips.size;
  }

  /** The state of the clips as a whole; `null` without any. */
  get state(): Exclude<RecorderState, "detached" | "buffering"> | null {
    const states = new Set([...this.#clips].map((clip) => clip.state));
    return STATES.find((state) => states.has(state)) ?? null;
  }

  /** Extends the open clip that a call falls into, and returns the first one of its event; `undefined` if there is none. */
  extend(call: Call): Clip | undefined {
    const clip = [...this.#clips].find((clip) => clip.isOpen && clip.window.takes(call));
    clip?.window.extend(call);
    return clip?.origin;
  }

  /** Begins a clip with the frames in the histories. */
  begin(call: Call, path: string, maxDelaySec: number): Clip {
    const window = new ClipWindow(call, this.#maxClipNs);
    const clip = this.#open({ window, path, maxDelaySec, eventId: crypto.randomUUID() });
    // the first track decides where the others begin
    for (const [index, track] of this.#tracks.all.entries()) {
      track.ring.isDrained = true;
      track.requestKeyframe();
      clip.begin(index, track.history.frames);
    }
    return clip;
  }

  #open(
    options: Pick<ClipOptions, "path" | "window" | "eventId" | "maxDelaySec" | "origin">,
  ): Clip {
    const { pipeline, recordBinClass, startAtZero, clipRecords, finishOnExit } = this.#options;
    const clip = new Clip({
      ...options,
      recordBinClass,
      startAtZero,
      hasRecord: clipRecords,
      epochMs: () => Date.now() - (pipeline.runningTimeSec ?? 0) * 1000,
      tracks: this.#tracks.all.map((track) => this.#clipTrack(track, options.path)),
    });
    this.#clips.add(clip);
    if (finishOnExit) finishAtExit(this.#exitHandler);
    clip.done.then(() => this.#remove(clip));
    return clip;
  }

  /** Lets an event go on in another file after a change of the caps of the n-th track, from a frame on. */
  #continue(clip: Clip, index: number, frame: Frame): void {
    const atNs = frame.timeNs!;
    let path: string;
    try {
      path = checkPath(this.#options.filenameGenerator());
    } catch (error) {
      return reportUnhandled(error);
    }
    const next = clip.continueIn((window, eventId) => {
      const maxDelaySec = nsToSec(window.endNs - atNs) + CONTINUATION_SEC;
      return this.#open({ window, path, maxDelaySec, eventId, origin: clip.origin });
    }, atNs);
    next.started.catch(() => {});
    for (const [other, { history }] of this.#tracks.all.entries()) {
      if (other !== index) next.begin(other, history.frames);
    }
  }

  #clipTrack(track: RecorderTrack, path: string): InputTrackOptions {
    const { tee, ring, history } = track;
    const { windowSizeSec, exactStart, recordBinClass } = this.#options;
    const isSound = ring.readCaps((caps) => isSoundType(mediaTypeOf(caps))) ?? false;
    const isPlain = recordBinClass.binString === "";
    const silence = () => isPlain ? ring.readCaps((caps) => Silence.of(caps)) : null;
    const { orientation } = ring;
    if (orientation !== null) this.#warnOfTurned(tee, path, history);
    return {
      tee,
      orientation,
      measuredFrameNs: ring.frameNs ?? history.frameNs ?? UNKNOWN_FRAME_NS,
      maxBacklogNs: secToNs(2 * windowSizeSec + BACKLOG_SEC),
      keyframeProblem: () => track.keyframeProblem,
      // nothing is known of what bins with a text of their own can go on with
      survives: (before, after) => isPlain && survivesCapsChange(path, before, after),
      exactStart: exactStart ? (track.canSmartCut ? "exact" : "unavailable") : "keyframe",
      pauses: isSound ? { silence, patienceNs: this.#patienceNs } : null,
    };
  }

  /** Warns once if the files cannot state how encoded pictures must be turned. */
  #warnOfTurned(tee: string, path: string, { frames }: History): void {
    const mediaType = frames[0]?.mediaType;
    if (this.#hasWarned || mediaType === undefined || isRaw(mediaType)) return;
    const { name } = findContainer(path) ?? {};
    if (name === undefined || name === "mp4") return;
    this.#hasWarned = true;
    this.#options.onWarning(
      `Players do not turn the clips of tee "${tee}" upright: only .mp4 and .mov state how encoded video must be turned`,
    );
  }

  #remove(clip: Clip): void {
    this.#clips.delete(clip);
    if (this.#clips.size === 0) forgetAtExit(this.#exitHandler);
  }

  /** Passes a frame of the n-th track to all clips. */
  readonly onFrame: DrainListener["onFrame"] = (index, frame) => {
    // a continuation that is added meanwhile gets the frame, too
    for (const clip of this.#clips) {
      clip.admit(index, frame);
      if (clip.mustContinue) this.#continue(clip, index, frame);
    }
  };

  /** Ends the n-th track of all clips: what comes next belongs to another run of the stream. */
  readonly onRestart: DrainListener["onRestart"] = (index) => {
    for (const clip of this.#clips) clip.endTrack(index, "flushed");
  };

  /**
   * Ends tracks whose streams have ended or stalled, and moves the clips on.
   *
   * @param runningTimeNs The pipeline's running time; `null` while it is stopped.
   */
  poll(runningTimeNs: bigint | null): void {
    const isStopped = runningTimeNs === null;
    const nowNs = runningTimeNs ?? 0n;
    for (const clip of this.#clips) {
      for (const [index, track] of this.#tracks.all.entries()) {
        if (track.ring.isEos || (isStopped && clip.state === "recording")) {
          clip.endTrack(index, "end-of-stream");
        }
        this.#checkStalled(clip, index, nowNs);
      }
      clip.poll();
    }
  }

  /** Ends a track whose source has stalled; sound that pauses is filled with silence instead. */
  #checkStalled(clip: Clip, index: number, nowNs: bigint): void {
    const { all, newestNs } = this.#tracks;
    const track = all[index]!;
    const untilNs = newestNs - this.#patienceNs;
    const isBehind = track.newestNs < untilNs;
    const isOverdue = track.isOverdue(nowNs, clip.window.endNs);
    if (isOverdue && newestNs >= clip.window.endNs) clip.fill(index, newestNs);
    else if (isBehind && clip.fill(index, untilNs)) return;
    if (isBehind || isOverdue) clip.endTrack(index, "source-stalled");
  }

  /** Ends all clips with what they have; `reason` is why they are short, by default that their recorder is closed. */
  end(reason?: Shortfall): void {
    for (const clip of this.#clips) {
      for (const [index, { ring }] of this.#tracks.all.entries()) {
        clip.endTrack(index, reason ?? (ring.isEos ? "end-of-stream" : "closed"));
      }
    }
  }

  /** Waits until all clips are files; those that are not within the recorder's time limit fail. */
  async finish(): Promise<void> {
    const { closeTimeoutSec } = this.#options;
    const clips = [...this.#clips];
    const late = `Not finished within ${closeTimeoutSec} s`;
    await deadline(Promise.all(clips.map(({ done }) => done)), closeTimeoutSec, late)
      .catch((error) => Promise.all(clips.map((clip) => clip.fail(error))));
  }

  /** Ends all clips with what they have, for a process that is about to end. */
  endNow(): void {
    for (const clip of this.#clips) clip.endNow();
  }
}
