/**
 * What rings cost the process that holds them.
 */
import { assertEquals, assertGreaterOrEqual, assertLess, assertLessOrEqual } from "@std/assert";
import process from "node:process";
import { Pipeline, Standalone } from "../mod.ts";
import "../scripts/open_libraries.ts";
import { runTraced } from "./helpers/leaks.ts";
import { recorderOf, until } from "./helpers/recording.ts";
import { attach, longestGap, takeTimes } from "./helpers/ring.ts";

Deno.test("rings leave no GStreamer object alive, with garbage collected all the while", async () => {
  const { stdout, alive } = await runTraced("many_rings.ts", ["25"]);
  assertEquals(alive, []);
  assertGreaterOrEqual(Number(stdout), 2 * 25 * 3 * 2);
});

const FPS = 30;
const SOURCE = "videotestsrc is-live=true ! " +
  `video/x-raw,format=I420,width=320,height=240,framerate=${FPS}/1 ! tee name=t t. ! fakesink`;

/** Stops all JavaScript for some seconds. */
function freeze(sec: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, sec * 1000);
}

Deno.test("a ring holds its window without any JavaScript", async () => {
  await using pipeline = Pipeline.parse(SOURCE);
  await pipeline.play();
  const rings = Array.from({ length: 4 }, () => attach(pipeline, { windowSec: 1 }));
  await until("frames flow", () => rings.every((ring) => ring.resize()));
  const since = pipeline.runningTimeSec!;
  freeze(2);
  for (const ring of rings) {
    const times = takeTimes(ring);
    assertGreaterOrEqual(times.length, FPS + 4);
    assertGreaterOrEqual(times[0]!, since, "all of them came meanwhile");
    assertLess(longestGap(times, FPS), FPS / 2);
    ring.detach();
  }
});

/** Milliseconds of processor time that this process has used so far. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Waits for some seconds; the processor time that went by, and the timers that others started. */
async function observe(sec: number): Promise<{ msPerSec: number; timers: number }> {
  const { setTimeout } = globalThis;
  const before = cpuMs();
  let timers = 0;
  const pause = new Promise((resolve) => setTimeout(resolve, sec * 1000));
  globalThis.setTimeout = Object.assign((...args: Parameters<typeof setTimeout>) => {
    timers++;
    return setTimeout(...args);
  }, setTimeout);
  await pause.finally(() => globalThis.setTimeout = setTimeout);
  return { msPerSec: (cpuMs() - before) / sec, timers };
}

Deno.test("8 recorders that are idle look at their rings in one turn a second, and cost next to nothing", async () => {
  await using app = await Standalone.buildAndRun(SOURCE, { background: true });
  await observe(0.5);
  const without = await observe(1.5);
  for (let i = 0; i < 8; i++) recorderOf(app.pipeline, "never.webm", { windowSizeSec: 1 });
  await observe(0.5);
  const armed = await observe(2);
  console.log({ without, armed });
  assertLessOrEqual(armed.timers, 3);
  assertGreaterOrEqual(armed.timers, 1);
  assertLess(armed.msPerSec, 3 * without.msPerSec + 30);
});
