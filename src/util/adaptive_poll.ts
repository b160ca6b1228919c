/**
 * How often to look for what GStreamer does at a pace of its own.
 *
 * @module
 */
import { setImmediate } from "node:timers";

/** The longest wait, in milliseconds. */
const MAX_MS = 50;
/** A shorter one is a turn of the event loop: timers take a millisecond at least. */
const TURN_MS = 0.25;
/** The longest time without a turn of the event loop, in milliseconds. */
const BREATH_MS = 10;
/** How much a new interval counts beside those before it. */
const WEIGHT = 0.3;
/** The part of an interval after which it is worth looking for its end. */
const EARLY = 0.85;

/**
 * Waits between two looks: most of the time in which nothing is expected, then a part of it again and again. So a stream
 * of 30 frames/s takes about three looks a frame, one that stands still 20 looks a second.
 */
export class AdaptivePoll {
  #lastMs = performance.now();
  /** Milliseconds between two hits, smoothed; 0 before there were two. */
  #intervalMs = 0;
  #hits = 0;
  /** When the event loop had its last turn. */
  #breathMs = this.#lastMs;
  /** Ends a wait each. */
  readonly #wakers = new Set<() => void>();

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
    return Math.min(MAX_MS, Math.max(quietMs, stepMs));
  }

  /** Waits until the next look. */
  async wait(): Promise<void> {
    const delayMs = this.delayMs();
    if (delayMs < TURN_MS) return await this.#turn();
    await new Promise<void>((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        this.#wakers.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, delayMs);
      this.#wakers.add(wake);
    });
    this.#breathMs = performance.now();
  }

  /** Ends all waits now: there is something else to see. */
  wake(): void {
    for (const wake of this.#wakers) wake();
  }

  /** Lets the event loop have a turn, where looks that all found something have kept it from that for long. */
  async yieldIfDue(): Promise<void> {
    if (performance.now() - this.#breathMs >= BREATH_MS) await this.#turn();
  }

  /** Lets the event loop have a turn. */
  async #turn(): Promise<void> {
    await new Promise<void>((resolve) => void setImmediate(resolve));
    this.#breathMs = performance.now();
  }
}
