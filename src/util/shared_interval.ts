/**
 * What recorders do again and again: all of them in one turn of the event loop, as a turn costs more than a look at a
 * ring.
 *
 * @module
 */

/** Calls that are made together, at a distance in time. */
export class SharedInterval {
  readonly #everyMs: number;
  readonly #keepsAlive: boolean;
  readonly #calls = new Set<() => void>();
  #timer: ReturnType<typeof setInterval> | undefined;

  /**
   * No calls yet.
   *
   * @param everyMs Milliseconds from one turn to the next.
   * @param keepsAlive Whether the process goes on as long as there are calls to make.
   */
  constructor(everyMs: number, keepsAlive: boolean) {
    this.#everyMs = everyMs;
    this.#keepsAlive = keepsAlive;
  }

  /** Makes a call in every turn from the next one on, until {@link remove}. */
  add(call: () => void): void {
    this.#calls.add(call);
    if (this.#timer === undefined) this.#schedule();
  }

  /** Takes back {@link add}. */
  remove(call: () => void): void {
    this.#calls.delete(call);
    if (this.#calls.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #schedule(): void {
    // a timer that goes on costs less than one after the other
    this.#timer = setInterval(() => {
      for (const call of [...this.#calls]) {
        if (this.#calls.has(call)) call(); // another one may have removed it
      }
    }, this.#everyMs);
    if (!this.#keepsAlive) Deno.unrefTimer(this.#timer);
  }
}
