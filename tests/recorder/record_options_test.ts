/**
 * Options of record(): spans, and instants in the past.
 */
import { assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import type { Recording, RecordingReport, RecordOptions } from "../../mod.ts";
import { numbersBetween, readNumbers, writeNumberedSource } from "../helpers/numbered.ts";
import { newPaths, recordClip, recorderOf, runLive } from "../helpers/recording.ts";
import { tempDir } from "../helpers/temp_dir.ts";
import { playFor, reached } from "../helpers/wait.ts";

/** Checks that a clip has exactly the frames in `[from, to)` seconds. */
async function checkFrames(report: RecordingReport, from: number, to: number): Promise<void> {
  assertEquals(await readNumbers(report.path), numbersBetween(from, to));
  assertEquals(report.shortfalls, []);
}

Deno.test("record() takes a span and an instant per call", async () => {
  await using dir = await tempDir();
  await using app = await runLive(`${await writeNumberedSource(dir.path, 15)} t. ! fakesink`);
  const options = { windowSizeSec: 2 };
  const record = async (call: RecordOptions) => {
    const recorder = recorderOf(app.pipeline, newPaths(dir.path), options);
    await playFor(app.pipeline, 3);
    return await recordClip(recorder, call);
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
  const report = await recordClip(recorder, { at, beforeSec: 0.5, afterSec: 0.5 });
  await checkFrames(report, at - 0.5, at + 0.5);
  assertAlmostEquals(report.calls[0]!, at, 1e-6);
});

Deno.test("record() starts another clip for an instant before the open clip", async () => {
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

Deno.test("maxClipSec bounds a clip, and the next clip loses no frame", async () => {
  await using dir = await tempDir();
  await using app = await runLive(`${await writeNumberedSource(dir.path, 10)} t. ! fakesink`);
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

Deno.test("record() rejects spans and instants out of range", async () => {
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

Deno.test("record() rejects wrong options by name, and works with the next call", async () => {
  await using dir = await tempDir();
  await using app = await runLive();
  await using recorder = recorderOf(app.pipeline, newPaths(dir.path));
  const check = (option: string, value: unknown, error: new (message: string) => Error) =>
    assertRejects(() => recorder.record({ [option]: value }), error, option);
  for (const value of [null, "1", 1n]) await check("maxDelaySec", value, TypeError);
  for (const value of [-1, NaN, -Infinity]) await check("maxDelaySec", value, RangeError);
  for (const value of [null, "print"]) await check("onVideoFinished", value, TypeError);
  assertEquals([recorder.state, recorder.busy], ["buffering", false]);
  for (const maxDelaySec of [Infinity, Number.MAX_VALUE]) {
    await recordClip(recorder, { maxDelaySec });
  }
});
