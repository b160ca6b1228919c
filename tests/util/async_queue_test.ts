import { assertEquals } from "@std/assert";
import { AsyncQueue } from "../../src/util/async_queue.ts";

const END = { done: true, value: undefined } as const;

Deno.test("AsyncQueue.next() resolves with values in the order in which they were pushed", async () => {
  const queue = new AsyncQueue<number>();
  const early = [queue.next(), queue.next()];
  for (const value of [1, 2, 3]) queue.push(value);
  assertEquals((await Promise.all(early)).map(({ value }) => value), [1, 2]);
  assertEquals(await queue.next(), { done: false, value: 3 });
});

Deno.test("AsyncQueue.end() lets readers have what is left, and ends all who wait", async () => {
  const queue = new AsyncQueue<string>();
  queue.push("last");
  const readers = [queue.next(), queue.next(), queue.next()];
  queue.end();
  queue.push("too late");
  assertEquals(await Promise.all(readers), [{ done: false, value: "last" }, END, END]);
});

Deno.test("AsyncQueue.clear() drops and counts what it holds", async () => {
  const queue = new AsyncQueue<undefined>();
  queue.push(undefined);
  queue.push(undefined);
  assertEquals(await queue.next(), { done: false, value: undefined });
  assertEquals([queue.size, queue.clear(), queue.size], [1, 1, 0]);
  queue.end();
  assertEquals(await queue.next(), END);
});
