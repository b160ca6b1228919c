/**
 * How long to wait between two tries: pure logic.
 *
 * @module
 */

/** Seconds before the second try. */
const FIRST_SEC = 1;
/** The longest wait. */
const LONGEST_SEC = 10;
/** The wait after a failure that lasts: a camera may lock an account that fails often. */
const LASTING_SEC = 60;
/** The part of a wait by which it is longer or shorter, so that cameras of one switch do not come all at once. */
const JITTER = 0.1;
/** How long a camera has to be live until the waits begin anew. */
const SETTLED_SEC = 60;

/**
 * The waits between tries: one second, doubling up to ten; a minute where a failure lasts.
 *
 * @example
 * ```ts
 * import { BackOff } from "./back_off.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const backOff = new BackOff(() => 0.5); // no jitter
 * const waits = [1, 2, 3, 4, 5].map(() => backOff.nextSec({ liveSec: 0, isLasting: false }));
 * assertEquals(waits, [1, 2, 4, 8, 10]);
 * assertEquals(backOff.nextSec({ liveSec: 61, isLasting: false }), 1);
 * assertEquals(backOff.nextSec({ liveSec: 0, isLasting: true }), 60);
 * ```
 */
export class BackOff {
  readonly #random: () => number;
  #sec = FIRST_SEC;

  /**
   * Begins with the shortest wait.
   *
   * @param random Returns a number from 0 to 1.
   */
  constructor(random: () => number = Math.random) {
    this.#random = random;
  }

  /** Returns the seconds to wait after a try that was live for some seconds. */
  nextSec({ liveSec, isLasting }: { liveSec: number; isLasting: boolean }): number {
    if (liveSec >= SETTLED_SEC) this.#sec = FIRST_SEC;
    const sec = isLasting ? LASTING_SEC : this.#sec;
    if (!isLasting) this.#sec = Math.min(2 * this.#sec, LONGEST_SEC);
    return sec * (1 + JITTER * (2 * this.#random() - 1));
  }

  /** Begins anew with the shortest wait. */
  reset(): void {
    this.#sec = FIRST_SEC;
  }
}
