/**
 * Comparison of a clip's pictures with those of a longer recording of the same stream.
 *
 * @module
 */
import { differenceOf, findOffset, isSimilar, pictureAt, toleranceOf } from "./alignment.ts";
import { type ClipFault, formatSec } from "./faults.ts";
import type { PictureList } from "./picture_list.ts";

/** The outcome of a comparison of a clip's pictures with those of a longer recording of the same stream. */
export interface ClipComparison {
  /** The path of the longer recording. */
  against: string;
  /** The number of pictures of it that were read: all, but for recordings with more than 500,000. */
  wholeFrames: number;
  /** The seconds to add to the clip's times for those of the recording; `null` if the clip is not found in it. */
  offsetSec: number | null;
  /** The number of pictures that are those of the recording at their time, bit by bit. */
  equalFrames: number;
  /** The number of pictures that were encoded again, and are similar to those of the recording at their time. */
  reencodedFrames: number;
  /** The number of pictures that are not those of the recording at their time. */
  wrongFrames: number;
  /** The number of pictures of the recording that the clip lacks between its first and its last. */
  missingFrames: number;
}

/** A comparison, and the faults that it found. */
export interface Comparison {
  comparison: ClipComparison;
  faults: ClipFault[];
}

/** The part of a clip's pictures up to which equal ones are a coincidence: all of them were encoded again. */
const MAX_COINCIDENCE = 0.1;
/** How much more similar another picture must be than that of the same time if it is to be the one that is shown. */
const MARGIN = 0.5;
/** The pictures before and after that are looked at. */
const NEIGHBOURS = [-2, -1, 1, 2];

/**
 * Compares the pictures of a clip with those of a longer recording. Pictures are to be equal bit by bit, but for those up
 * to the first that is: a clip that begins exactly was encoded again up to a keyframe; or if nearly none is.
 */
export function comparePictures(
  clip: PictureList,
  whole: PictureList,
  against: string,
): Comparison {
  const offsetSec = findOffset(clip, whole);
  const comparison = { against, wholeFrames: whole.length, offsetSec };
  if (offsetSec === null) {
    const none = { equalFrames: 0, reencodedFrames: 0, wrongFrames: clip.length, missingFrames: 0 };
    const faults = [differs(`its pictures are not found in ${against}`)];
    return { comparison: { ...comparison, ...none }, faults };
  }
  const toleranceSec = toleranceOf(whole);
  const taken = new Set<number>();
  const places = clip.times.map((sec) => {
    const at = pictureAt(whole, sec + offsetSec, toleranceSec);
    if (taken.has(at)) return -1;
    taken.add(at);
    return at;
  });
  const isEqual = places.map((at, i) => at >= 0 && whole.digests[at] === clip.digests[i]);
  const equal = isEqual.filter(Boolean).length;
  const exactFrom = equal <= MAX_COINCIDENCE * clip.length ? Infinity : isEqual.indexOf(true);
  const isReencoded = places.map((at, i) =>
    !isEqual[i] && i < exactFrom && at >= 0 && isSamePicture(clip, i, whole, at)
  );
  const wrong = [...places.keys()].filter((i) => !isEqual[i] && !isReencoded[i]);
  const missing = missingOf(places);
  return {
    comparison: {
      ...comparison,
      equalFrames: equal,
      reencodedFrames: isReencoded.filter(Boolean).length,
      wrongFrames: wrong.length,
      missingFrames: missing.length,
    },
    faults: [
      ...wrongFaults(wrong, clip, whole, { against, offsetSec }),
      ...missingFaults(missing, whole, { against, offsetSec }),
    ],
  };
}

/** Returns whether a picture is similar to that of its time, and to none before and after more than to it. */
function isSamePicture(clip: PictureList, i: number, whole: PictureList, at: number): boolean {
  const own = clip.thumbnail(i);
  if (!isSimilar(own, whole.thumbnail(at))) return false;
  const { mean } = differenceOf(own, whole.thumbnail(at));
  return NEIGHBOURS.map((step) => at + step)
    .filter((other) => other >= 0 && other < whole.length)
    .every((other) => differenceOf(own, whole.thumbnail(other)).mean + MARGIN >= mean);
}

/** Returns the recording's pictures between the clip's first and last that the clip lacks. */
function missingOf(places: readonly number[]): number[] {
  const found = new Set(places.filter((at) => at >= 0));
  const first = Math.min(...found);
  const count = Math.max(...found) - first + 1;
  if (found.size === 0) return [];
  return Array.from({ length: count }, (_, i) => first + i).filter((at) => !found.has(at));
}

/** The recording that a clip is compared with, and where the clip is in it. */
interface Place {
  against: string;
  offsetSec: number;
}

function wrongFaults(
  wrong: readonly number[],
  clip: PictureList,
  whole: PictureList,
  { against, offsetSec }: Place,
): ClipFault[] {
  const [first] = wrong;
  if (first === undefined) return [];
  const timeSec = clip.times[first]!;
  const digest = clip.digests[first]!;
  const [shownSec] = whole.times.filter((_, at) => whole.digests[at] === digest).sort((a, b) =>
    Math.abs(a - timeSec - offsetSec) - Math.abs(b - timeSec - offsetSec)
  );
  const instead = shownSec === undefined ? "" : `, and is the one at ${formatSec(shownSec)} there`;
  return [differs(
    `${wrong.length} of ${clip.length} pictures are not those of ${against}: the first is at ` +
      `${formatSec(timeSec)} (${formatSec(timeSec + offsetSec)} there)${instead}`,
  )];
}

function missingFaults(
  missing: readonly number[],
  whole: PictureList,
  { against, offsetSec }: Place,
): ClipFault[] {
  const [first] = missing;
  if (first === undefined) return [];
  const timeSec = whole.times[first]!;
  return [differs(
    `${missing.length} pictures of ${against} are missing, the first at ` +
      `${formatSec(timeSec - offsetSec)} (${formatSec(timeSec)} there)`,
  )];
}

function differs(message: string): ClipFault {
  return { kind: "differs", message, track: null };
}
