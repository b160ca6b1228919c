/**
 * The rate at which buffers come, by a count of them: pure logic.
 *
 * @module
 */

/** Seconds and buffers that a measurement takes; slow streams are measured for longer. */
const MIN_SEC = 0.9;
const MIN_BUFFERS = 10;
const MAX_SEC = 5;
/** The part of a higher rate that is still expected after a measurement of a lower one. */
const DECAY = 0.9;

/**
 * Measures how many buffers come per second. After a higher rate a lower one is believed slowly: a ring that was made smaller
 * would have lost frames when the rate rises again.
 *
 * @example
 * ```ts
 * import { RateMeter } from "./rate_meter.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const meter = new RateMeter();
 * for (const sec of [0, 1, 2]) meter.observe(30 * sec, sec);
 * assertEquals(meter.rate, 30);
 * ```
 */
export class RateMeter {
  #since: { buffers: number; sec: number } | null = null;
  /** The count at the last call, and whether it had not changed then. */
  #latest = 0;
  #hasPaused = true;
  #rate: number | null = null;

  /** Buffers per second; `null` before the first measurement. */
  get rate(): number | null {
    return this.#rate;
  }

  /** Takes the number of buffers that have come up to an instant, in seconds of running time. */
  observe(buffers: number, sec: number): void {
    const since = this.#since;
    const hasPaused = this.#hasPaused;
    this.#hasPaused = since === null || buffers === this.#latest;
    const isSetBack = since === null || buffers < this.#latest || sec < since.sec;
    this.#latest = buffers;
    // no rate can be told from a pause, nor from the time in which it ends
    if (isSetBack || this.#hasPaused || hasPaused) return void (this.#since = { buffers, sec });
    const [count, passedSec] = [buffers - since.buffers, sec - since.sec];
    const isEnough = passedSec >= MIN_SEC && count >= MIN_BUFFERS || passedSec >= MAX_SEC;
    if (!isEnough) return;
    this.#since = { buffers, sec };
    this.#rate = Math.max(count / passedSec, DECAY * (this.#rate ?? 0));
  }

  /** Forgets all: the stream is another one. */
  restart(): void {
    this.#since = null;
    this.#rate = null;
    this.#hasPaused = true;
  }
}
