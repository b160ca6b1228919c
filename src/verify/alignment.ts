/**
 * Finding the pictures of a clip in a longer recording.
 *
 * @module
 */
import type { PictureList } from "./picture_list.ts";

/** The maximum of times that a picture of the clip appears in the recording if it is to show where the clip belongs. */
const MAX_REPEATS = 50;
/** The number of offsets that are tried. */
const MAX_OFFSETS = 20;
/** The number of pictures by which a clip is looked for of which none is found as it is. */
const PROBES = 8;
/** The rounding of times of both files, in seconds. */
const ROUNDING_SEC = 0.003;
/** The mean, and the maximum in a block, of the difference of brightness of similar pictures, of 255. */
const MAX_DIFFERENCE = { mean: 3, block: 20 };

/** Returns the difference between two thumbnails: in the mean, and the maximum. */
export function differenceOf(a: Uint8Array, b: Uint8Array): { mean: number; block: number } {
  let sum = 0;
  let block = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(a[i]! - b[i]!);
    sum += difference;
    if (difference > block) block = difference;
  }
  return { mean: sum / a.length, block };
}

/** Returns whether two thumbnails are those of the same picture, encoded twice. */
export function isSimilar(a: Uint8Array, b: Uint8Array): boolean {
  const { mean, block } = differenceOf(a, b);
  return mean <= MAX_DIFFERENCE.mean && block <= MAX_DIFFERENCE.block;
}

/** Returns the seconds by which the times of two files may differ. */
export function toleranceOf({ times }: PictureList): number {
  const steps = times.slice(1).map((sec, i) => sec - times[i]!).sort((a, b) => a - b);
  return Math.min(ROUNDING_SEC, (steps[steps.length >> 1] ?? Infinity) / 3);
}

/** Returns the index of the recording's picture at a time, by its own clock; -1 if there is none. */
export function pictureAt(whole: PictureList, timeSec: number, toleranceSec: number): number {
  const index = whole.closest(timeSec);
  return index >= 0 && Math.abs(whole.times[index]! - timeSec) <= toleranceSec ? index : -1;
}

/**
 * Returns the seconds to add to the clip's times for those of the recording; `null` if the clip's pictures are not found in
 * it. Of several places with the same pictures, it is the one whose times are the closest to the clip's.
 */
export function findOffset(clip: PictureList, whole: PictureList): number | null {
  const toleranceSec = toleranceOf(whole);
  const rate = (offsetSec: number) => {
    let [equal, similar] = [0, 0];
    for (const [i, timeSec] of clip.times.entries()) {
      const at = pictureAt(whole, timeSec + offsetSec, toleranceSec);
      if (at < 0) continue;
      if (whole.digests[at] === clip.digests[i]) equal++;
      else if (isSimilar(whole.thumbnail(at), clip.thumbnail(i))) similar++;
    }
    return { offsetSec, equal, found: equal + similar };
  };
  const rated = offsetsOfEqual(clip, whole).map(rate);
  if (!rated.some(({ equal }) => equal > clip.length / 2)) {
    const offsetSec = offsetOfSimilar(clip, whole);
    if (offsetSec !== null) rated.push(rate(offsetSec));
  }
  const [best] = rated.sort((a, b) =>
    b.equal - a.equal || b.found - a.found || Math.abs(a.offsetSec) - Math.abs(b.offsetSec)
  );
  return best === undefined || best.found === 0 ? null : best.offsetSec;
}

/** Returns the offsets at which the most pictures of the clip are found, and none. */
function offsetsOfEqual(clip: PictureList, whole: PictureList): number[] {
  const places = new Map<number, number[]>();
  for (const digest of clip.digests) places.set(digest, []);
  for (const [i, digest] of whole.digests.entries()) places.get(digest)?.push(i);
  const votes = new Map<number, { offsetSec: number; count: number }>();
  for (const [i, digest] of clip.digests.entries()) {
    const found = places.get(digest)!;
    if (found.length > MAX_REPEATS) continue;
    for (const at of found) {
      const offsetSec = whole.times[at]! - clip.times[i]!;
      const key = Math.round(offsetSec / ROUNDING_SEC);
      const vote = votes.get(key) ?? { offsetSec, count: 0 };
      votes.set(key, { ...vote, count: vote.count + 1 });
    }
  }
  const best = [...votes.values()].sort((a, b) => b.count - a.count).slice(0, MAX_OFFSETS);
  return [0, ...best.map(({ offsetSec }) => offsetSec)];
}

/** Returns the offset at which the clip's pictures are the most similar to those of the recording. */
function offsetOfSimilar(clip: PictureList, whole: PictureList): number | null {
  const probes = Array.from(
    { length: Math.min(PROBES, clip.length) },
    (_, i) => Math.floor((i + 0.5) * clip.length / Math.min(PROBES, clip.length)),
  );
  const [first] = probes;
  if (first === undefined) return null;
  let best = { offsetSec: 0, difference: Infinity };
  for (const timeSec of whole.times) {
    const offsetSec = timeSec - clip.times[first]!;
    let difference = 0;
    for (const probe of probes) {
      const at = whole.closest(clip.times[probe]! + offsetSec);
      difference += differenceOf(whole.thumbnail(at), clip.thumbnail(probe)).mean;
      if (difference > best.difference) break;
    }
    const isCloser = Math.abs(offsetSec) < Math.abs(best.offsetSec);
    if (difference < best.difference || (difference === best.difference && isCloser)) {
      best = { offsetSec, difference };
    }
  }
  return best.difference === Infinity ? null : best.offsetSec;
}
