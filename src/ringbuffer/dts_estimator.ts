/**
 * DTS of frames whose buffers carry only a PTS: pure logic of times, in nanoseconds.
 *
 * @module
 */
import { max } from "../util/clock_time.ts";

/** The deepest reordering: encoders in use stay below that. */
const MAX_DEPTH = 8;
/** Timestamps that are so far apart belong to different parts of a stream. */
const JUMP_NS = 1_000_000_000n;

/**
 * Estimates the DTS of a stream whose frames come in decode order, as out of RTP or a Matroska file. Without reordering,
 * a frame's DTS is its PTS; otherwise the DTS of all frames are earlier by the depth of the reordering.
 *
 * @example
 * ```ts
 * import { DtsEstimator } from "./dts_estimator.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(new DtsEstimator().estimate([0n, 30n, 10n, 20n]), [-10n, 0n, 10n, 20n]);
 * assertEquals(new DtsEstimator().estimate([0n, 10n, 20n, 30n]), [0n, 10n, 20n, 30n]);
 * ```
 */
export class DtsEstimator {
  /** The latest PTS so far, in order. */
  #latest: bigint[] = [];
  /** The deepest reordering so far, in frames. */
  #depth = 0;
  /** The DTS of the last frame. */
  #lastNs: bigint | null = null;

  /** Returns the DTS of frames that came together, by their PTS. */
  estimate(timesNs: readonly bigint[]): bigint[] {
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

/** Inserts a PTS into the latest ones; one that is far from them begins a new list. */
function insert(latest: readonly bigint[], timeNs: bigint): bigint[] {
  const index = latest.findLastIndex((other) => other <= timeNs) + 1;
  const aheadNs = timeNs - (latest.at(-1) ?? timeNs);
  const isFar = aheadNs > JUMP_NS || aheadNs < -JUMP_NS;
  if (isFar || latest.length - index > MAX_DEPTH) return [timeNs];
  return latest.toSpliced(index, 0, timeNs).slice(-MAX_DEPTH - 1);
}

/** Returns the average distance of two neighbours. */
function stepOf(latest: readonly bigint[]): bigint {
  return latest.length > 1 ? (latest.at(-1)! - latest[0]!) / BigInt(latest.length - 1) : 0n;
}
