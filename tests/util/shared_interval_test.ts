import { assertEquals } from "@std/assert";
import { sleep } from "../../scripts/lib/sleep.ts";
import { SharedInterval } from "../../src/util/shared_interval.ts";
import { runScript } from "../helpers/script.ts";

/** Counts the intervals that are started. */
function watchTimers(): { count: number } & Disposable {
  const { setInterval } = globalThis;
  const watch = { count: 0, [Symbol.dispose]: () => void (globalThis.setInterval = setInterval) };
  globalThis.setInterval = (...args: Parameters<typeof setInterval>) => {
    watch.count++;
    return setInterval(...args);
  };
  return watch;
}

Deno.test("SharedInterval makes all calls in one turn, until they are removed", async () => {
  const interval = new SharedInterval(1, true);
  const made: string[] = [];
  const done = Promise.withResolvers<void>();
  const last = () => {
    made.push("b");
    if (made.length >= 6) done.resolve();
  };
  const first = () => void made.push("a");
  {
    using timers = watchTimers();
    for (const call of [first, last, first]) interval.add(call);
    assertEquals(timers.count, 1);
  }
  await done.promise;
  interval.remove(first);
  interval.remove(last);
  const { length } = made;
  assertEquals(made.join(""), "ab".repeat(length / 2));
  await sleep(0.01);
  assertEquals(made.length, length, "none after remove()");
});

Deno.test("SharedInterval.remove() also prevents a call of the current turn", async () => {
  const interval = new SharedInterval(1, true);
  const made: string[] = [];
  const done = Promise.withResolvers<void>();
  const never = () => void made.push("never");
  const first = () => {
    made.push("first");
    interval.remove(never);
    interval.remove(first);
    interval.add(next);
  };
  const next = () => {
    made.push("next");
    interval.remove(next);
    done.resolve();
  };
  interval.add(first);
  interval.add(never);
  await done.promise;
  assertEquals(made, ["first", "next"]);
});

Deno.test("SharedInterval keeps the process alive only if asked to", async () => {
  const script = (keepsAlive: boolean) => `
    import { SharedInterval } from "./src/util/shared_interval.ts";
    const interval = new SharedInterval(200, ${keepsAlive});
    const call = () => {
      console.log("called");
      interval.remove(call);
    };
    interval.add(call);`;
  assertEquals((await runScript(script(true))).stdout, "called\n");
  assertEquals((await runScript(script(false))).stdout, "");
});
