/**
 * Finds faults in the decoded pictures of a track.
 *
 * @module
 */
import type { DecodedPicture } from "./decode.ts";
import { type ClipFault, formatSec } from "./faults.ts";
import type { PictureFacts } from "./picture_scan.ts";

/** The pictures of a track: as they are stored, and as they are decoded. */
export interface TrackPictures {
  /** The PTS of the stored frames that are shown, in the order in which they are stored. */
  storedSec: readonly (number | null)[];
  /** The pictures that the decoder put out, in its order. */
  decoded: readonly DecodedPicture[];
  /** What the bytes of the pictures say; `null` if they cannot be read. */
  facts: PictureFacts | null;
  /** The PTS of those that a decoder put out which drops damaged pictures; `null` if there was none to ask. */
  strictSec: readonly number[] | null;
}

/** What was found in the pictures of a track. */
export interface PictureFindings {
  /** The number of pictures that were decoded without damage. */
  frames: number;
  /** The number of pictures at its start that cannot be right, because decoding begins there. */
  leadInFrames: number;
  /** The time of the first picture behind those at the start; `null` if there is none. */
  firstSec: number | null;
  faults: Pick<ClipFault, "kind" | "message">[];
}

/** The error of times by rounding, in seconds. */
const ROUNDING_SEC = 0.001;

/** The maximum of pictures for each that other pictures reference, which are those that a refresh counts. */
const LEAD_IN_RATIO = 4;

/** What became of a stored frame. */
type Outcome = "right" | "damaged" | "lost" | "lead-in";

/** Finds the faults of a track's pictures. */
export function findPictureFaults(track: TrackPictures): PictureFindings {
  const shownSec = timesOf(track.storedSec);
  const decodedSec = timesOf(track.decoded.map(({ timeSec }) => timeSec));
  const order = orderFaults(decodedSec);
  const storedSec = isFieldwise(shownSec, track.decoded) ? sorted(decodedSec) : sorted(shownSec);
  const found = new TimeSet(track.decoded.map(({ timeSec }) => timeSec));
  const known = storedSec.filter((sec) => found.has(sec)).length;
  if (shownSec.length < track.storedSec.length || 2 * known < decodedSec.length) {
    const counted = findByCount(track);
    return { ...counted, faults: [...counted.faults, ...order] };
  }
  const outcomes = outcomesOf(storedSec, track, found);
  markLeadIn(outcomes, storedSec, track.facts);
  const count = (kind: Outcome) => outcomes.filter((outcome) => outcome === kind).length;
  const first = outcomes.findIndex((outcome) => outcome !== "lead-in");
  return {
    frames: count("right"),
    leadInFrames: count("lead-in"),
    firstSec: storedSec[first] ?? null,
    faults: [
      ...lostFaults(outcomes, storedSec),
      ...damageFaults(outcomes, storedSec, track.facts),
      ...order,
    ],
  };
}

/** Counts pictures whose times the decoder does not keep. */
function findByCount({ storedSec, decoded }: TrackPictures): PictureFindings {
  const damaged = decoded.filter(({ isDamaged }) => isDamaged).length;
  const lost = storedSec.length - decoded.length;
  const faults: PictureFindings["faults"] = [];
  if (lost > 0 && !isFieldwise(storedSec, decoded)) {
    faults.push({ kind: "not-decodable", message: `${lost} frames cannot be decoded` });
  }
  if (damaged > 0) {
    faults.push({ kind: "damaged-picture", message: `${damaged} frames are damaged` });
  }
  return {
    frames: decoded.length - damaged,
    leadInFrames: 0,
    firstSec: decoded[0]?.timeSec ?? null,
    faults,
  };
}

/** Returns whether each picture is stored as two fields. */
function isFieldwise(stored: readonly unknown[], decoded: readonly DecodedPicture[]): boolean {
  return decoded.length > 0 && decoded.every(({ isInterlaced }) => isInterlaced) &&
    Math.abs(stored.length - 2 * decoded.length) <= 1;
}

function outcomesOf(
  storedSec: readonly number[],
  { decoded, facts, strictSec }: TrackPictures,
  found: TimeSet,
): Outcome[] {
  const marked = new TimeSet(decoded.map(({ timeSec, isDamaged }) => isDamaged ? timeSec : null));
  const affected = affectedBy(storedSec, facts);
  const dropped = droppedFrom(storedSec, strictSec, facts);
  const skipped = new TimeSet(facts?.skippedSec ?? []);
  return storedSec.map((sec, i): Outcome => {
    if (!found.has(sec)) return skipped.has(sec) ? "lead-in" : "lost";
    return marked.has(sec) || affected[i] || dropped[i] ? "damaged" : "right";
  });
}

/** Returns which pictures lack slices, or may depend on one that does: those up to the next at which decoding can begin. */
function affectedBy(storedSec: readonly number[], facts: PictureFacts | null): boolean[] {
  const incomplete = new TimeSet(facts?.incompleteSec ?? []);
  const access = accessTimes(facts, ["instant", "open"]);
  let isAffected = false;
  return storedSec.map((sec) => {
    isAffected = incomplete.has(sec) || (isAffected && !access.has(sec));
    return isAffected;
  });
}

/**
 * Returns which pictures a strict decoder dropped. It goes on to do so up to an IDR picture, where others begin again at a
 * recovery point: what follows there is not known.
 */
function droppedFrom(
  storedSec: readonly number[],
  strictSec: readonly number[] | null,
  facts: PictureFacts | null,
): boolean[] {
  if (strictSec === null) return storedSec.map(() => false);
  const strict = new TimeSet(strictSec);
  const recovery = accessTimes(facts, ["open", "gradual"]);
  const instant = accessTimes(facts, ["instant"]);
  let state: "decoded" | "dropped" | "unknown" = "decoded";
  const dropped = storedSec.map((sec) => {
    if (strict.has(sec)) state = "decoded";
    else if (state === "decoded") state = "dropped";
    else if (recovery.has(sec)) state = "unknown";
    return state === "dropped";
  });
  // where it holds back a picture, it drops the one before those that are damaged, and puts out the last of them
  return dropped.map((is, i) => {
    const isLast = !is && dropped[i - 1] === true && instant.has(storedSec[i + 1] ?? NaN);
    const isFirst = is && i > 0 && !dropped[i - 1];
    // where the parameters change, it drops the one that it holds back, which nothing is wrong with
    const isReplaced = isFirst && instant.has(storedSec[i + 1] ?? NaN);
    return isLast || (is && !isReplaced && !(isFirst && endsEarly(i)));
  });

  /** Returns whether the pictures that are dropped from here on end one before an IDR picture. */
  function endsEarly(from: number): boolean {
    const end = dropped.indexOf(false, from);
    return end >= 0 && !instant.has(storedSec[end]!) && instant.has(storedSec[end + 1] ?? NaN);
  }
}

function accessTimes(facts: PictureFacts | null, kinds: readonly string[]): TimeSet {
  const points = facts?.accessPoints.filter(({ kind }) => kinds.includes(kind)) ?? [];
  return new TimeSet(points.map(({ timeSec }) => timeSec));
}

/**
 * Marks the pictures at the start that cannot be right where decoding begins there: those of an open GOP that are shown
 * before its keyframe, and those of a gradual refresh before its end.
 */
function markLeadIn(
  outcomes: Outcome[],
  storedSec: readonly number[],
  facts: PictureFacts | null,
): void {
  const [first] = facts?.accessPoints ?? [];
  if (facts === null || facts.start === null || first === undefined) return;
  const right = outcomes.indexOf("right");
  const maxFrames = LEAD_IN_RATIO * (facts.recoveryPictures + 1);
  for (const [i, sec] of storedSec.entries()) {
    // a decoder that knows gradual refreshes marks their pictures, others put them out like all
    const isRefreshed = i < right ? i < maxFrames : right === 0 && i < facts.recoveryPictures;
    const isBefore = facts.start === "gradual"
      ? isRefreshed
      : sec < first.timeSec - ROUNDING_SEC && outcomes[i] !== "right";
    if (isBefore) outcomes[i] = "lead-in";
  }
}

function lostFaults(outcomes: readonly Outcome[], storedSec: readonly number[]) {
  const lost = storedSec.filter((_, i) => outcomes[i] === "lost");
  if (lost.length === 0) return [];
  const message = `${lost.length} of ${storedSec.length} frames cannot be decoded, the first at ` +
    formatSec(lost[0]!);
  return [{ kind: "not-decodable", message } as const];
}

function damageFaults(
  outcomes: readonly Outcome[],
  storedSec: readonly number[],
  facts: PictureFacts | null,
) {
  const damaged = storedSec.filter((_, i) => outcomes[i] === "damaged");
  if (damaged.length === 0) return [];
  const incomplete = facts?.incompleteSec.length ?? 0;
  const cause = incomplete > 0
    ? `; ${incomplete} of them ${incomplete === 1 ? "lacks" : "lack"} slices`
    : "";
  const message =
    `${damaged.length} of ${storedSec.length} frames are damaged or depend on damaged ` +
    `or missing ones, from ${formatSec(damaged[0]!)} to ${formatSec(damaged.at(-1)!)}${cause}`;
  return [{ kind: "damaged-picture", message } as const];
}

/** Finds decoded pictures that are not later than the one before. */
function orderFaults(decodedSec: readonly number[]) {
  const late = decodedSec.filter((sec, i) => i > 0 && sec <= decodedSec[i - 1]!);
  if (late.length === 0) return [];
  const message = `${late.length} of ${decodedSec.length} decoded frames repeat or go back in ` +
    `time, the first at ${formatSec(late[0]!)}`;
  return [{ kind: "not-in-order", message } as const];
}

function timesOf(times: readonly (number | null)[]): number[] {
  return times.filter((time) => time !== null);
}

function sorted(times: readonly number[]): number[] {
  return times.toSorted((a, b) => a - b);
}

/** Times that are looked up in spite of rounding. */
class TimeSet {
  readonly #sorted: number[];

  constructor(times: readonly (number | null)[]) {
    this.#sorted = sorted(timesOf(times));
  }

  has(sec: number): boolean {
    let low = 0;
    let high = this.#sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#sorted[middle]! < sec - ROUNDING_SEC) low = middle + 1;
      else high = middle;
    }
    return (this.#sorted[low] ?? Infinity) <= sec + ROUNDING_SEC;
  }
}
