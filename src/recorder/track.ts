/**
 * One track of a recorder: a ring at a tee, and the frames drained from it.
 *
 * @module
 */
import { nsToSec, secToNs } from "../util/clock_time.ts";
import { isSelfContained, isSound } from "../media/codecs.ts";
import type { Frame } from "../gst/frame.ts";
import type { Pipeline } from "../pipeline.ts";
import type { Attachment } from "../gst/attachments.ts";
import { AccessUnits } from "../ringbuffer/access_units.ts";
import { DtsEstimator } from "../ringbuffer/dts_estimator.ts";
import { History } from "../ringbuffer/history.ts";
import type { RingBuffer, RingBufferOptions } from "../ringbuffer/ring_buffer.ts";
import { Timeline } from "../ringbuffer/timeline.ts";
import { clipStartIndex } from "../ringbuffer/clip_window.ts";
import { isSplicePoint } from "./encode/smart_cut.ts";
import type { RecorderWarnings } from "./warnings.ts";
import { type RecorderStats, ringStats } from "./stats.ts";

/** Running time after which a frame that is due counts as missing. */
const STALL_NS = secToNs(1);

/** Running time that seems lost without a pause: clocks are read one after the other. */
const PAUSE_NS = secToNs(0.1);

/** Running time without any frame of which a recorder warns. */
const SILENT_NS = secToNs(5);
/** Stream without a keyframe of which a recorder warns. */
const KEYLESS_NS = secToNs(3);
/** Buffers that the source and the other branches of the tee need. */
const SPARE_BUFFERS = 16;
/** Frames that a ring holds of a source with few buffers, whose number is not known. */
const FEW_FRAMES = 2;

/** Receives the frames of a track. */
export interface RecorderTrackListener {
  /** Receives a frame, which stays the track's. */
  onFrame: (frame: Frame) => void;
  /** The next frame is the first one after a flush or a restart. */
  onRestart: () => void;
}

/** A tee's stream: its ring, and the frames drained from it that the next clip may need. */
export class RecorderTrack {
  /** The tee's name. */
  readonly tee: string;
  /** The ring, on the tee until it is detached. */
  readonly ring: RingBuffer;
  /** Frames out of the ring that the next clip may need, oldest first. */
  readonly history = new History();
  /** Attaches the ring to the pipeline. */
  readonly attachment: Attachment;
  readonly #pipeline: Pipeline;
  /** When the ring was attached, in running time. */
  readonly #attachedNs: bigint;
  /** Whether any buffer has come out of the ring. */
  #hasFrames = false;
  readonly #maxBytes: number;
  /** Running time at which frames came last, and when that was. */
  #arrivedNs = 0n;
  #arrivedMs = performance.now();
  #timeline: Timeline;
  readonly #units = new AccessUnits();
  readonly #dtsEstimator = new DtsEstimator();
  #mustCopy: boolean | undefined;
  /** The first frame since which no keyframe has come; `null` while there is one in the history. */
  #keylessSinceNs: bigint | null = null;
  /** Whether a keyframe was requested since the last one came. */
  #hasRequested = false;
  /** The latest start of a frame, initially when the ring was attached. */
  #newestNs: bigint;

  /**
   * Attaches a ring to a tee.
   *
   * @throws As {@link RingBuffer}.
   */
  constructor(
    ringBufferClass: typeof RingBuffer,
    options: Required<RingBufferOptions>,
    attachment: Pick<Attachment, "onError" | "close">,
    copyFrames = false,
  ) {
    this.tee = options.teeName;
    this.#maxBytes = options.maxBytes;
    this.#pipeline = options.pipeline;
    this.#attachedNs = this.#newestNs = options.pipeline.runningTimeNs ?? 0n;
    const ring = new ringBufferClass(options);
    this.ring = ring;
    if (copyFrames) {
      this.#mustCopy = true;
      ring.maxFrames = FEW_FRAMES;
    }
    this.#timeline = new Timeline(() => ring.isLive);
    this.attachment = {
      ...attachment,
      path: ring.path,
      onStateChange: (state, when) => ring.follow(state, when),
    };
  }

  /** Whether the frames are audio. */
  get isSound(): boolean {
    const [frame] = this.history.frames;
    return frame !== undefined && isSound(frame.mediaType);
  }

  /** The start of the newest frame; before there is one, when the ring was attached. */
  get newestNs(): bigint {
    return this.#newestNs;
  }

  /** Moves the frames in the ring to the listener and into the history. */
  drain(runningTimeNs: bigint | null, { onFrame, onRestart }: RecorderTrackListener): void {
    const { history, ring } = this;
    const buffers = ring.drain();
    if (buffers.length === 0 && history.frames.length === 0) return;
    const nowNs = runningTimeNs ?? 0n;
    // flushed or stopped since then: timestamps of the run before mean nothing in this one
    if (nowNs < this.#arrivedNs) {
      this.#timeline = new Timeline(() => ring.isLive);
      this.#arrivedNs = nowNs;
      this.#units.restart();
      this.#restart(runningTimeNs === null ? () => {} : onRestart);
    }
    if (buffers.length > 0) {
      this.#hasFrames = true;
      this.#checkPool(buffers);
    }
    const frames = this.#units.admit(buffers, ring.isEos);
    if (frames.length === 0) return;
    this.#estimateDts(frames);
    const aligned = this.#timeline.align(
      frames.map(({ dtsNs }) => dtsNs),
      runningTimeNs ?? this.#arrivedNs,
      this.#hasPaused(nowNs),
    );
    if (runningTimeNs !== null) this.#arrivedNs = runningTimeNs;
    this.#arrivedMs = performance.now();
    for (const [index, frame] of frames.entries()) {
      const { shiftNs, isRestart } = aligned[index]!;
      if (isRestart) this.#restart(onRestart);
      frame.shift(shiftNs);
      this.#followKeyframes(frame);
      onFrame(frame);
      history.admit(frame);
    }
    this.#newestNs = frames.findLast(({ timeNs }) => timeNs !== null)?.timeNs ?? this.#newestNs;
  }

  /** Notes since when no clip could begin. */
  #followKeyframes({ isKeyframe, timeNs }: Frame): void {
    if (isKeyframe) {
      this.#keylessSinceNs = null;
      this.#hasRequested = false;
    } else if (this.history.frames.length === 0) this.#keylessSinceNs ??= timeNs;
  }

  /** Why no clip can begin, though frames come; `null` if one can. */
  get keyframeProblem(): string | null {
    if (this.#keylessSinceNs === null) return null;
    const sec = nsToSec(this.#newestNs - this.#keylessSinceNs).toFixed(1);
    return this.#units.lacksParameterSets
      ? `the keyframes of the last ${sec} s lack the parameter sets, which were sent before the recorder was attached: ` +
        "let the encoder repeat them, or put a parser with config-interval=-1 right behind it"
      : `no keyframe has come in the last ${sec} s: let the camera or encoder send one every few seconds`;
  }

  /** Asks upstream for a keyframe if none is in reach, once until one comes. */
  requestKeyframe(): void {
    if (this.#keylessSinceNs === null || this.#hasRequested) return;
    this.#hasRequested = true;
    this.ring.requestKeyframe();
  }

  /** Makes sure that the DTS of the frames do not go back. */
  #estimateDts(frames: readonly Frame[]): void {
    const { mediaType } = frames[0]!;
    if (mediaType.endsWith("/x-raw")) return frames.forEach((frame) => frame.ignoreDts());
    // parsers that see no DTS copy the PTS, or set none
    if (isSelfContained(mediaType) || frames.some(({ isReordered }) => isReordered)) return;
    const timed = frames.filter(({ timeNs }) => timeNs !== null);
    const estimatesNs = this.#dtsEstimator.estimate(timed.map(({ timeNs }) => timeNs!));
    for (const [index, frame] of timed.entries()) {
      if (estimatesNs[index] !== frame.timeNs) frame.setDts(estimatesNs[index]!);
    }
  }

  /**
   * Leaves a source with few buffers enough of them: their data is copied, and the ring holds at most half of them from
   * now on.
   */
  #checkPool(frames: readonly Frame[]): void {
    const size = this.#mustCopy === true ? null : frames.at(-1)!.poolSize;
    // a clip holds frames that are out of the ring, too
    if (size !== null && size < 2 * this.ring.capacity + SPARE_BUFFERS) {
      this.#mustCopy = true;
      this.ring.maxFrames = Math.max(1, Math.floor(size / 2));
    }
    this.#mustCopy ??= false;
    if (this.#mustCopy) { for (const frame of frames) frame.copyData(); }
  }

  /** Whether the source needs its buffers back, so that frames are copied; `null` if not known yet. */
  get mustCopy(): boolean | null {
    return this.#mustCopy ?? null;
  }

  #restart(onRestart: () => void): void {
    onRestart();
    this.history.clear();
    this.#newestNs = 0n;
  }

  /** Drops all frames. May be called twice. */
  close(): void {
    this.history.clear();
    this.#units.close();
  }

  /** Returns whether the running time stood still, or was set back, since frames came last. */
  #hasPaused(nowNs: bigint): boolean {
    const elapsedNs = secToNs((performance.now() - this.#arrivedMs) / 1000);
    return elapsedNs - (nowNs - this.#arrivedNs) > PAUSE_NS;
  }

  /** Whether a smart cut can end at the stream's keyframes, by the latest ones: often a stream's first is of another kind. */
  get canSmartCut(): boolean {
    const keyframes = this.history.frames.filter(({ isKeyframe }) => isKeyframe);
    const latest = keyframes.length > 1 ? keyframes.slice(1) : keyframes;
    return latest.length === 0 || latest.some(isSplicePoint);
  }

  /** Returns where a clip from an instant on would begin; `null` if it has no frame of this track. */
  startNs(sinceNs: bigint): bigint | null {
    const { frames } = this.history;
    return frames[clipStartIndex(frames, sinceNs)]?.timeNs ?? null;
  }

  /**
   * Drops the frames that no clip from an instant on needs.
   *
   * @param leadNs Nanoseconds by which clips can begin earlier because of another track's keyframes.
   */
  trim(sinceNs: bigint, leadNs: bigint): void {
    this.history.trim(sinceNs, this.#maxBytes);
    const { longestGopNs, bytes, frames } = this.history;
    const frameBytes = frames.length > 0 ? bytes / frames.length : null;
    this.ring.learn({ longestGopNs, frameBytes, leadNs });
  }

  /** Returns whether no frames came for a while. */
  isSilent(nowNs: bigint): boolean {
    return nowNs - this.#arrivedNs > STALL_NS;
  }

  /** Returns whether the last frame of a clip is overdue. */
  isOverdue(nowNs: bigint, endNs: bigint): boolean {
    return this.isSilent(nowNs) && nowNs > endNs + STALL_NS;
  }

  /** Drops frames that are of no use any more: the ring has filled up again since, or has restarted. */
  forget(nowNs: bigint): void {
    const ageNs = nowNs - this.#arrivedNs;
    if (ageNs < 0n || ageNs > secToNs(this.ring.holdSec + 1)) this.history.clear();
  }

  /** Returns the statistics of the ring. */
  stats(openClips: number, windowSec: number): RecorderStats {
    const { holdSec, frameNs, capsBytes, longestGopNs } = this.ring;
    const warnings = Object.values(this.warnings(windowSec)).filter((text) => text !== null);
    const context = { holdSec, frameNs, capsBytes, longestGopNs, openClips, warnings };
    return ringStats(this.history.frames, context);
  }

  /** Returns what makes clips fail or begin early, by its kind. */
  warnings(windowSec: number): RecorderWarnings {
    const { keyframeProblem } = this;
    const keylessNs = this.#newestNs - (this.#keylessSinceNs ?? this.#newestNs);
    return {
      "no-frames": this.#silenceWarning(),
      "no-keyframe": keyframeProblem === null || keylessNs < KEYLESS_NS
        ? null
        : `Clips of tee "${this.tee}" cannot begin: ${keyframeProblem}`,
      "long-gop": this.#gopWarning(windowSec),
    };
  }

  /** Returns a warning if the ring has had no frame for long, else `null`. */
  #silenceWarning(): string | null {
    const waitedNs = (this.#pipeline.runningTimeNs ?? 0n) - this.#attachedNs;
    if (this.#hasFrames || this.#pipeline.state !== "playing" || waitedNs < SILENT_NS) return null;
    const isFlowing = this.ring.readTeeCaps(() => true) ?? false;
    const cause = isFlowing
      ? "its bin puts out nothing, as a parser does that has missed the parameter sets: let the parser or encoder before the " +
        "tee repeat them"
      : "its stream has not begun";
    return `No frame has come into the ring buffer at tee "${this.tee}" in ${
      nsToSec(waitedNs).toFixed(1)
    } s: ${cause}`;
  }

  /** Returns a warning if a window is shorter than two groups of pictures, else `null`. */
  #gopWarning(windowSec: number): string | null {
    const { longestGopNs } = this.ring;
    if (longestGopNs === null || secToNs(windowSec) >= 2n * longestGopNs) return null;
    return `The window of ${windowSec} s at tee "${this.tee}" is shorter than two groups of pictures, ` +
      `which last up to ${nsToSec(longestGopNs)} s: clips start up to that much before it`;
  }

  /** Takes the ring off the tee; the history stays. May be called twice. */
  detach(): void {
    this.ring.detach();
  }
}
