/**
 * What rings cost the process that holds them.
 */
import { assertEquals, assertGreaterOrEqual, assertLess, assertLessOrEqual } from "@std/assert";
import process from "node:process";
import { Pipeline, Standalone } from "../../mod.ts";
import "../../scripts/open_libraries.ts";
import { runTraced } from "../helpers/leaks.ts";
import { recorderOf } from "../helpers/recording.ts";
import { attach, drainTimes, longestGap } from "../helpers/ring.ts";
import { until } from "../helpers/wait.ts";

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
    const times = drainTimes(ring);
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

/** Waits for some seconds; milliseconds of processor time that went by in each. */
async function observe(sec: number): Promise<number> {
  const before = cpuMs();
  await new Promise((resolve) => setTimeout(resolve, sec * 1000));
  return (cpuMs() - before) / sec;
}

/** Counts the turns of the timers that are started from now on. */
function watchTurns(): { count: number } & Disposable {
  const { setInterval } = globalThis;
  const watch = { count: 0, [Symbol.dispose]: () => void (globalThis.setInterval = setInterval) };
  globalThis.setInterval = (call: () => void, ms?: number) =>
    setInterval(() => {
      watch.count++;
      call();
    }, ms);
  return watch;
}

Deno.test("8 recorders that are idle look at their rings in one turn a second, and cost next to nothing", async () => {
  await using app = await Standalone.buildAndRun(SOURCE, { background: true });
  await observe(0.5);
  const without = await observe(1.5);
  using turns = watchTurns();
  for (let i = 0; i < 8; i++) recorderOf(app.pipeline, "never.webm", { windowSizeSec: 1 });
  await observe(0.5);
  turns.count = 0;
  const armed = await observe(2);
  console.log({ without, armed, turns: turns.count });
  assertLessOrEqual(turns.count, 3);
  assertGreaterOrEqual(turns.count, 1);
  assertLess(armed, 3 * without + 30);
});
