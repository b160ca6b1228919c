/**
 * Statistics of a recorder's ring.
 *
 * @module
 */
import { nsToSec } from "../util/clock_time.ts";
import { countMissing, medianStep } from "../ringbuffer/steps.ts";
import type { Frame } from "../gst/frame.ts";

/** Statistics of a recorder: what its ring buffer holds now. */
export interface RecorderStats {
  /** Seconds from the start of the oldest frame to the end of the newest one. */
  fillSec: number;
  /** Seconds that the ring buffer holds when full: the window and, for encoded video, two more GOPs. */
  holdSec: number;
  /** The number of frames. */
  frames: number;
  /** The size of the frames in bytes. */
  bytes: number;
  /**
   * The estimated size of a full ring buffer in bytes: by its frames or, before the first one, by the caps of raw video.
   * `null` if neither is possible.
   */
  estimatedBytes: number | null;
  /** Frames per second, as they come; before there are two frames by the caps, and `null` if those state none. */
  frameRate: number | null;
  /** The number of frames missing between the oldest and the newest one. */
  dropped: number;
  /** The longest GOP so far, in seconds; `null` for raw video, and before the second keyframe. */
  gopSec: number | null;
  /** The number of clips that take frames or are being finished. */
  openClips: number;
  /** What makes clips fail or begin early at present, and what to do about it. */
  warnings: string[];
  /** The statistics of each track, if the recorder has several. The fields above are then those of the first track. */
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
  warnings: string[];
}

/** Returns the statistics of the frames in a ring, oldest first. */
export function ringStats(
  frames: readonly Pick<Frame, "timeNs" | "durationNs" | "bytes">[],
  context: StatsContext,
): RecorderStats {
  const { holdSec, frameNs, capsBytes, longestGopNs, openClips, warnings } = context;
  const order = frames.filter(({ timeNs }) => timeNs !== null)
    .toSorted((a, b) => Number(a.timeNs! - b.timeNs!));
  const steps = order.slice(1).map(({ timeNs }, index) => {
    const before = order[index]!;
    return {
      ns: Number(timeNs! - before.timeNs!),
      statedNs: numberOf(before.durationNs ?? frameNs),
    };
  });
  const spanNs = order.length > 1 ? order.at(-1)!.timeNs! - order[0]!.timeNs! : 0n;
  const stepNs = medianStep(steps) || numberOf(frameNs);
  const bytes = frames.reduce((sum, frame) => sum + frame.bytes, 0);
  const frameRate = stepNs === null ? null : 1e9 / stepNs;
  return {
    fillSec: order.length > 0 ? (Number(spanNs) + (stepNs ?? 0)) / 1e9 : 0,
    holdSec,
    frames: frames.length,
    bytes,
    estimatedBytes: frameRate === null || frames.length === 0
      ? capsBytes
      : Math.round((bytes / frames.length) * frameRate * holdSec),
    frameRate,
    dropped: countMissing(steps).reduce((sum, count) => sum + count, 0),
    gopSec: longestGopNs === null ? null : nsToSec(longestGopNs),
    openClips,
    warnings,
  };
}

function numberOf(ns: bigint | null): number | null {
  return ns === null ? null : Number(ns);
}
