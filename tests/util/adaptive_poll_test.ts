/**
 * Poll intervals, with a simulated clock.
 */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { AdaptivePoll } from "../../src/util/adaptive_poll.ts";

/** Polls for events at the given times; returns how many polls each took, and how late the last of them was. */
function follow(times: number[]): { polls: number; late: number }[] {
  const poll = new AdaptivePoll();
  let now = times[0]!;
  return times.map((time) => {
    let polls = 1;
    for (; now < time; polls++) now += Math.max(1, poll.delayMs(now));
    poll.hit(now);
    return { polls, late: now - time };
  });
}

const regular = (count: number, everyMs: number) =>
  Array.from({ length: count }, (_, i) => 1000 + i * everyMs);

Deno.test("AdaptivePoll finds regular frames within an eighth of their interval, in a few polls", () => {
  for (const everyMs of [8, 33.3, 100]) {
    const settled = follow(regular(40, everyMs)).slice(10);
    for (const { polls, late } of settled) {
      assert(polls <= 6, `${polls} polls at ${everyMs} ms`);
      assert(late <= Math.max(1, everyMs / 8) + 1, `${late} ms late at ${everyMs} ms`);
    }
  }
});

Deno.test("AdaptivePoll.delayMs() is 50 at most", () => {
  const poll = new AdaptivePoll();
  poll.hit(1000);
  poll.hit(1033);
  assertEquals(poll.delayMs(2000), 50);
  assertEquals(poll.delayMs(1e9), 50);
});

Deno.test("AdaptivePoll.delayMs() grows with the time since the last hit", () => {
  const poll = new AdaptivePoll();
  poll.hit(1000);
  assertEquals(poll.delayMs(1000), 0);
  assertEquals(poll.delayMs(1008), 1);
  assertEquals(poll.delayMs(1100), 12.5);
});

Deno.test("AdaptivePoll.wake() ends all waits", async () => {
  const poll = new AdaptivePoll();
  for (const time of [0, 1e6]) poll.hit(performance.now() + time);
  let ended = 0;
  for (let waits = 0; waits < 2; waits++) void poll.wait().then(() => ended++);
  poll.wake();
  for (let turns = 0; turns < 10; turns++) await null;
  assertEquals(ended, 2);
});

Deno.test("AdaptivePoll.delayMs() spans most of the expected interval", () => {
  const poll = new AdaptivePoll();
  for (const time of regular(50, 40)) poll.hit(time);
  const last = regular(50, 40).at(-1)!;
  assertAlmostEquals(poll.delayMs(last), 34, 0.01);
  assertAlmostEquals(poll.delayMs(last + 10), 24, 0.01);
  assertAlmostEquals(poll.delayMs(last + 35), 5, 0.01);
});
