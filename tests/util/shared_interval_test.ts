/**
 * Looks that are made together.
 */
import { assertEquals } from "@std/assert";
import { sleep } from "../../scripts/lib/sleep.ts";
import { SharedInterval } from "../../src/util/shared_interval.ts";
import { runScript } from "../helpers/script.ts";

/** Counts the timers that are started. */
function watchTimers(): { count: number } & Disposable {
  const { setInterval } = globalThis;
  const watch = { count: 0, [Symbol.dispose]: () => void (globalThis.setInterval = setInterval) };
  globalThis.setInterval = (...args: Parameters<typeof setInterval>) => {
    watch.count++;
    return setInterval(...args);
  };
  return watch;
}

Deno.test("SharedInterval makes all its calls in one turn, again and again", async () => {
  const turns = new SharedInterval(1, true);
  const made: string[] = [];
  const done = Promise.withResolvers<void>();
  const last = () => {
    made.push("b");
    if (made.length >= 6) done.resolve();
  };
  const first = () => void made.push("a");
  {
    using timers = watchTimers();
    for (const call of [first, last, first]) turns.add(call);
    assertEquals(timers.count, 1);
  }
  await done.promise;
  turns.remove(first);
  turns.remove(last);
  const { length } = made;
  assertEquals(made.join(""), "ab".repeat(length / 2));
  await sleep(0.01);
  assertEquals(made.length, length, "none after remove()");
});

Deno.test("SharedInterval makes no call that another one of its turn has removed", async () => {
  const turns = new SharedInterval(1, true);
  const made: string[] = [];
  const done = Promise.withResolvers<void>();
  const never = () => void made.push("never");
  const first = () => {
    made.push("first");
    turns.remove(never);
    turns.remove(first);
    turns.add(next);
  };
  const next = () => {
    made.push("next");
    turns.remove(next);
    done.resolve();
  };
  turns.add(first);
  turns.add(never);
  await done.promise;
  assertEquals(made, ["first", "next"]);
});

Deno.test("SharedInterval keeps the process alive only where it is told to", async () => {
  const script = (keepsAlive: boolean) => `
    import { SharedInterval } from "./src/util/shared_interval.ts";
    const turns = new SharedInterval(1, ${keepsAlive});
    const call = () => {
      console.log("called");
      turns.remove(call);
    };
    turns.add(call);`;
  assertEquals((await runScript(script(true))).stdout, "called\n");
  assertEquals((await runScript(script(false))).stdout, "");
});
