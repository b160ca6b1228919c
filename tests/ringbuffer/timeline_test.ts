/**
 * Times that jump, without GStreamer: where the frames go.
 */
import { assertEquals } from "@std/assert";
import { Timeline } from "../../src/ringbuffer/timeline.ts";

const MS = 1_000_000n;
const FRAME = 40n;

/** Milliseconds of frames from one on. */
function run(firstMs: number, count: number): (bigint | null)[] {
  return Array.from({ length: count }, (_, i) => (BigInt(firstMs) + BigInt(i) * FRAME) * MS);
}

/** Where frames go, in milliseconds, that come together. */
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

Deno.test("Timeline.align() leaves times that go on as they are, with gaps and without times", () => {
  const timeline = new Timeline();
  assertEquals(placed(timeline, run(0, 3), 100), [0, 40, 80]);
  assertEquals(placed(timeline, [null, ...run(160, 1), null], 180), [null, 160, null]);
  // a stall, and one of a source that is late
  assertEquals(placed(timeline, run(5000, 2), 5100), [5000, 5040]);
  assertEquals(placed(timeline, run(6000, 2), 9000), [6000, 6040]);
  assertEquals(placed(timeline, [], 9000), []);
});

Deno.test("Timeline.align() goes on with the last frame where the times jump", () => {
  for (const jumpMs of [-10_000, -500, 500, 10_000]) {
    const timeline = new Timeline();
    assertEquals(placed(timeline, run(20_000, 3), 20_100), [20_000, 20_040, 20_080]);
    assertEquals(
      placed(timeline, [...run(20_120, 1), ...run(20_160 + jumpMs, 2)], 20_210),
      [20_120, 20_160, 20_200],
    );
    assertEquals(placed(timeline, run(20_240 + jumpMs, 1), 20_250), [20_240]);
    // and back
    assertEquals(placed(timeline, run(20_280, 2), 20_330), [20_280, 20_320]);
  }
});

Deno.test("Timeline.align() has a run after a gap and a jump end now", () => {
  const timeline = new Timeline();
  placed(timeline, run(20_000, 3), 20_100);
  assertEquals(placed(timeline, run(0, 3), 23_000), [22_920, 22_960, 23_000]);
});

Deno.test("Timeline.align() takes no frame from the future, but of streams that are not live", () => {
  assertEquals(placed(new Timeline(), run(1_700_000_000, 2), 100), [60, 100]);
  assertEquals(placed(new Timeline(() => false), run(5000, 2), 100), [5000, 5040]);
  assertEquals(placed(new Timeline(), run(200, 2), 100), [200, 240]);
});

Deno.test("Timeline.align() begins anew where the running time has been set back", () => {
  const timeline = new Timeline();
  placed(timeline, run(2000, 3), 2100);
  const places = timeline.align(run(0, 3), 120n * MS, true);
  assertEquals(places, [
    { shiftNs: 0n, isRestart: true },
    { shiftNs: 0n, isRestart: false },
    { shiftNs: 0n, isRestart: false },
  ]);
});
