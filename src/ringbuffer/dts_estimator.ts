/**
 * When frames are decoded whose buffers only tell when they are shown: pure logic of times, in nanoseconds.
 *
 * @module
 */
import { max } from "../util/clock_time.ts";

/** Frames by which one can come after others that are shown later: encoders in use stay below that. */
const MAX_DEPTH = 8;
/** Times that are so far apart belong to different parts of a stream. */
const JUMP_NS = 1_000_000_000n;

/**
 * Follows a stream whose frames come in the order in which they are decoded, as out of RTP or a Matroska file. Where none
 * is shown before one that it follows, each is decoded when it is shown; else all are decoded so many frames earlier.
 *
 * @example
 * ```ts
 * import { DtsEstimator } from "./dts_estimator.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(new DtsEstimator().place([0n, 30n, 10n, 20n]), [-10n, 0n, 10n, 20n]);
 * assertEquals(new DtsEstimator().place([0n, 10n, 20n, 30n]), [0n, 10n, 20n, 30n]);
 * ```
 */
export class DtsEstimator {
  /** The latest of the times so far, in order. */
  #latest: bigint[] = [];
  /** Frames by which one came after others that are shown later, at most. */
  #depth = 0;
  /** What the last frame got. */
  #lastNs: bigint | null = null;

  /** Places frames that came together, by when they are shown. */
  place(timesNs: readonly bigint[]): bigint[] {
    let latest = this.#latest;
    for (const timeNs of timesNs) {
      latest = insert(latest, timeNs);
      this.#depth = Math.max(this.#depth, latest.length - 1 - latest.indexOf(timeNs));
    }
    return timesNs.map((timeNs) => this.#next(timeNs, stepOf(latest)));
  }

  #next(timeNs: bigint, stepNs: bigint): bigint {
    this.#latest = insert(this.#latest, timeNs);
    const isNew = this.#latest.length === 1;
    const index = this.#latest.length - 1 - this.#depth;
    const dtsNs = this.#latest[index] ?? this.#latest[0]! + BigInt(index) * stepNs;
    return this.#lastNs = isNew ? dtsNs : max(dtsNs, this.#lastNs!);
  }
}

/** Adds a time to the latest ones; one that is far from them is the first of others. */
function insert(latest: readonly bigint[], timeNs: bigint): bigint[] {
  const index = latest.findLastIndex((other) => other <= timeNs) + 1;
  const aheadNs = timeNs - (latest.at(-1) ?? timeNs);
  const isFar = aheadNs > JUMP_NS || aheadNs < -JUMP_NS;
  if (isFar || latest.length - index > MAX_DEPTH) return [timeNs];
  return latest.toSpliced(index, 0, timeNs).slice(-MAX_DEPTH - 1);
}

/** From one to the next, on average. */
function stepOf(latest: readonly bigint[]): bigint {
  return latest.length > 1 ? (latest.at(-1)! - latest[0]!) / BigInt(latest.length - 1) : 0n;
}
