/**
 * Continuous times for a stream whose timestamps jump: pure logic of times, in nanoseconds of running time.
 *
 * @module
 */
import { max } from "../util/clock_time.ts";

/** The jitter of a source: how far a live frame can be ahead of the pipeline, or late. */
export const JITTER_NS = 250_000_000n;
/** How far the newest frame can be behind the pipeline after a restart of the stream. */
const LATENCY_NS = 1_000_000_000n;

/** How a frame's timestamp continues the stream. */
export interface Alignment {
  /** Nanoseconds to add to its timestamp. */
  shiftNs: bigint;
  /** Whether the stream restarted with it: frames before belong to another run. */
  isRestart: boolean;
}

/**
 * Follows the timestamps of a stream. As long as they go on, and none is in the future, they stay as they are. After a
 * jump, the stream continues from the frame before it.
 *
 * @example
 * ```ts
 * import { Timeline } from "./timeline.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const SEC = 1_000_000_000n;
 * const timeline = new Timeline();
 * const aligned = timeline.align([4n * SEC, 5n * SEC, 0n, SEC], 7n * SEC);
 * assertEquals(aligned.map(({ shiftNs }) => shiftNs / SEC), [0n, 0n, 6n, 6n]);
 * ```
 */
export class Timeline {
  #shiftNs = 0n;
  /** The time of the last frame, and its distance to the one before. */
  #lastNs: bigint | null = null;
  #stepNs = 0n;
  readonly #isLive: () => boolean;

  /**
   * Follows a stream from its first frame on.
   *
   * @param isLive Returns whether the stream is live: frames of others can be ahead of the pipeline.
   */
  constructor(isLive: () => boolean = () => true) {
    this.#isLive = isLive;
  }

  /**
   * Aligns frames that came together.
   *
   * @param timesNs Their DTS; `null` if a frame has none.
   * @param nowNs The pipeline's running time.
   * @param hasPaused Whether that stood still, or was set back, since the last frames came.
   */
  align(timesNs: readonly (bigint | null)[], nowNs: bigint, hasPaused = false): Alignment[] {
    const newestNs = timesNs.findLast((timeNs) => timeNs !== null) ?? 0n;
    return timesNs.map((timeNs) => {
      if (timeNs === null) return { shiftNs: this.#shiftNs, isRestart: false };
      const isRestart = this.#isBehind(timeNs) && hasPaused && nowNs - newestNs < LATENCY_NS;
      if (isRestart) this.#shiftNs = 0n;
      else if (this.#isBehind(timeNs) || this.#isAhead(timeNs, nowNs)) {
        this.#shiftNs = this.#next(nowNs - max(newestNs - timeNs, 0n)) - timeNs;
      }
      const alignedNs = timeNs + this.#shiftNs;
      this.#stepNs = this.#lastNs === null || isRestart ? 0n : alignedNs - this.#lastNs;
      this.#lastNs = alignedNs;
      return { shiftNs: this.#shiftNs, isRestart };
    });
  }

  /** Returns the time of a frame after a jump: right after the last one, unless that is long ago. */
  #next(arrivedNs: bigint): bigint {
    if (this.#lastNs === null) return arrivedNs;
    const nextNs = this.#lastNs + max(this.#stepNs, 1n);
    return arrivedNs > nextNs + JITTER_NS ? arrivedNs : nextNs;
  }

  #isBehind(timeNs: bigint): boolean {
    return this.#lastNs !== null && timeNs + this.#shiftNs < this.#lastNs;
  }

  #isAhead(timeNs: bigint, nowNs: bigint): boolean {
    const alignedNs = timeNs + this.#shiftNs;
    const isNext = this.#lastNs !== null && alignedNs <= this.#lastNs + JITTER_NS;
    return !isNext && alignedNs > nowNs + JITTER_NS && this.#isLive();
  }
}
