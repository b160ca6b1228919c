import { assertEquals, assertRejects } from "@std/assert";
import { Mutex } from "../../src/util/mutex.ts";

Deno.test("Mutex.run() runs one call after another", async () => {
  const mutex = new Mutex();
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  const log: string[] = [];
  const first = mutex.run(async () => {
    log.push("first begins");
    await gate;
    log.push("first ends");
    return 1;
  });
  const second = mutex.run(() => Promise.resolve(log.push("second")));
  await Promise.resolve();
  assertEquals(log, ["first begins"]);
  open();
  assertEquals(await first, 1);
  await second;
  assertEquals(log, ["first begins", "first ends", "second"]);
});

Deno.test("Mutex.run() goes on after a call that fails", async () => {
  const mutex = new Mutex();
  const failed = mutex.run(() => Promise.reject(new Error("broken")));
  assertEquals(await mutex.run(() => Promise.resolve(2)), 2);
  await assertRejects(() => failed, Error, "broken");
});

Deno.test("Mutex.idle resolves after all calls so far", async () => {
  const mutex = new Mutex();
  let isDone = false;
  void mutex.run(async () => {
    await Promise.resolve();
    isDone = true;
  });
  await mutex.idle;
  assertEquals(isDone, true);
});
