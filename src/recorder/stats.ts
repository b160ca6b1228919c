/**
 * What a recorder holds.
 *
 * @module
 */
import { nsToSec } from "../util/clock_time.ts";
import { countMissing } from "../ringbuffer/clip_window.ts";
import type { Frame } from "../gst/frame.ts";

/** What a recorder's ring holds at the moment. */
export interface RecorderStats {
  /** Seconds from its oldest frame to the end of its newest. */
  fillSec: number;
  /** Seconds that it is to hold: the window, and for encoded video two groups of pictures more. */
  holdSec: number;
  /** Frames in it. */
  frames: number;
  /** Bytes of their data. */
  bytes: number;
  /**
   * What `holdSec` of the stream takes: by the frames so far; before the first by the caps, where those are of raw video
   * that is kept as it comes, else null.
   */
  estimatedBytes: number | null;
  /** Frames per second by the caps, else as measured; null before the second frame. */
  frameRate: number | null;
  /** Frames that never came, among those in it. */
  dropped: number;
  /** Longest time from one keyframe to the next so far, in seconds; null for raw video, and where it is not known. */
  gopSec: number | null;
  /** Clips that take frames or are being finished. */
  openClips: number;
  /** The tracks, where the recorder was given several; what is said above is that of the first one. */
  tracks?: (RecorderStats & { tee: string })[];
}

/** What is known beside the frames. */
export interface StatsContext {
  holdSec: number;
  /** What a frame lasts by the caps; null where they do not tell. */
  frameNs: bigint | null;
  /** Bytes of a full ring by the caps; null where they do not tell. */
  capsBytes: number | null;
  longestGopNs: bigint | null;
  openClips: number;
}

/** Makes the statistics of the frames in a ring, oldest first. */
export function ringStats(
  frames: readonly Pick<Frame, "timeNs" | "dtsNs" | "durationNs" | "bytes">[],
  context: StatsContext,
): RecorderStats {
  const { holdSec, frameNs, capsBytes, longestGopNs, openClips } = context;
  const order = frames.map(({ dtsNs }) => dtsNs).filter((dtsNs) => dtsNs !== null);
  const spanNs = order.length > 1 ? order.at(-1)! - order[0]! : 0n;
  const stepNs = frameNs ?? (spanNs > 0n ? spanNs / BigInt(order.length - 1) : null);
  const bytes = frames.reduce((sum, frame) => sum + frame.bytes, 0);
  const frameRate = stepNs === null ? null : 1e9 / Number(stepNs);
  return {
    fillSec: order.length > 0 ? nsToSec(spanNs + (stepNs ?? 0n)) : 0,
    holdSec,
    frames: frames.length,
    bytes,
    estimatedBytes: frameRate === null || frames.length === 0
      ? capsBytes
      : Math.round((bytes / frames.length) * frameRate * holdSec),
    frameRate,
    dropped: order.reduce(
      (sum, time, i) => i === 0 ? 0 : sum + countMissing(order[i - 1]!, time, stepNs),
      0,
    ),
    gopSec: longestGopNs === null ? null : nsToSec(longestGopNs),
    openClips,
  };
}
