/**
 * When to look for the next frame, by a clock of the test's own.
 */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { AdaptivePoll } from "../../src/util/adaptive_poll.ts";

/** Looks for events that come at the given times; how many looks each took, and how late the last of them was. */
function follow(times: number[]): { looks: number; late: number }[] {
  const pace = new AdaptivePoll();
  let now = times[0]!;
  return times.map((time) => {
    let looks = 1;
    for (; now < time; looks++) now += Math.max(1, pace.delayMs(now));
    pace.hit(now);
    return { looks, late: now - time };
  });
}

const regular = (count: number, everyMs: number) =>
  Array.from({ length: count }, (_, i) => 1000 + i * everyMs);

Deno.test("AdaptivePoll finds regular frames within an eighth of their distance, in a few looks", () => {
  for (const everyMs of [8, 33.3, 100]) {
    const settled = follow(regular(40, everyMs)).slice(10);
    for (const { looks, late } of settled) {
      assert(looks <= 6, `${looks} looks at ${everyMs} ms`);
      assert(late <= Math.max(1, everyMs / 8) + 1, `${late} ms late at ${everyMs} ms`);
    }
  }
});

Deno.test("AdaptivePoll looks no more than 20 times a second for what does not come", () => {
  const pace = new AdaptivePoll();
  pace.hit(1000);
  pace.hit(1033);
  assertEquals(pace.delayMs(2000), 50);
  assertEquals(pace.delayMs(1e9), 50);
});

Deno.test("AdaptivePoll looks soon at first, less and less often then", () => {
  const pace = new AdaptivePoll();
  pace.hit(1000);
  assertEquals(pace.delayMs(1000), 0);
  assertEquals(pace.delayMs(1008), 1);
  assertEquals(pace.delayMs(1100), 12.5);
});

Deno.test("AdaptivePoll.wake() ends all waits", async () => {
  const pace = new AdaptivePoll();
  for (const time of [0, 1e6]) pace.hit(performance.now() + time);
  let ended = 0;
  for (let waits = 0; waits < 2; waits++) void pace.wait().then(() => ended++);
  pace.wake();
  for (let turns = 0; turns < 10; turns++) await null;
  assertEquals(ended, 2);
});

Deno.test("AdaptivePoll waits out most of the time in which nothing is expected", () => {
  const pace = new AdaptivePoll();
  for (const time of regular(50, 40)) pace.hit(time);
  const last = regular(50, 40).at(-1)!;
  assertAlmostEquals(pace.delayMs(last), 34, 0.01);
  assertAlmostEquals(pace.delayMs(last + 10), 24, 0.01);
  assertAlmostEquals(pace.delayMs(last + 35), 5, 0.01);
});
