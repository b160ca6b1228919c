/**
 * The measurement of GOPs, without GStreamer.
 */
import { assertEquals } from "@std/assert";
import { GopMeter } from "../../src/ringbuffer/gop_meter.ts";

/** Measures frames at these instants; those of keyframes are negative. */
function longest(...times: number[]): bigint | null {
  const meter = new GopMeter();
  for (const time of times) meter.add(BigInt(Math.abs(time)), time < 0);
  return meter.longestNs;
}

Deno.test("GopMeter measures from keyframe to keyframe", () => {
  assertEquals(longest(1, 2, -3, 4, 5), null);
  assertEquals(longest(1, 2, -3, 4, 5, -6), 3n);
  assertEquals(longest(-1, 2, 3, 4, -5, 6, -7), 4n);
});

Deno.test("GopMeter takes a hole in the stream for one step", () => {
  assertEquals(longest(-10, 20, 30, 40, -50, 60, 70, 8000, -8010), 40n);
  assertEquals(longest(-10, -20, -30, -40, -9000), 10n);
});

Deno.test("GopMeter.restart() begins a new stream, and keeps the longest GOP so far", () => {
  const meter = new GopMeter();
  meter.add(0n, true);
  meter.add(5n, true);
  meter.restart();
  meter.add(100n, true);
  assertEquals(meter.longestNs, 5n);
});
