/**
 * The timeline of timestamps that jump, without GStreamer.
 */
import { assertEquals } from "@std/assert";
import { Timeline } from "../../src/ringbuffer/timeline.ts";

const MS = 1_000_000n;
const FRAME = 40n;

/** Returns the times of consecutive frames in nanoseconds. */
function times(firstMs: number, count: number): (bigint | null)[] {
  return Array.from({ length: count }, (_, i) => (BigInt(firstMs) + BigInt(i) * FRAME) * MS);
}

/** Returns where a batch of frames is placed, in milliseconds. */
function placed(
  timeline: Timeline,
  timesNs: (bigint | null)[],
  nowMs: number,
  hasPaused?: boolean,
) {
  const places = timeline.align(timesNs, BigInt(nowMs) * MS, hasPaused);
  return timesNs.map((timeNs, i) =>
    timeNs === null ? null : Number((timeNs + places[i]!.shiftNs) / MS)
  );
}

Deno.test("Timeline.align() keeps timestamps that do not jump, with gaps and missing ones", () => {
  const timeline = new Timeline();
  assertEquals(placed(timeline, times(0, 3), 100), [0, 40, 80]);
  assertEquals(placed(timeline, [null, ...times(160, 1), null], 180), [null, 160, null]);
  // a stall, and a stall of a source that is late
  assertEquals(placed(timeline, times(5000, 2), 5100), [5000, 5040]);
  assertEquals(placed(timeline, times(6000, 2), 9000), [6000, 6040]);
  assertEquals(placed(timeline, [], 9000), []);
});

Deno.test("Timeline.align() continues after the last frame where timestamps jump", () => {
  for (const jumpMs of [-10_000, -500, 500, 10_000]) {
    const timeline = new Timeline();
    assertEquals(placed(timeline, times(20_000, 3), 20_100), [20_000, 20_040, 20_080]);
    assertEquals(
      placed(timeline, [...times(20_120, 1), ...times(20_160 + jumpMs, 2)], 20_210),
      [20_120, 20_160, 20_200],
    );
    assertEquals(placed(timeline, times(20_240 + jumpMs, 1), 20_250), [20_240]);
    // and back
    assertEquals(placed(timeline, times(20_280, 2), 20_330), [20_280, 20_320]);
  }
});

Deno.test("Timeline.align() places frames after a gap and a jump so that they end now", () => {
  const timeline = new Timeline();
  placed(timeline, times(20_000, 3), 20_100);
  assertEquals(placed(timeline, times(0, 3), 23_000), [22_920, 22_960, 23_000]);
});

Deno.test("Timeline.align() moves frames from the future to now in live streams", () => {
  assertEquals(placed(new Timeline(), times(1_700_000_000, 2), 100), [60, 100]);
  assertEquals(placed(new Timeline(() => false), times(5000, 2), 100), [5000, 5040]);
  assertEquals(placed(new Timeline(), times(200, 2), 100), [200, 240]);
});

Deno.test("Timeline.align() starts again where the running time was reset", () => {
  const timeline = new Timeline();
  placed(timeline, times(2000, 3), 2100);
  const places = timeline.align(times(0, 3), 120n * MS, true);
  assertEquals(places, [
    { shiftNs: 0n, isRestart: true },
    { shiftNs: 0n, isRestart: false },
    { shiftNs: 0n, isRestart: false },
  ]);
});
