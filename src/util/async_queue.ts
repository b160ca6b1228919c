/**
 * A queue between a producer and asynchronous consumers.
 *
 * @module
 */

/**
 * A first-in, first-out queue whose readers wait for the next value. Each value goes to one reader.
 *
 * @example
 * ```ts
 * import { AsyncQueue } from "./async_queue.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const queue = new AsyncQueue<number>();
 * const next = queue.next();
 * queue.push(1);
 * queue.end();
 * assertEquals(await next, { done: false, value: 1 });
 * assertEquals(await queue.next(), { done: true, value: undefined });
 * ```
 */
export class AsyncQueue<T> {
  readonly #values: T[] = [];
  #isEnded = false;
  /** Resolves when there is a value or the end to read. */
  #changed = Promise.withResolvers<void>();

  /** The number of values that no reader has taken yet. */
  get size(): number {
    return this.#values.length;
  }

  /** Adds a value; after {@link end} it is ignored. */
  push(value: T): void {
    if (this.#isEnded) return;
    this.#values.push(value);
    this.#notify();
  }

  /** Removes and returns the oldest value; `undefined` if there is none. */
  shift(): T | undefined {
    return this.#values.shift();
  }

  /** Ends the queue: readers get the values that it still holds, then `done`. May be called twice. */
  end(): void {
    this.#isEnded = true;
    this.#notify();
  }

  /**
   * Drops the values that it holds.
   *
   * @returns The number of values dropped.
   */
  clear(): number {
    return this.#values.splice(0).length;
  }

  /** Resolves with the oldest value as soon as there is one, or with `done` after the end. */
  async next(): Promise<IteratorResult<T, undefined>> {
    while (this.#values.length === 0 && !this.#isEnded) await this.#changed.promise;
    return this.#values.length === 0
      ? { done: true, value: undefined }
      : { done: false, value: this.#values.shift()! };
  }

  #notify(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}
