/**
 * Where the frames of a stream belong whose times jump: pure logic of times, in nanoseconds of running time.
 *
 * @module
 */
import { max } from "../util/clock_time.ts";

/** What a live frame can be ahead of the pipeline, and a stream that goes on be late, by its source's jitter. */
export const JITTER_NS = 250_000_000n;
/** What the newest frame of another run of the stream can be behind the pipeline. */
const LATENCY_NS = 1_000_000_000n;

/** What became of a frame's time. */
export interface Place {
  /** How much later than it says it belongs. */
  shiftNs: bigint;
  /** Whether all before it are of another run of the stream. */
  isNew: boolean;
}

/**
 * Follows the times of a stream. As long as they go on, and no frame comes from the future, they are taken as they are.
 * Where they jump, the stream goes on with the frame before the jump; the newest one came just now.
 *
 * @example
 * ```ts
 * import { Timeline } from "./timeline.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const SEC = 1_000_000_000n;
 * const timeline = new Timeline();
 * const places = timeline.place([4n * SEC, 5n * SEC, 0n, SEC], 7n * SEC);
 * assertEquals(places.map(({ shiftNs }) => shiftNs / SEC), [0n, 0n, 6n, 6n]);
 * ```
 */
export class Timeline {
  #shiftNs = 0n;
  /** Where the last frame was placed, and how long after the one before it. */
  #lastNs: bigint | null = null;
  #stepNs = 0n;
  readonly #isLive: () => boolean;

  /**
   * Follows a stream from its first frame on.
   *
   * @param isLive Tells whether its frames come when they are made: others can be ahead of the pipeline.
   */
  constructor(isLive: () => boolean = () => true) {
    this.#isLive = isLive;
  }

  /**
   * Places frames that came together.
   *
   * @param timesNs When they are decoded, by what they say; null where they do not say.
   * @param nowNs The pipeline's running time.
   * @param hasPaused Whether that has stood still, or has been set back, since the last frames came.
   */
  place(timesNs: readonly (bigint | null)[], nowNs: bigint, hasPaused = false): Place[] {
    const newestNs = timesNs.findLast((timeNs) => timeNs !== null) ?? 0n;
    return timesNs.map((timeNs) => {
      if (timeNs === null) return { shiftNs: this.#shiftNs, isNew: false };
      const isNew = this.#isBehind(timeNs) && hasPaused && nowNs - newestNs < LATENCY_NS;
      if (isNew) this.#shiftNs = 0n;
      else if (this.#isBehind(timeNs) || this.#isAhead(timeNs, nowNs)) {
        this.#shiftNs = this.#next(nowNs - max(newestNs - timeNs, 0n)) - timeNs;
      }
      const placedNs = timeNs + this.#shiftNs;
      this.#stepNs = this.#lastNs === null || isNew ? 0n : placedNs - this.#lastNs;
      this.#lastNs = placedNs;
      return { shiftNs: this.#shiftNs, isNew };
    });
  }

  /** Where a frame goes that came at an instant, as far as is known: right after the last one, unless that is long ago. */
  #next(arrivedNs: bigint): bigint {
    if (this.#lastNs === null) return arrivedNs;
    const nextNs = this.#lastNs + max(this.#stepNs, 1n);
    return arrivedNs > nextNs + JITTER_NS ? arrivedNs : nextNs;
  }

  #isBehind(timeNs: bigint): boolean {
    return this.#lastNs !== null && timeNs + this.#shiftNs < this.#lastNs;
  }

  #isAhead(timeNs: bigint, nowNs: bigint): boolean {
    const placedNs = timeNs + this.#shiftNs;
    const isNext = this.#lastNs !== null && placedNs <= this.#lastNs + JITTER_NS;
    return !isNext && placedNs > nowNs + JITTER_NS && this.#isLive();
  }
}
