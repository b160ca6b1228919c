/**
 * Work that many ask for at once.
 *
 * @module
 */

/** Work that costs something: those who ask while it is under way, or shortly after it, share its result. */
export class Cached<T> {
  readonly #work: () => Promise<T>;
  readonly #keepMs: number;
  #result: Promise<T> | undefined;
  #untilMs = 0;

  /** Keeps a result for `keepMs`; a failure is not kept. */
  constructor(work: () => Promise<T>, keepMs: number) {
    this.#work = work;
    this.#keepMs = keepMs;
  }

  /** The result, which may be up to `keepMs` old. */
  get(): Promise<T> {
    if (this.#result !== undefined && performance.now() < this.#untilMs) return this.#result;
    const result = this.#work();
    this.#result = result;
    this.#untilMs = Infinity;
    const keep = (ms: number) => () => {
      if (this.#result === result) this.#untilMs = performance.now() + ms;
    };
    result.then(keep(this.#keepMs), keep(0));
    return result;
  }

  /** The next who ask get a new result. */
  forget(): void {
    this.#result = undefined;
  }
}
