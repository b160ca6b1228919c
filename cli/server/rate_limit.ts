/**
 * A limit on how often something may be asked for.
 *
 * @module
 */

/** Milliseconds of a minute. */
const MINUTE_MS = 60_000;

/** Admits so many calls a minute: all at once, or one after another. */
export class RateLimit {
  readonly #perMinute: number;
  /** The calls that may come at once now. */
  #left: number;
  #atMs: number;

  /** Admits `perMinute` calls a minute. */
  constructor(perMinute: number, nowMs: number = performance.now()) {
    this.#perMinute = perMinute;
    this.#left = perMinute;
    this.#atMs = nowMs;
  }

  /** Admits a call, or returns the whole seconds until one will be; 0 if this one is. */
  take(nowMs: number = performance.now()): number {
    const perMs = this.#perMinute / MINUTE_MS;
    this.#left = Math.min(this.#perMinute, this.#left + (nowMs - this.#atMs) * perMs);
    this.#atMs = nowMs;
    if (this.#left < 1) return Math.ceil((1 - this.#left) / perMs / 1000);
    this.#left--;
    return 0;
  }
}
