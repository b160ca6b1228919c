/**
 * Which frames a clip holds: pure logic of times, in nanoseconds of running time.
 *
 * @module
 */

/** What a call asks for, in nanoseconds. */
export interface Call {
  /** The instant, in running time. */
  readonly atNs: bigint;
  /** How much to keep before it. */
  readonly beforeNs: bigint;
  /** How long to go on after it. */
  readonly afterNs: bigint;
}

/**
 * The interval of a clip, `[instant - before, instant + after)` of its first call, made longer by further calls.
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
  /** The first instant that belongs to the clip; negative where the stream is younger than the window. */
  readonly startNs: bigint;
  readonly #maxNs: bigint | null;
  readonly #callsNs: bigint[];
  #endNs: bigint;

  /** The interval that a clip's first call asks for; further ones make it no longer than `maxNs`. */
  constructor(call: Call, maxNs: bigint | null = null) {
    this.#maxNs = maxNs;
    this.startNs = call.atNs - call.beforeNs;
    this.#endNs = call.atNs + call.afterNs;
    this.#callsNs = [call.atNs];
  }

  /** The instants of the calls, in the order in which they came. */
  get callsNs(): readonly bigint[] {
    return this.#callsNs;
  }

  /** The first instant that no longer belongs to the clip. */
  get endNs(): bigint {
    return this.#endNs;
  }

  /** Whether a call's instant falls into the clip, what it wants from before that, too, and the clip may last so long. */
  takes(call: Call): boolean {
    const endNs = call.atNs + call.afterNs;
    const mayLast = this.#maxNs === null || endNs <= this.#endNs ||
      endNs - this.startNs <= this.#maxNs;
    return mayLast && call.atNs < this.#endNs && call.atNs - call.beforeNs >= this.startNs;
  }

  /** Makes the clip last as long as a further call wants. */
  extend(call: Call): void {
    this.#callsNs.push(call.atNs);
    const endNs = call.atNs + call.afterNs;
    if (endNs > this.#endNs) this.#endNs = endNs;
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
  if (inside === -1 && frames.every(({ isKeyframe }) => isKeyframe)) return frames.length;
  let start = inside === -1 ? frames.length - 1 : inside;
  if (inside > 0 && hasLeading(frames, inside, sinceNs)) start--;
  while (start > 0 && !frames[start]!.isKeyframe) start--;
  return start;
}

/**
 * Whether frames that come after a keyframe are shown before it, from an instant on: they refer to what came before it
 * (ITU-T H.265, section 3.131: RASL picture).
 */
function hasLeading(frames: readonly Timed[], index: number, sinceNs: bigint): boolean {
  const keyNs = frames[index]!.timeNs!;
  for (const { timeNs } of frames.slice(index + 1)) {
    if (timeNs === null) continue;
    if (timeNs >= keyNs) return false;
    if (timeNs >= sinceNs) return true;
  }
  return false;
}

/**
 * How many frames are missing between two that follow each other.
 *
 * @param frameNs What one frame lasts; null where that is not known: then none is missing.
 */
export function countMissing(timeNs: bigint, nextNs: bigint, frameNs: bigint | null): number {
  if (frameNs === null || frameNs <= 0n) return 0;
  const steps = Math.round(Number(nextNs - timeNs) / Number(frameNs));
  return Math.max(0, steps - 1);
}
