/**
 * Which frames a clip holds: pure logic of times, in nanoseconds of running time.
 *
 * @module
 */

/** Where an instant lies relative to a clip. */
export type Place = "before" | "inside" | "after";

/**
 * The interval of a clip, `[first call - window, last call + window)`.
 *
 * @example
 * ```ts
 * import { ClipWindow } from "./window.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const window = new ClipWindow(3_000_000_000n, 2_000_000_000n); // a call at 3 s, 2 s before and after
 * assertEquals([window.startNs, window.endNs], [1_000_000_000n, 5_000_000_000n]);
 * window.extend(4_000_000_000n); // one more call, a second later
 * assertEquals([window.startNs, window.endNs], [1_000_000_000n, 6_000_000_000n]);
 * assertEquals(window.place(5_999_999_999n), "inside");
 * assertEquals(window.place(6_000_000_000n), "after");
 * ```
 */
export class ClipWindow {
  /** The first instant that belongs to the clip; negative where the stream is younger than the window. */
  readonly startNs: bigint;
  readonly #windowNs: bigint;
  readonly #callsNs: bigint[];

  /** A clip's interval around its first call. */
  constructor(callNs: bigint, windowNs: bigint) {
    this.startNs = callNs - windowNs;
    this.#windowNs = windowNs;
    this.#callsNs = [callNs];
  }

  /** The instants of the calls, in the order in which they came. */
  get callsNs(): readonly bigint[] {
    return this.#callsNs;
  }

  /** The first instant that no longer belongs to the clip. */
  get endNs(): bigint {
    const last = this.#callsNs.reduce((a, b) => a > b ? a : b);
    return last + this.#windowNs;
  }

  /** Makes the clip end one window after this call. */
  extend(callNs: bigint): void {
    this.#callsNs.push(callNs);
  }

  /** Where an instant lies. */
  place(timeNs: bigint): Place {
    if (timeNs < this.startNs) return "before";
    return timeNs < this.endNs ? "inside" : "after";
  }
}

/** What has a place in time. */
export interface Timed {
  /** Running time in nanoseconds; null where it has none. */
  readonly timeNs: bigint | null;
  /** Whether it can be decoded without those before it. */
  readonly isKeyframe: boolean;
}

/**
 * The index of the frame with which a clip from an instant on begins: the first one at or after it; where that needs
 * earlier ones to be decoded, the last keyframe before it. The number of frames where none is needed.
 *
 * @example
 * ```ts
 * import { clipStart } from "./window.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const frames = [0n, 1n, 2n, 3n].map((timeNs) => ({ timeNs, isKeyframe: timeNs === 0n }));
 * assertEquals(clipStart(frames, 2n), 0);
 * assertEquals(clipStart(frames.map(({ timeNs }) => ({ timeNs, isKeyframe: true })), 2n), 2);
 * ```
 */
export function clipStart(frames: readonly Timed[], sinceNs: bigint): number {
  const inside = frames.findIndex(({ timeNs }) => timeNs !== null && timeNs >= sinceNs);
  if (inside === -1 && frames.every(({ isKeyframe }) => isKeyframe)) return frames.length;
  let start = inside === -1 ? frames.length - 1 : inside;
  while (start > 0 && !frames[start]!.isKeyframe) start--;
  return start;
}

/**
 * How many frames are missing between two that follow each other.
 *
 * @param frameNs What one frame lasts; null where that is not known: then none is missing.
 */
export function missingBetween(timeNs: bigint, nextNs: bigint, frameNs: bigint | null): number {
  if (frameNs === null || frameNs <= 0n) return 0;
  const steps = Math.round(Number(nextNs - timeNs) / Number(frameNs));
  return Math.max(0, steps - 1);
}
