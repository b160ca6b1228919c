/**
 * Missing frames by the steps of a stream, without GStreamer.
 */
import { assertEquals } from "@std/assert";
import { countMissing } from "../../src/ringbuffer/steps.ts";

/** Counts what is missing in steps of these milliseconds, for each of which the caps state `statedMs`. */
function missing(stepsMs: number[], statedMs: number | null = null): number {
  const steps = stepsMs.map((ms) => ({
    ns: ms * 1e6,
    statedNs: statedMs === null ? null : statedMs * 1e6,
  }));
  return countMissing(steps).reduce((sum, count) => sum + count, 0);
}

/** Returns `count` steps of a length. */
function steady(ms: number, count = 10): number[] {
  return Array.from({ length: count }, () => ms);
}

Deno.test("countMissing() counts the frames in a hole, whatever the caps state", () => {
  const steps = [...steady(33), 99, ...steady(33)];
  for (const statedMs of [33, 66, 11, null]) {
    assertEquals(missing(steps, statedMs), 2, `${statedMs}`);
  }
  assertEquals(missing([...steady(33), 10_000, ...steady(33)]), 302);
});

Deno.test("countMissing() counts none where the camera changes its rate", () => {
  for (const statedMs of [33, null]) {
    assertEquals(missing([...steady(33), ...steady(66)], statedMs), 0);
    assertEquals(missing([...steady(66), ...steady(33)], statedMs), 0);
  }
});

Deno.test("countMissing() counts none at a steady rate that differs from the stated one", () => {
  for (const statedMs of [33, 66, 11]) assertEquals(missing(steady(33), statedMs), 0);
});

Deno.test("countMissing() counts none in jitter, nor in frames that arrive in bursts", () => {
  assertEquals(missing([30, 41, 27, 35, 38, 29, 33, 44, 30, 33]), 0);
  assertEquals(missing([1, 1, 118, 1, 1, 117, 1, 2, 118, 1, 1, 119]), 0);
});

Deno.test("countMissing() counts none where the next frames make up for a delay, or come after early ones", () => {
  assertEquals(missing([...steady(33), 120, 10, 5, 5, 25, ...steady(33)]), 0);
  assertEquals(missing([...steady(33), 10, 5, 5, 120, ...steady(33)]), 0);
  // as the buffer of a network source spreads half a second
  const spread =
    "530 34 33 33 33 32 31 31 29 28 25 23 20 17 13 8 8 5 3 5 3 4 5 7 8 10 13 15 18 20 23 25 26 28 30 30 31 32";
  const late = spread.split(" ").map(Number);
  assertEquals(missing([...steady(33, 100), ...late, ...steady(33, 100)]), 0);
  // but a hole with some jitter around it
  assertEquals(missing([...steady(33), 30, 132, 31, ...steady(33)]), 3);
});

Deno.test("countMissing() finds a hole at either end, and two in a row", () => {
  assertEquals(missing([99, ...steady(33)]), 2);
  assertEquals(missing([...steady(33), 99]), 2);
  assertEquals(missing([...steady(33), 99, 66, ...steady(33)]), 3);
});

Deno.test("countMissing() goes by what is stated where there are no other steps", () => {
  assertEquals(missing([99], 33), 2);
  assertEquals(missing([99]), 0);
  assertEquals(missing([]), 0);
});
