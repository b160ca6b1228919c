/**
 * How often to look for what GStreamer does at a pace of its own.
 *
 * @module
 */

/** The shortest and the longest wait, in milliseconds. */
const MIN_MS = 1;
const MAX_MS = 50;
/** How much a new interval counts beside those before it. */
const WEIGHT = 0.3;
/** The part of an interval after which it is worth looking for its end. */
const EARLY = 0.75;

/**
 * Waits between two looks: most of the time in which nothing is expected, then a part of it again and again. So a stream
 * of 30 frames/s takes three looks a frame, one that stands still 20 looks a second.
 */
export class Pace {
  #lastMs = performance.now();
  /** Milliseconds between two hits, smoothed; 0 before there were two. */
  #intervalMs = 0;
  #hits = 0;

  /** Tells that a look found something. */
  hit(nowMs: number = performance.now()): void {
    const elapsedMs = nowMs - this.#lastMs;
    this.#lastMs = nowMs;
    if (++this.#hits < 2) return;
    this.#intervalMs += (elapsedMs - this.#intervalMs) * (this.#hits === 2 ? 1 : WEIGHT);
  }

  /** Milliseconds to wait until the next look. */
  delayMs(nowMs: number = performance.now()): number {
    const elapsedMs = nowMs - this.#lastMs;
    const quietMs = this.#intervalMs * EARLY - elapsedMs;
    const stepMs = Math.max(this.#intervalMs, elapsedMs) / 8;
    return Math.min(MAX_MS, Math.max(MIN_MS, quietMs, stepMs));
  }

  /** Waits until the next look. */
  wait(): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, this.delayMs()));
  }
}
