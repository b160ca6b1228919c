/**
 * Requests with a wrong token.
 *
 * @module
 */

/** Milliseconds between two answers to wrong tokens. */
const ANSWER_MS = 100;
/** Milliseconds between two lines about them. */
const LINE_MS = 60_000;

/** Answers wrong tokens one after another, ten a second of all clients together, and prints where they come from. */
export class WrongTokens {
  readonly #onWarning: (text: string) => void;
  #nextAnswerMs = 0;
  #nextLineMs = 0;
  /** Those since the last line. */
  #count = 0;

  /** @param onWarning Receives the lines. */
  constructor(onWarning: (text: string) => void) {
    this.#onWarning = onWarning;
  }

  /** Notes a wrong token, and resolves when it may be answered. */
  async add(address: string, nowMs: number = performance.now()): Promise<void> {
    this.#count++;
    if (nowMs >= this.#nextLineMs) {
      const more = this.#count > 1 ? `, and ${this.#count - 1} before it` : "";
      this.#onWarning(`wrong token from ${address}${more}`);
      this.#nextLineMs = nowMs + LINE_MS;
      this.#count = 0;
    }
    this.#nextAnswerMs = Math.max(this.#nextAnswerMs, nowMs) + ANSWER_MS;
    await new Promise((resolve) => setTimeout(resolve, this.#nextAnswerMs - nowMs));
  }
}
