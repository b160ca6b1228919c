/**
 * Statistics of a recorder's ring.
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
  /** Seconds that the ring is to hold: the window, and for encoded video two groups of pictures more. */
  holdSec: number;
  /** The number of frames in the ring. */
  frames: number;
  /** The size of their data in bytes. */
  bytes: number;
  /**
   * The size of `holdSec` of the stream in bytes, by the frames so far. Before the first frame, by the caps if they are
   * of raw video that is kept as it is, else `null`.
   */
  estimatedBytes: number | null;
  /** Frames per second by the caps, else as measured; `null` before the second frame. */
  frameRate: number | null;
  /** The number of frames missing between those in the ring. */
  dropped: number;
  /** The longest time from one keyframe to the next so far, in seconds; `null` for raw video and if not known. */
  gopSec: number | null;
  /** Clips that take frames or are being finished. */
  openClips: number;
  /** The tracks of a recorder with several; the fields above are those of the first one. */
  tracks?: (RecorderStats & { tee: string })[];
}

/** What is known besides the frames. */
export interface StatsContext {
  holdSec: number;
  /** Duration of a frame by the caps; `null` if they state no rate. */
  frameNs: bigint | null;
  /** Size of a full ring by the caps; `null` if they do not state it. */
  capsBytes: number | null;
  longestGopNs: bigint | null;
  openClips: number;
}

/** Returns the statistics of the frames in a ring, oldest first. */
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
