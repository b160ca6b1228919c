/**
 * The frames that a picture of an instant needs: pure logic of times, in nanoseconds of running time.
 *
 * @module
 */
import { isRightAt, rightFrom, type Timed } from "./clip_window.ts";

/**
 * Returns the span of the frames that can be decoded, from the first one that is right to the start of the last frame;
 * `null` if there is no keyframe.
 *
 * @example
 * ```ts
 * import { spanOf } from "./frame_selection.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const frames = [1n, 2n, 3n].map((timeNs) => ({ timeNs, isKeyframe: timeNs === 2n }));
 * assertEquals(spanOf(frames), { firstNs: 2n, lastNs: 3n });
 * ```
 */
export function spanOf(frames: readonly Timed[]): { firstNs: bigint; lastNs: bigint } | null {
  const firstNs = frames.map(rightFrom).find((rightNs) => rightNs !== null);
  if (firstNs === undefined) return null;
  const last = frames[indexAt(frames, null)]!;
  return { firstNs, lastNs: last.timeNs! };
}

/**
 * Returns the last frame shown at or before an instant, or of all, after those that it references, from a keyframe on.
 *
 * @param frames The frames in decode order.
 * @param atNs An instant in the {@link spanOf} the frames; `null` for the newest frame.
 *
 * @example
 * ```ts
 * import { framesUpTo } from "./frame_selection.ts";
 * import { assertEquals } from "@std/assert";
 *
 * // with B-frames
 * const frames = [0n, 30n, 10n, 20n, 60n].map((timeNs) => ({ timeNs, isKeyframe: timeNs === 0n }));
 * const times = (atNs: bigint | null) => framesUpTo(frames, atNs).map(({ timeNs }) => timeNs);
 * assertEquals(times(15n), [0n, 30n, 10n]);
 * assertEquals(times(30n), [0n, 30n]);
 * assertEquals(times(null), [0n, 30n, 10n, 20n, 60n]);
 * ```
 */
export function framesUpTo<T extends Timed>(frames: readonly T[], atNs: bigint | null): T[] {
  const end = indexAt(frames, atNs);
  const { timeNs } = frames[end]!;
  // a frame that is shown before the keyframe that it follows needs an earlier one
  const start = frames.findLastIndex((frame, index) => index <= end && isRightAt(frame, timeNs!));
  return frames.slice(start, end + 1);
}

/** Returns the index of the last frame shown at or before an instant, or of all; -1 if there is none. */
function indexAt(frames: readonly Timed[], atNs: bigint | null): number {
  let found = -1;
  for (const [index, { timeNs }] of frames.entries()) {
    if (timeNs === null || (atNs !== null && timeNs > atNs)) continue;
    if (found === -1 || timeNs >= frames[found]!.timeNs!) found = index;
  }
  return found;
}
