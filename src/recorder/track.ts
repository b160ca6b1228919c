/**
 * One of the streams that a recorder keeps.
 *
 * @module
 */
import { nsToSec, secToNs } from "../util/clock_time.ts";
import { isSelfContained, isSound } from "../media/codecs.ts";
import type { Frame } from "../gst/frame.ts";
import type { Attachment } from "../gst/attachments.ts";
import { DtsEstimator } from "../ringbuffer/dts_estimator.ts";
import { History } from "../ringbuffer/history.ts";
import type { RingBuffer, RingBufferOptions } from "../ringbuffer/ring_buffer.ts";
import { Timeline } from "../ringbuffer/timeline.ts";
import { clipStartIndex } from "../ringbuffer/clip_window.ts";
import { type RecorderStats, ringStats } from "./stats.ts";

/** Running time after which a frame that should have come counts as not coming. */
const STALL_NS = secToNs(1);

/** Running time that is lost without a pause: clocks are read one after the other. */
const PAUSE_NS = secToNs(0.1);

/** Buffers that the source and the other legs of the tee need. */
const SPARE_BUFFERS = 16;
/** Frames that a ring holds of a source with few buffers that does not tell how many. */
const FEW_FRAMES = 2;

/** What takes the frames of a track. */
export interface RecorderTrackListener {
  /** Takes a frame, which stays the track's. */
  onFrame: (frame: Frame) => void;
  /** Learns that the next frame is the first one of another run of the stream. */
  onRestart: () => void;
}

/** A tee's stream: the ring at it, and the frames out of that which the next clip may need. */
export class RecorderTrack {
  /** The tee's name. */
  readonly tee: string;
  /** The ring, on the tee until it is detached. */
  readonly ring: RingBuffer;
  /** Frames out of the ring that the next clip may need, oldest first. */
  readonly history = new History();
  /** What ties the ring to the pipeline. */
  readonly attachment: Attachment;
  readonly #maxBytes: number;
  /** Running time at which frames came last, and when that was. */
  #arrivedNs = 0n;
  #arrivedMs = performance.now();
  #timeline: Timeline;
  readonly #dtsEstimator = new DtsEstimator();
  #mustCopy: boolean | undefined;
  /** The latest start of a frame, or when the ring was attached. */
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
    this.#newestNs = options.pipeline.runningTimeNs ?? 0n;
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

  /** Whether what it holds is sound. */
  get isSound(): boolean {
    const [frame] = this.history.frames;
    return frame !== undefined && isSound(frame.mediaType);
  }

  /** The start of the newest frame; before there is one, when the ring was attached. */
  get newestNs(): bigint {
    return this.#newestNs;
  }

  /** Takes what the ring holds. */
  drain(runningTimeNs: bigint | null, { onFrame, onRestart }: RecorderTrackListener): void {
    const { history, ring } = this;
    const frames = ring.drain();
    if (frames.length === 0 && history.frames.length === 0) return;
    const nowNs = runningTimeNs ?? 0n;
    // flushed or stopped since then: the times of another start mean nothing in the next one
    if (nowNs < this.#arrivedNs) {
      this.#timeline = new Timeline(() => ring.isLive);
      this.#arrivedNs = nowNs;
      this.#restart(runningTimeNs === null ? () => {} : onRestart);
    }
    if (frames.length === 0) return;
    this.#checkPool(frames);
    this.#order(frames);
    const places = this.#timeline.place(
      frames.map(({ dtsNs }) => dtsNs),
      runningTimeNs ?? this.#arrivedNs,
      this.#hasPaused(nowNs),
    );
    if (runningTimeNs !== null) this.#arrivedNs = runningTimeNs;
    this.#arrivedMs = performance.now();
    for (const [index, frame] of frames.entries()) {
      const { shiftNs, isNew } = places[index]!;
      if (isNew) this.#restart(onRestart);
      frame.shift(shiftNs);
      onFrame(frame);
      history.admit(frame);
    }
    this.#newestNs = frames.findLast(({ timeNs }) => timeNs !== null)?.timeNs ?? this.#newestNs;
  }

  /** Makes sure that no frame is decoded later than the ones after it. */
  #order(frames: readonly Frame[]): void {
    const { mediaType } = frames[0]!;
    if (mediaType.endsWith("/x-raw")) return frames.forEach((frame) => frame.ignoreDts());
    // parsers that know of no such times take those at which frames are shown, or none
    if (isSelfContained(mediaType) || frames.some(({ isReordered }) => isReordered)) return;
    const timed = frames.filter(({ timeNs }) => timeNs !== null);
    const estimatesNs = this.#dtsEstimator.place(timed.map(({ timeNs }) => timeNs!));
    for (const [index, frame] of timed.entries()) {
      if (estimatesNs[index] !== frame.timeNs) frame.setDts(estimatesNs[index]!);
    }
  }

  /**
   * Leaves a source that has only some buffers enough of them: their data is copied, and the ring holds half of them at
   * most from now on.
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

  /** Whether frames must be taken as they come, as the source lacks their buffers; null where that is not known yet. */
  get mustCopy(): boolean | null {
    return this.#mustCopy ?? null;
  }

  #restart(onRestart: () => void): void {
    onRestart();
    this.history.clear();
    this.#newestNs = 0n;
  }

  /** Whether the running time has stood still, or been set back, since frames came last. */
  #hasPaused(nowNs: bigint): boolean {
    const elapsedNs = secToNs((performance.now() - this.#arrivedMs) / 1000);
    return elapsedNs - (nowNs - this.#arrivedNs) > PAUSE_NS;
  }

  /** Where a clip from an instant on would begin; null where it has none of this stream. */
  startNs(sinceNs: bigint): bigint | null {
    const { frames } = this.history;
    return frames[clipStartIndex(frames, sinceNs)]?.timeNs ?? null;
  }

  /**
   * Drops the frames that no clip from an instant on needs.
   *
   * @param leadNs Nanoseconds by which clips can begin before that because of another track's keyframes.
   */
  trim(sinceNs: bigint, leadNs: bigint): void {
    this.history.trim(sinceNs, this.#maxBytes);
    const { longestGopNs, bytes, frames } = this.history;
    this.ring.learn(longestGopNs, frames.length > 0 ? bytes / frames.length : null, leadNs);
  }

  /** Whether no frames came for a while. */
  isSilent(nowNs: bigint): boolean {
    return nowNs - this.#arrivedNs > STALL_NS;
  }

  /** Whether the time in which a clip's last frame should have come is over. */
  isOverdue(nowNs: bigint, endNs: bigint): boolean {
    return this.isSilent(nowNs) && nowNs > endNs + STALL_NS;
  }

  /** Drops frames that are of no use any more: the ring has filled up again since, or has begun anew. */
  forget(nowNs: bigint): void {
    const ageNs = nowNs - this.#arrivedNs;
    if (ageNs < 0n || ageNs > secToNs(this.ring.holdSec + 1)) this.history.clear();
  }

  /** What it holds. */
  stats(openClips: number): RecorderStats {
    const { holdSec, frameNs, capsBytes, longestGopNs } = this.ring;
    const context = { holdSec, frameNs, capsBytes, longestGopNs, openClips };
    return ringStats(this.history.frames, context);
  }

  /** A warning where a window is little more than what its start needs to be decoded; null where there is none. */
  gopWarning(windowSec: number): string | null {
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
