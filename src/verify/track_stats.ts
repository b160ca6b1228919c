/**
 * Statistics of the packets of a track.
 *
 * @module
 */
import { isSound } from "../media/codecs.ts";
import { median } from "../util/median.ts";
import type { Packet } from "./packet.ts";

/** A time span without frames, in seconds. */
export interface ClipGap {
  /** The end of the last frame before it. */
  startSec: number;
  /** The start of the next frame. */
  endSec: number;
}

/** Statistics of a track. */
export interface TrackStats {
  /** The number of frames, or of audio packets. */
  frames: number;
  /** The number of frames that are shown: not those that are decode-only, or that an edit list skips. */
  shownFrames: number;
  /** The number of keyframes. */
  keyframes: number;
  /** The size of their data in bytes. */
  bytes: number;
  /** The start of the first frame in seconds; `null` if none has a timestamp. */
  startSec: number | null;
  /** The end of the last frame in seconds; `null` if none has a timestamp. */
  endSec: number | null;
  /** The median duration of a frame in seconds; `null` if there are fewer than two. */
  frameSec: number | null;
  /** The time spans without frames. */
  gaps: ClipGap[];
  /** The time in seconds at which timestamps first repeat or go back; `null` if they do not. */
  disorderSec: number | null;
}

/**
 * Statistics of a track.
 *
 * @deprecated Use {@link TrackStats}.
 */
export type TrackMeasures = TrackStats;

/** Codecs with reordered frames. */
const REORDERED = ["video/x-h264", "video/x-h265", "video/mpeg"];
/** The maximum number of places by which a frame is reordered (ITU-T H.264, A.3.1: max_num_reorder_frames). */
const MAX_REORDER = 16;

/** Returns whether a track has no pauses, as video and audio; subtitles have. */
export function isContinuous(mediaType: string): boolean {
  return isPicture(mediaType) || isSound(mediaType);
}

/** Returns whether a media type is one of video or pictures. */
export function isPicture(mediaType: string): boolean {
  return /^(video|image)\//.test(mediaType);
}

/**
 * Measures a track.
 *
 * @param maxGapSec The seconds between two frames beyond which there is a gap; by default, as the other frames suggest.
 */
export function measureTrackStats(
  { mediaType, packets }: { mediaType: string; packets: readonly Packet[] },
  maxGapSec: number | undefined,
): TrackStats {
  const shown = packets.filter(({ isShown }) => isShown);
  const timed = shown.flatMap(({ timeSec, durationSec }) =>
    timeSec === null ? [] : [{ timeSec, durationSec }]
  ).sort((a, b) => a.timeSec - b.timeSec);
  const steps = timed.slice(1).map(({ timeSec }, i) => timeSec - timed[i]!.timeSec);
  const frameSec = median(steps);
  const limitSec = isContinuous(mediaType) ? maxGapSec ?? usualLimit(steps, frameSec) : Infinity;
  const gaps = steps.flatMap((step, i) => {
    const { timeSec, durationSec } = timed[i]!;
    if (step <= limitSec) return [];
    // the duration of a frame before a gap may include the gap
    const lastSec = Math.min(durationSec ?? Infinity, frameSec!);
    return [{ startSec: timeSec + lastSec, endSec: timeSec + step }];
  });
  const last = timed.at(-1);
  return {
    frames: packets.length,
    shownFrames: shown.length,
    keyframes: packets.filter(({ isKeyframe }) => isKeyframe).length,
    bytes: packets.reduce((sum, { bytes }) => sum + bytes, 0),
    startSec: timed[0]?.timeSec ?? null,
    endSec: last === undefined ? null : last.timeSec + (last.durationSec ?? frameSec ?? 0),
    frameSec,
    gaps,
    disorderSec: findDisorder(shown, REORDERED.includes(mediaType) ? MAX_REORDER : 0),
  };
}

/**
 * Returns the seconds between two frames beyond which one is missing: half a frame more than usual, and more if intervals
 * vary. Both are medians, which missing frames do not change.
 */
function usualLimit(steps: readonly number[], frameSec: number | null): number {
  if (frameSec === null) return Infinity;
  const deviation = median(steps.map((step) => Math.abs(step - frameSec)))!;
  return 1.5 * frameSec + 8 * deviation;
}

/**
 * Returns the time of the first frame whose DTS is before that of the frame stored before it, whose PTS repeats, or which is
 * stored further from its place in time than a decoder can reorder; `null` if there is none.
 */
function findDisorder(packets: readonly Packet[], maxReorder: number): number | null {
  const timed = packets.flatMap(({ timeSec, dtsSec }) =>
    timeSec === null ? [] : [{ timeSec, dtsSec }]
  );
  const places = new Map(
    timed.map(({ timeSec }) => timeSec).sort((a, b) => a - b).map((sec, place) => [sec, place]),
  );
  const seen = new Set<number>();
  let latestSec = -Infinity;
  for (const [index, { timeSec, dtsSec }] of timed.entries()) {
    const isEarly = dtsSec !== null && dtsSec < latestSec;
    const isFar = Math.abs(places.get(timeSec)! - index) > maxReorder;
    if (seen.has(timeSec) || isEarly || isFar) return timeSec;
    seen.add(timeSec);
    latestSec = dtsSec ?? latestSec;
  }
  return null;
}
