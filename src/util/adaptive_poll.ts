/**
 * Polling of streams at intervals that follow their own.
 *
 * @module
 */
import { setImmediate } from "node:timers";

/** The longest delay, in milliseconds. */
const MAX_DELAY_MS = 50;
/** A shorter delay is a turn of the event loop: timers take a millisecond at least. */
const MIN_TIMER_MS = 0.25;
/** The longest time between two turns of the event loop, in milliseconds. */
const MAX_BLOCK_MS = 10;
/** The weight of the latest interval in the smoothed one. */
const WEIGHT = 0.3;
/** The part of an interval that passes before the first poll. */
const QUIET_PART = 0.85;

/**
 * Waits between two polls: for most of the expected interval first, then for a small part of it at a time. A stream of
 * 30 frames/s takes about three polls a frame, one that stands still 20 polls a second.
 */
export class AdaptivePoll {
  #lastHitMs = performance.now();
  /** The smoothed interval between two hits in milliseconds; 0 before the second hit. */
  #intervalMs = 0;
  #hits = 0;
  /** The time of the last turn of the event loop. */
  #lastYieldMs = this.#lastHitMs;
  /** Ends one wait each. */
  readonly #wakers = new Set<() => void>();

  /** Records that a poll has found something. */
  hit(nowMs: number = performance.now()): void {
    const elapsedMs = nowMs - this.#lastHitMs;
    this.#lastHitMs = nowMs;
    if (++this.#hits < 2) return;
    this.#intervalMs += (elapsedMs - this.#intervalMs) * (this.#hits === 2 ? 1 : WEIGHT);
  }

  /** Returns the milliseconds to wait before the next poll. */
  delayMs(nowMs: number = performance.now()): number {
    const elapsedMs = nowMs - this.#lastHitMs;
    const quietMs = this.#intervalMs * QUIET_PART - elapsedMs;
    const stepMs = Math.max(this.#intervalMs, elapsedMs) / 8;
    return Math.min(MAX_DELAY_MS, Math.max(quietMs, stepMs));
  }

  /** Resolves when the next poll is due. */
  async wait(): Promise<void> {
    const delayMs = this.delayMs();
    if (delayMs < MIN_TIMER_MS) return await this.#yield();
    await new Promise<void>((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        this.#wakers.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, delayMs);
      this.#wakers.add(wake);
    });
    this.#lastYieldMs = performance.now();
  }

  /** Ends all waits at once. */
  wake(): void {
    for (const wake of this.#wakers) wake();
  }

  /** Yields to the event loop if successful polls have blocked it for long. */
  async yieldIfDue(): Promise<void> {
    if (performance.now() - this.#lastYieldMs >= MAX_BLOCK_MS) await this.#yield();
  }

  async #yield(): Promise<void> {
    await new Promise<void>((resolve) => void setImmediate(resolve));
    this.#lastYieldMs = performance.now();
  }
}
