/**
 * The names of new clips.
 *
 * @module
 */

/** Milliseconds by which a clock must be set back until names follow it: several clips may come in a millisecond. */
const SKEW_MS = 60_000;

/** Names clips by the time and their tee, no two the same. */
export class ClipNames {
  #lastMs = 0;

  /** Returns the name for a clip that begins to be recorded now. */
  next(tee: string, extension: string): string {
    const nowMs = Date.now();
    const isSetBack = nowMs < this.#lastMs - SKEW_MS;
    this.#lastMs = isSetBack ? nowMs : Math.max(nowMs, this.#lastMs + 1);
    const time = new Date(this.#lastMs).toISOString().replaceAll(":", "-");
    return `${time}_${tee.replaceAll(/[^\w-]/g, "_")}${extension}`;
  }
}
