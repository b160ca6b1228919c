/**
 * Mutual exclusion of asynchronous calls.
 *
 * @module
 */

/**
 * Runs asynchronous calls one after another, in the order in which they were made.
 *
 * @example
 * ```ts
 * import { Mutex } from "./mutex.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const mutex = new Mutex();
 * const log: string[] = [];
 * const first = mutex.run(async () => {
 *   await Promise.resolve();
 *   log.push("first");
 * });
 * const second = mutex.run(() => Promise.resolve(void log.push("second")));
 * await Promise.all([first, second]);
 * assertEquals(log, ["first", "second"]);
 * ```
 */
export class Mutex {
  #last: Promise<unknown> = Promise.resolve();

  /** Resolves when all calls made so far have ended, well or not. */
  get idle(): Promise<void> {
    return this.#last.then(() => {});
  }

  /** Runs a call when those before it have ended, and returns its outcome; a failure does not affect later calls. */
  run<T>(call: () => Promise<T>): Promise<T> {
    const result = this.#last.then(call);
    this.#last = result.catch(() => {});
    return result;
  }
}
