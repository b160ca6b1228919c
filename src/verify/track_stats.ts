/**
 * What the packets of one track amount to.
 *
 * @module
 */
import { isSound } from "../media/codecs.ts";
import type { Packet } from "./packet.ts";

/** A time without frames. */
export interface ClipGap {
  /** When the last frame before it ends. */
  startSec: number;
  /** When the next one starts. */
  endSec: number;
}

/** Figures of a track. */
export interface TrackStats {
  /** Frames; packets of sound. */
  frames: number;
  /** Those of them that are shown. */
  shownFrames: number;
  /** Those that can be decoded by themselves. */
  keyframes: number;
  /** Size of their data. */
  bytes: number;
  /** When the first one starts; null where none has a timestamp. */
  startSec: number | null;
  /** When the last one ends. */
  endSec: number | null;
  /** What most frames last; null where there are less than two. */
  frameSec: number | null;
  /** Times without frames. */
  gaps: ClipGap[];
  /** Where timestamps first repeat or go back; null where they do not. */
  disorderSec: number | null;
}

/**
 * Statistics of a track.
 *
 * @deprecated Use {@link TrackStats}.
 */
export type TrackMeasures = TrackStats;

/** Codecs whose frames are stored in another order than that in which they are shown. */
const REORDERED = ["video/x-h264", "video/x-h265", "video/mpeg"];
/** By how many places at most (ITU-T H.264, A.3.1: max_num_reorder_frames). */
const MAX_REORDER = 16;

/** Whether a track goes on from first to last, as picture and sound do; subtitles come now and then. */
export function isContinuous(mediaType: string): boolean {
  return isPicture(mediaType) || isSound(mediaType);
}

/** Whether a media type is one of pictures. */
export function isPicture(mediaType: string): boolean {
  return /^(video|image)\//.test(mediaType);
}

/** Measures a track. */
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
    // the duration of a frame before a gap can be that of the gap
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
 * The distance of two frames beyond which one is missing: half a frame more than usual, and more where distances vary.
 * Both figures are medians, which what is missing does not move.
 */
function usualLimit(steps: readonly number[], frameSec: number | null): number {
  if (frameSec === null) return Infinity;
  const deviation = median(steps.map((step) => Math.abs(step - frameSec)))!;
  return 1.5 * frameSec + 8 * deviation;
}

function median(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

/**
 * Finds the first frame whose time of decoding is before that of the one stored before it, whose timestamp is that of
 * another, or which is stored further from its place in time than a decoder can sort.
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
