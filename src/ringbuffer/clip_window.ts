/**
 * The interval of a clip: pure logic of times, in nanoseconds of running time.
 *
 * @module
 */
import { min } from "../util/clock_time.ts";

/** A call of `record()`, in nanoseconds. */
export interface Call {
  /** The instant, in running time. */
  readonly atNs: bigint;
  /** Time to keep before it. */
  readonly beforeNs: bigint;
  /** Time to go on after it. */
  readonly afterNs: bigint;
}

/**
 * The interval of a clip: `[instant - before, instant + after)` of its first call, extended by further calls.
 *
 * @example
 * ```ts
 * import { ClipWindow } from "./clip_window.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const call = { atNs: 3_000_000_000n, beforeNs: 2_000_000_000n, afterNs: 2_000_000_000n };
 * const window = new ClipWindow(call);
 * assertEquals([window.startNs, window.endNs], [1_000_000_000n, 5_000_000_000n]);
 * window.extend({ ...call, atNs: 4_000_000_000n });
 * assertEquals([window.startNs, window.endNs], [1_000_000_000n, 6_000_000_000n]);
 * ```
 */
export class ClipWindow {
  /** The first instant that belongs to the clip; negative if the stream is younger than the window. */
  readonly startNs: bigint;
  readonly #maxNs: bigint | null;
  readonly #callsNs: bigint[];
  #endNs: bigint;
  /** The start of the whole interval of the event. */
  #eventStartNs: bigint;
  /** Where the rest of the interval begins, which another clip holds; `null` without one. */
  #cutNs: bigint | null = null;

  /** Creates the interval of a clip's first call; further calls extend it up to `maxNs`. */
  constructor(call: Call, maxNs: bigint | null = null) {
    this.#maxNs = maxNs;
    this.startNs = this.#eventStartNs = call.atNs - call.beforeNs;
    this.#endNs = call.atNs + call.afterNs;
    this.#callsNs = [call.atNs];
  }

  /** The instants of the calls, in the order of the calls. */
  get callsNs(): readonly bigint[] {
    return this.#callsNs;
  }

  /** The first instant that no longer belongs to the clip. */
  get endNs(): bigint {
    return this.#cutNs === null ? this.#endNs : min(this.#cutNs, this.#endNs);
  }

  /** The first instant that the calls did not ask for. */
  get requestedEndNs(): bigint {
    return this.#endNs;
  }

  /** Cuts off the rest of the interval from an instant on, and returns it. */
  cut(atNs: bigint): ClipWindow {
    this.#cutNs = atNs;
    const firstNs = this.#callsNs[0]!;
    const rest = { atNs: firstNs, beforeNs: firstNs - atNs, afterNs: this.#endNs - firstNs };
    const window = new ClipWindow(rest, this.#maxNs);
    window.#callsNs.push(...this.#callsNs.slice(1));
    window.#eventStartNs = this.#eventStartNs;
    return window;
  }

  /** Returns whether a call can extend the clip: its interval begins in it, and the clip may last so long. */
  takes(call: Call): boolean {
    const endNs = call.atNs + call.afterNs;
    const mayLast = this.#maxNs === null || endNs <= this.#endNs ||
      endNs - this.#eventStartNs <= this.#maxNs;
    return mayLast && call.atNs < this.endNs && call.atNs - call.beforeNs >= this.#eventStartNs;
  }

  /** Extends the clip by a further call. */
  extend(call: Call): void {
    this.#callsNs.push(call.atNs);
    const endNs = call.atNs + call.afterNs;
    if (endNs > this.#endNs) this.#endNs = endNs;
  }
}

/** A frame, as far as its place in a clip depends on it. */
export interface Timed {
  /** Running time in nanoseconds; `null` if it has none. */
  readonly timeNs: bigint | null;
  /** Whether decoding can begin with it. */
  readonly isKeyframe: boolean;
  /**
   * The running time from which on pictures are right if decoding begins with it; `null` if that is not known yet. By default
   * its own.
   */
  readonly rightNs?: bigint | null;
  /** Whether it can be decoded even if it is shown before the keyframe with which decoding begins. */
  readonly isRadl?: boolean;
}

/** Returns from when pictures are right if decoding begins with a frame; `null` if it cannot, or that is not known yet. */
export function rightFrom({ timeNs, isKeyframe, rightNs = timeNs }: Timed): bigint | null {
  return isKeyframe ? rightNs : null;
}

/**
 * Returns the index of the frame with which a clip from an instant on begins: the last keyframe from which on the first
 * frame at or after the instant is right. Returns the number of frames if none is needed.
 *
 * @example
 * ```ts
 * import { clipStartIndex } from "./clip_window.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const frames = [0n, 1n, 2n, 3n].map((timeNs) => ({ timeNs, isKeyframe: timeNs === 0n }));
 * assertEquals(clipStartIndex(frames, 2n), 0);
 * assertEquals(clipStartIndex(frames.map(({ timeNs }) => ({ timeNs, isKeyframe: true })), 2n), 2);
 * ```
 */
export function clipStartIndex(frames: readonly Timed[], sinceNs: bigint): number {
  const inside = frames.findIndex(({ timeNs }) => timeNs !== null && timeNs >= sinceNs);
  if (
    inside === -1 && frames.every((frame) => frame.isKeyframe && rightFrom(frame) === frame.timeNs)
  ) {
    return frames.length;
  }
  const shownNs = inside === -1 ? sinceNs : frames[inside]!.timeNs!;
  let start = inside === -1 ? frames.length - 1 : inside;
  if (inside > 0 && hasLeading(frames, inside, sinceNs)) start--;
  while (start > 0 && !isRightAt(frames[start]!, shownNs)) start--;
  return start;
}

/** Returns whether pictures at an instant are right if decoding begins with a frame. */
export function isRightAt(frame: Timed, atNs: bigint): boolean {
  const rightNs = rightFrom(frame);
  return rightNs !== null && rightNs <= atNs;
}

/**
 * Returns whether frames that follow a keyframe are shown before it, from an instant on, and reference frames before it
 * (ITU-T H.265, section 3.131: RASL picture).
 */
function hasLeading(frames: readonly Timed[], index: number, sinceNs: bigint): boolean {
  const keyNs = frames[index]!.timeNs!;
  for (const { timeNs, isRadl } of frames.slice(index + 1)) {
    if (timeNs === null || isRadl) continue;
    if (timeNs >= keyNs) return false;
    if (timeNs >= sinceNs) return true;
  }
  return false;
}
