/**
 * The totals of a tee's clips.
 *
 * @module
 */
import type { RecordingReport } from "../../mod.ts";

/** The totals of the clips so far. */
export interface ClipTotals {
  finished: number;
  failed: number;
  /** The finished clips that are not complete. */
  short: number;
  frames: number;
  bytes: number;
}

/** Counts clips. */
export class ClipCounter {
  readonly #totals: ClipTotals = { finished: 0, failed: 0, short: 0, frames: 0, bytes: 0 };

  /** The totals so far. */
  get totals(): ClipTotals {
    return { ...this.#totals };
  }

  /** Counts a finished clip. */
  addFinished({ frames, bytes, shortfalls }: RecordingReport): void {
    this.#totals.finished++;
    this.#totals.frames += frames;
    this.#totals.bytes += bytes;
    if (shortfalls.length > 0) this.#totals.short++;
  }

  /** Counts a failed clip. */
  addFailed(): void {
    this.#totals.failed++;
  }
}
