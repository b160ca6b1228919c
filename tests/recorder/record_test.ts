/**
 * Calls of record() in each state of the recorder and its pipeline.
 */
import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertInstanceOf,
  assertMatch,
  assertRejects,
} from "@std/assert";
import {
  GstTimeoutError,
  Pipeline,
  RecordBin,
  RecordingError,
  type RecordingReport,
} from "../../mod.ts";
import { sleep } from "../../scripts/lib/sleep.ts";
import { blockEventLoop } from "../helpers/event_loop.ts";
import { fileNames } from "../helpers/file_names.ts";
import { FPS } from "../helpers/fps.ts";
import { readNumbers, writeNumberedSource } from "../helpers/numbered.ts";
import { printedErrors } from "../helpers/printed_errors.ts";
import { range } from "../helpers/range.ts";
import {
  checkComplete,
  checkFile,
  newPaths,
  recordClip,
  recorderOf,
  ringFull,
  runLive,
  SOURCE,
  WINDOW_SEC,
} from "../helpers/recording.ts";
import { tempDir } from "../helpers/temp_dir.ts";
import { playFor, reached, until } from "../helpers/wait.ts";

const STOPPED = `${SOURCE} t. ! fakesink`;

Deno.test("finished resolves with the report of the clip", async () => {
  await using dir = await tempDir();
  await using app = await runLive();
  await using recorder = recorderOf(app.pipeline, newPaths(dir.path));
  await ringFull(app.pipeline);
  const sec = () => [Date.now() / 1000, app.pipeline.runningTimeSec!] as const;
  const [wallBefore, runningBefore] = sec();
  const call = recorder.record();
  const [wallAfter, runningAfter] = sec();
  const { path, finished } = await call;
  const report = await finished;
  const { calls: [calledAt], requested, start, startedAt } = report;
  assertEquals([report.path, report.calls.length], [path, 1]);
  assert(calledAt! >= runningBefore && calledAt! <= runningAfter);
  assertAlmostEquals(requested.start, calledAt! - WINDOW_SEC, 1e-6);
  assertAlmostEquals(requested.end, calledAt! + WINDOW_SEC, 1e-6);
  // Date.now() has whole milliseconds
  const startedSec = startedAt.getTime() / 1000;
  assert(startedSec >= wallBefore - (runningAfter - start) - 0.002);
  assert(startedSec <= wallAfter - (runningBefore - start) + 0.002);
  await checkComplete(report);
});

Deno.test("record() makes one clip of several calls, and each onVideoFinished gets its report", async () => {
  await using dir = await tempDir();
  await using app = await runLive();
  await using recorder = recorderOf(app.pipeline, newPaths(dir.path));
  await ringFull(app.pipeline);
  const got: RecordingReport[] = [];
  const onVideoFinished = (report: RecordingReport) => got.push(report);
  const [first, same] = await Promise.all([
    recorder.record({ onVideoFinished }),
    recorder.record({ onVideoFinished }),
  ]);
  await playFor(app.pipeline, WINDOW_SEC / 2);
  const second = await recorder.record({ onVideoFinished });
  assertEquals([same.path, second.path], [first.path, first.path]);
  const report = await second.finished;
  assertEquals(await first.finished, report);
  assertEquals(got, [report, report, report]);
  assertEquals(report.calls.length, 3);
  assert(report.duration > 2.4 * WINDOW_SEC);
  await checkComplete(report);
});

Deno.test("record() survives an onVideoFinished that throws, and prints its error", async () => {
  await using dir = await tempDir();
  await using app = await runLive();
  await using recorder = recorderOf(app.pipeline, newPaths(dir.path));
  const broken = new Error("broken");
  const printed = await printedErrors(async () => {
    const throwing = await recorder.record({
      onVideoFinished: () => {
        throw broken;
      },
    });
    await recorder.record({ onVideoFinished: () => Promise.reject(broken) });
    await throwing.finished;
    await sleep(0);
  });
  assertEquals(printed, [broken, broken]);
  await recordClip(recorder);
});

Deno.test("record() right after a clip has the full history", async () => {
  await using dir = await tempDir();
  await using app = await runLive();
  await using recorder = recorderOf(app.pipeline, newPaths(dir.path));
  await ringFull(app.pipeline);
  const first = await recordClip(recorder);
  const second = await recordClip(recorder);
  assert(second.start < first.end);
  await checkComplete(first);
  await checkComplete(second);
});

Deno.test("record() while a clip is being finished starts another one with the full history", async () => {
  await using dir = await tempDir();
  await using app = await runLive();
  let mayEnd = false;
  class LateBin extends RecordBin {
    override isEnded(waitNs?: bigint): boolean {
      return mayEnd && super.isEnded(waitNs);
    }
  }
  await using recorder = recorderOf(app.pipeline, newPaths(dir.path), { recordBinClass: LateBin });
  await ringFull(app.pipeline);
  const first = await recorder.record();
  await until("the first clip is being finished", () => recorder.state === "finishing");
  const second = await recorder.record();
  assertEquals(recorder.state, "recording");
  await until("the second clip is being finished", () => recorder.state === "finishing");
  mayEnd = true;
  const reports = await Promise.all([first.finished, second.finished]);
  assert(reports[0].path !== reports[1].path);
  for (const report of reports) await checkComplete(report);
});

Deno.test("record() makes a complete clip with the event loop blocked beyond its end", async () => {
  await using dir = await tempDir();
  await using app = await runLive();
  await using recorder = recorderOf(app.pipeline, newPaths(dir.path));
  await ringFull(app.pipeline);
  const { finished } = await recorder.record();
  blockEventLoop(3 * WINDOW_SEC);
  await checkComplete(await finished);
});

Deno.test("record() waits for the first frame of a pipeline that does not play yet", async () => {
  await using dir = await tempDir();
  await using pipeline = Pipeline.parse(STOPPED);
  await using recorder = recorderOf(pipeline, newPaths(dir.path));
  const call = recorder.record({ maxDelaySec: 20 });
  assertEquals(recorder.state, "starting");
  const playedMs = Date.now();
  await pipeline.play();
  const report = await (await call).finished;
  assertEquals(report.calls, [0]);
  assert(report.start < 1 / FPS); // a live source may start a little late
  assertEquals(report.shortfalls, ["ring-not-full"]);
  assert(report.startedAt.getTime() >= playedMs);
  await checkFile(report);
});

Deno.test("record() rejects where no frame arrives in time, and works once frames flow", async () => {
  await using dir = await tempDir();
  await using pipeline = Pipeline.parse(STOPPED);
  await using recorder = recorderOf(pipeline, newPaths(dir.path));
  const error = await assertRejects(() => recorder.record({ maxDelaySec: 0.05 }), RecordingError);
  assertInstanceOf(error.cause, GstTimeoutError);
  assertMatch(error.message, /No file within 0.05 s/);
  assertEquals(fileNames(dir.path), []);
  assertEquals(recorder.state, "buffering");
  await pipeline.play();
  await ringFull(pipeline);
  await checkComplete(await recordClip(recorder));
});

Deno.test("record() has frame 0 where the recorder is attached before a non-live pipeline plays", async () => {
  await using dir = await tempDir();
  const source = await writeNumberedSource(dir.path, 2, { live: false });
  await using pipeline = Pipeline.parse(`${source} t. ! fakesink`);
  await using recorder = recorderOf(pipeline, newPaths(dir.path));
  await pipeline.play();
  await reached(pipeline, WINDOW_SEC / 2);
  const report = await recordClip(recorder);
  assertEquals(report.start, 0);
  assertEquals(await readNumbers(report.path), range(report.frames));
});

Deno.test("record() rejects where the window is too short for a frame", async () => {
  await using dir = await tempDir();
  await using app = await runLive();
  await using recorder = recorderOf(app.pipeline, newPaths(dir.path), { windowSizeSec: 0.001 });
  await until("no frame is near", () => {
    const phase = app.pipeline.runningTimeSec! * FPS % 1;
    return phase > 0.4 && phase < 0.6;
  });
  await assertRejects(() => recorder.record(), RecordingError, "No frame came from");
});

Deno.test("record() rejects where filenameGenerator does not return a path, and works with the next path", async () => {
  await using dir = await tempDir();
  await using app = await runLive();
  let generate: () => unknown = () => assert(false, "broken");
  await using recorder = recorderOf(app.pipeline, () => generate() as string);
  await assertRejects(() => recorder.record(), Error, "broken");
  const wrong = [undefined, "", "a\0.webm", Promise.resolve("a.webm"), new URL("file:///a.webm")];
  for (const path of wrong) {
    generate = () => path;
    await assertRejects(() => recorder.record(), TypeError, "filenameGenerator");
    assertEquals([recorder.state, recorder.busy], ["buffering", false]);
  }
  generate = newPaths(dir.path);
  await recordClip(recorder);
});

Deno.test("record() does not take a blocked event loop for a slow disk", async () => {
  await using dir = await tempDir();
  await using app = await runLive();
  const recorder = recorderOf(app.pipeline, newPaths(dir.path));
  await reached(app.pipeline, 2 * WINDOW_SEC);
  const recording = recorder.record({ maxDelaySec: 0.2 });
  blockEventLoop(0.5);
  const report = await (await recording).finished;
  assertEquals(report.shortfalls, []);
});
