/**
 * The costs of rings for their process.
 */
import { assertEquals, assertGreaterOrEqual, assertLess, assertLessOrEqual } from "@std/assert";
import process from "node:process";
import { Pipeline, Standalone } from "../../mod.ts";
import { sleep } from "../../scripts/lib/sleep.ts";
import "../../scripts/open_libraries.ts";
import { FPS } from "../helpers/fps.ts";
import { runTraced } from "../helpers/leaks.ts";
import { recorderOf } from "../helpers/recording.ts";
import { attach, drainTimes, longestGap } from "../helpers/ring.ts";
import { until } from "../helpers/wait.ts";

Deno.test("RingBuffer leaves no GStreamer object alive, while garbage is collected all the time", async () => {
  const { stdout, alive } = await runTraced("many_rings.ts", ["25"]);
  assertEquals(alive, []);
  assertGreaterOrEqual(Number(stdout), 2 * 25 * 3 * 2);
});

const SOURCE = "videotestsrc is-live=true ! " +
  `video/x-raw,format=I420,width=320,height=240,framerate=${FPS}/1 ! tee name=t t. ! fakesink`;

/** Stops all JavaScript for `sec` seconds. */
function freeze(sec: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, sec * 1000);
}

Deno.test("RingBuffer keeps its window without any JavaScript", async () => {
  await using pipeline = Pipeline.parse(SOURCE);
  await pipeline.play();
  const rings = Array.from({ length: 4 }, () => attach(pipeline, { windowSec: 1 }));
  await until("frames flow", () => rings.every((ring) => ring.resize()));
  const since = pipeline.runningTimeSec!;
  freeze(2);
  for (const ring of rings) {
    const times = drainTimes(ring);
    assertGreaterOrEqual(times.length, FPS + 4);
    assertGreaterOrEqual(times[0]!, since, "all of them arrived meanwhile");
    assertLess(longestGap(times, FPS), FPS / 2);
    ring.detach();
  }
});

/** Waits for `sec` seconds; resolves with the CPU time that this process used, in milliseconds per second. */
async function cpuRate(sec: number): Promise<number> {
  const before = process.cpuUsage();
  await sleep(sec);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / sec;
}

/** Counts the calls of the interval timers that are started from now on. */
function countTimerCalls(): { count: number } & Disposable {
  const { setInterval } = globalThis;
  const watch = { count: 0, [Symbol.dispose]: () => void (globalThis.setInterval = setInterval) };
  globalThis.setInterval = (call: () => void, ms?: number) =>
    setInterval(() => {
      watch.count++;
      call();
    }, ms);
  return watch;
}

Deno.test("VideoRecorder polls the rings of 8 armed recorders once a second, at almost no cost", async () => {
  await using app = await Standalone.buildAndRun(SOURCE, { background: true });
  await sleep(0.5);
  const without = await cpuRate(1.5);
  using polls = countTimerCalls();
  for (let i = 0; i < 8; i++) recorderOf(app.pipeline, "never.webm", { windowSizeSec: 1 });
  await sleep(0.5);
  polls.count = 0;
  const armed = await cpuRate(2);
  console.log({ without, armed, polls: polls.count });
  assertLessOrEqual(polls.count, 3);
  assertGreaterOrEqual(polls.count, 1);
  assertLess(armed, 3 * without + 30);
});
