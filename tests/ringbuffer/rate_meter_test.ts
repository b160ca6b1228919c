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
  assertEquals(rateOf([0, 30]), null);
  assertEquals(rateOf([0, 30, 60]), 30);
  assertEquals(rateOf([0, 30, 60, 90]), 30);
});

Deno.test("RateMeter measures a slow stream for longer", () => {
  assertEquals(rateOf([0, 1, 2, 3, 4, 5]), null);
  assertEquals(rateOf([0, 1, 2, 3, 4, 5, 6]), 1);
});

Deno.test("RateMeter believes a lower rate slowly, and a pause not at all", () => {
  assertEquals(rateOf([0, 30, 60, 75, 90]), 30 * 0.9 * 0.9);
  assertEquals(rateOf([0, 30, 60, 60, 60, 60, 60, 60, 60]), 30);
  assertEquals(rateOf([0, 30, 60, 120]), 60);
});

Deno.test("RateMeter does not measure the time in which a stream begins", () => {
  assertEquals(rateOf([0, 0, 0, 12]), null);
  assertEquals(rateOf([0, 0, 0, 12, 62]), 50);
});

Deno.test("RateMeter goes on after its count was set back, and begins anew after restart()", () => {
  assertEquals(rateOf([0, 30, 60, 5, 35, 65]), 30);
  const meter = new RateMeter();
  rateOf([0, 30, 60], meter);
  meter.restart();
  assertEquals(meter.rate, null);
});
