/**
 * The frames of a ring that a snapshot needs.
 */
import { assertEquals } from "@std/assert";
import { framesUpTo, spanOf } from "../../src/ringbuffer/frame_selection.ts";

Deno.test("framesUpTo() begins with the last keyframe that is shown no later than the frame", () => {
  // the frames after the second keyframe are shown before it
  const frames = [0n, 20n, 10n, 50n, 30n, 40n, 70n, 60n].map((timeNs) => ({
    ...{ timeNs, isKeyframe: timeNs === 0n || timeNs === 50n },
  }));
  const times = (atNs: bigint | null, from = 0) =>
    framesUpTo(frames.slice(from), atNs).map(({ timeNs }) => Number(timeNs));
  assertEquals(times(49n), [0, 20, 10, 50, 30, 40]);
  assertEquals(times(50n), [50]);
  assertEquals(times(69n), [50, 30, 40, 70, 60]);
  assertEquals(times(null), [50, 30, 40, 70]);
  assertEquals(spanOf(frames.slice(1)), { firstNs: 50n, lastNs: 70n });
  assertEquals(times(50n, 1), [50]);
  assertEquals(spanOf(frames.slice(6)), null);
});
