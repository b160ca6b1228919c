/**
 * Calls that say what they want: spans of their own, and instants in the past.
 */
import { assertEquals, assertRejects } from "@std/assert";
import type { Recording, RecordingReport, RecordOptions } from "../../mod.ts";
import { numberedSource, readNumbers, writeNumbered } from "../helpers/numbered.ts";
import { newPaths, recorderOf, runLive } from "../helpers/recording.ts";
import { tempDir } from "../helpers/temp_dir.ts";
import { playFor, reached } from "../helpers/wait.ts";

const FPS = 30;
const SOURCE = { fps: FPS, live: true, teeName: "t" };

/** Checks that a clip holds just the frames in `[from, to)` seconds. */
async function checkFrames(report: RecordingReport, from: number, to: number): Promise<void> {
  const first = Math.ceil(from * FPS - 1e-5);
  const count = Math.ceil(to * FPS - 1e-5) - first;
  assertEquals(await readNumbers(report.path), Array.from({ length: count }, (_, i) => first + i));
  assertEquals(report.shortfalls, []);
}

Deno.test("record() takes spans and instants of its own", async () => {
  await using dir = await tempDir();
  const path = `${dir.path}/numbered.raw`;
  await writeNumbered(path, 15 * FPS);
  await using app = await runLive(`${numberedSource({ ...SOURCE, path })} t. ! fakesink`);
  const options = { windowSizeSec: 2 };
  const record = async (call: RecordOptions) => {
    const recorder = recorderOf(app.pipeline, newPaths(dir.path), options);
    await playFor(app.pipeline, 3);
    return await (await recorder.record(call)).finished;
  };
  const checks = [
    { beforeSec: 1, afterSec: 0.5 },
    { beforeSec: 0, afterSec: 1 },
    { beforeSec: 1.5, afterSec: 0 },
  ].map(async (call) => {
    const report = await record(call);
    const [at] = report.calls;
    await checkFrames(report, at! - call.beforeSec, at! + call.afterSec);
  });
  await Promise.all(checks);

  const recorder = recorderOf(app.pipeline, newPaths(dir.path), options);
  await playFor(app.pipeline, 3);
  const at = app.pipeline.runningTimeSec! - 1.2;
  const late = await recorder.record({ at, beforeSec: 0.5, afterSec: 0.5 });
  await checkFrames(await late.finished, at - 0.5, at + 0.5);
  assertEquals(Math.abs((await late.finished).calls[0]! - at) < 1e-6, true);
});

Deno.test("record() starts a clip of its own for an instant before the open clip", async () => {
  await using dir = await tempDir();
  await using app = await runLive();
  const recorder = recorderOf(app.pipeline, newPaths(dir.path), { windowSizeSec: 1 });
  await reached(app.pipeline, 1.5);
  const now = app.pipeline.runningTimeSec!;
  const open = await recorder.record({ beforeSec: 0.2 });
  const same = await recorder.record({ beforeSec: 0 });
  const earlier = await recorder.record({ at: now - 0.3, beforeSec: 0.4 });
  assertEquals(same.path, open.path);
  assertEquals(earlier.path === open.path, false);
  const reports = await Promise.all([open.finished, earlier.finished]);
  assertEquals(reports.map(({ calls, shortfalls }) => [calls.length, shortfalls]), [[2, []], [
    1,
    [],
  ]]);
});

Deno.test("maxClipSec has a call begin the next clip, which loses nothing", async () => {
  await using dir = await tempDir();
  const path = `${dir.path}/numbered.raw`;
  await writeNumbered(path, 10 * FPS);
  await using app = await runLive(`${numberedSource({ ...SOURCE, path })} t. ! fakesink`);
  const options = { windowSizeSec: 1, maxClipSec: 2.5 };
  const recorder = recorderOf(app.pipeline, newPaths(dir.path), options);
  await playFor(app.pipeline, 1.5);
  const recordings = new Set<Recording>();
  const startSec = app.pipeline.runningTimeSec!;
  for (let i = 0; i < 8; i++) {
    await reached(app.pipeline, startSec + 0.3 * i);
    recordings.add(await recorder.record({ maxDelaySec: 5 }));
  }
  const reports = await Promise.all([...recordings].map(({ finished }) => finished));
  assertEquals(reports.flatMap(({ calls }) => calls).length, 8);
  assertEquals(reports.length > 2, true, Deno.inspect(reports));
  for (const report of reports) {
    const [first, last] = [report.calls[0]!, report.calls.at(-1)!];
    assertEquals(last + 1 - (first - 1) < 2.5 + 1e-6, true);
    await checkFrames(report, first - 1, last + 1);
  }
});

Deno.test("record() refuses spans and instants that cannot be", async () => {
  await using dir = await tempDir();
  await using app = await runLive();
  const recorder = recorderOf(app.pipeline, newPaths(dir.path), { windowSizeSec: 1 });
  const wrong: RecordOptions[] = [
    { beforeSec: 1.1 },
    { beforeSec: -1 },
    { afterSec: NaN },
    { afterSec: Infinity },
    { at: -1 },
    { at: 1e6 },
  ];
  for (const options of wrong) await assertRejects(() => recorder.record(options), RangeError);
  await assertRejects(() => recorder.record({ at: "now" as unknown as number }), TypeError);
  assertEquals(recorder.state, "buffering");
});
