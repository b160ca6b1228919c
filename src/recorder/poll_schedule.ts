/**
 * How often a recorder polls its rings and clips.
 *
 * @module
 */
import { SharedInterval } from "../util/shared_interval.ts";
import type { RecorderState } from "./recording.ts";

const SOON = new SharedInterval(20, true);
/**
 * The poll interval in each state. While a clip is written it is long, so that each poll has several frames to pass on:
 * waking an encoder costs more than a frame does.
 */
const INTERVALS: Partial<Record<RecorderState, SharedInterval>> = {
  buffering: new SharedInterval(1000, false),
  starting: SOON,
  recording: new SharedInterval(200, true),
  finishing: SOON,
};
/** For sources that need the buffers in the ring back: without a clip under way, and with one. */
const HURRIED_IDLE = new SharedInterval(20, false);
const HURRIED_BUSY = new SharedInterval(20, true);

/** Polls at the interval that a recorder's state asks for, together with all other recorders in that state. */
export class PollSchedule {
  readonly #poll: () => void;
  #interval: SharedInterval | undefined;

  /** Creates a schedule that does not poll yet. */
  constructor(poll: () => void) {
    this.#poll = poll;
  }

  /**
   * Polls at the interval of a state from now on.
   *
   * @param isHurried Whether the source needs the buffers in the ring back.
   */
  follow(state: RecorderState, isHurried: boolean): void {
    const interval = INTERVALS[state];
    const hurried = state === "buffering" ? HURRIED_IDLE : HURRIED_BUSY;
    this.#join(interval !== undefined && isHurried ? hurried : interval);
  }

  /** Polls no more. May be called twice. */
  stop(): void {
    this.#join(undefined);
  }

  #join(interval: SharedInterval | undefined): void {
    if (interval === this.#interval) return;
    this.#interval?.remove(this.#poll);
    interval?.add(this.#poll);
    this.#interval = interval;
  }
}
