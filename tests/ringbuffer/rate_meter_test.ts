/**
 * The measurement of rates, without GStreamer.
 */
import { assertEquals } from "@std/assert";
import { RateMeter } from "../../src/ringbuffer/rate_meter.ts";

/** Measures a stream of which so many buffers have come at each second. */
function rateOf(counts: number[], meter = new RateMeter()): number | null {
  for (const [sec, count] of counts.entries()) meter.observe(count, sec);
  return meter.rate;
}

Deno.test("RateMeter measures what comes in a second", () => {
  assertEquals(rateOf([0]), null);
  assertEquals(rateOf([0, 30]), 30);
  assertEquals(rateOf([0, 30, 60, 90]), 30);
});

Deno.test("RateMeter measures a slow stream for longer", () => {
  assertEquals(rateOf([0, 1, 2, 3, 4]), null);
  assertEquals(rateOf([0, 1, 2, 3, 4, 5]), 1);
});

Deno.test("RateMeter believes a lower rate slowly, and a pause not at all", () => {
  assertEquals(rateOf([0, 30, 45, 60]), 30 * 0.9 * 0.9);
  assertEquals(rateOf([0, 30, 30, 30, 30, 30, 30, 30]), 30);
  assertEquals(rateOf([0, 30, 90]), 60);
});

Deno.test("RateMeter goes on after its count was set back, and begins anew after restart()", () => {
  assertEquals(rateOf([0, 30, 5, 35]), 30);
  const meter = new RateMeter();
  rateOf([0, 30], meter);
  meter.restart();
  assertEquals(meter.rate, null);
});
