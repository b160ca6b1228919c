/**
 * Periodic calls that share a timer: waking the event loop costs more than a call that finds nothing to do.
 *
 * @module
 */

/** Calls functions at regular intervals, all of them in the same turn of the event loop. */
export class SharedInterval {
  readonly #everyMs: number;
  readonly #keepsAlive: boolean;
  readonly #calls = new Set<() => void>();
  #timer: ReturnType<typeof setInterval> | undefined;

  /**
   * Creates an interval without calls. The timer runs only while there are some.
   *
   * @param everyMs Milliseconds between two turns.
   * @param keepsAlive Whether the process stays alive while there are calls.
   */
  constructor(everyMs: number, keepsAlive: boolean) {
    this.#everyMs = everyMs;
    this.#keepsAlive = keepsAlive;
  }

  /** Adds a function to call in each turn until it is removed. */
  add(call: () => void): void {
    this.#calls.add(call);
    if (this.#timer === undefined) this.#schedule();
  }

  /** Removes a function; the current turn does not call it either. */
  remove(call: () => void): void {
    this.#calls.delete(call);
    if (this.#calls.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #schedule(): void {
    // one interval costs less than a timeout per turn
    this.#timer = setInterval(() => {
      for (const call of [...this.#calls]) {
        if (this.#calls.has(call)) call();
      }
    }, this.#everyMs);
    if (!this.#keepsAlive) Deno.unrefTimer(this.#timer);
  }
}
