/**
 * Results that several callers share.
 *
 * @module
 */

/** The result of expensive work: callers share it while the work is under way, and for a while after. */
export class Cached<T> {
  readonly #work: () => Promise<T>;
  readonly #keepMs: number;
  #result: Promise<T> | undefined;
  #expiresMs = 0;

  /** Keeps a result for `keepMs` milliseconds; a failure is not kept. */
  constructor(work: () => Promise<T>, keepMs: number) {
    this.#work = work;
    this.#keepMs = keepMs;
  }

  /** Resolves with the result, which may be up to `keepMs` old. */
  get(): Promise<T> {
    if (this.#result !== undefined && performance.now() < this.#expiresMs) return this.#result;
    const result = this.#work();
    this.#result = result;
    this.#expiresMs = Infinity;
    const expireIn = (ms: number) => () => {
      if (this.#result === result) this.#expiresMs = performance.now() + ms;
    };
    result.then(expireIn(this.#keepMs), expireIn(0));
    return result;
  }

  /** Drops the result: later callers get a new one. */
  invalidate(): void {
    this.#result = undefined;
  }
}
