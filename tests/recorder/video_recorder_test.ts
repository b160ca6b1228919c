/**
 * The life of a recorder: states, calls in each of them, and how it goes with its pipeline.
 */
import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertInstanceOf,
  assertMatch,
  assertRejects,
  assertThrows,
} from "@std/assert";
import {
  GstClosedError,
  GstError,
  GstTimeoutError,
  Pipeline,
  RecordBin,
  type RecorderState,
  RecordingError,
  type RecordingReport,
  RingBuffer,
} from "../../mod.ts";
import { blockEventLoop } from "../helpers/event_loop.ts";
import { fileNames } from "../helpers/file_names.ts";
import { FPS } from "../helpers/fps.ts";
import { numberedSource, readNumbers, writeNumbered } from "../helpers/numbered.ts";
import { printedErrors } from "../helpers/printed_errors.ts";
import {
  checkComplete,
  checkFile,
  newPaths,
  recorderOf,
  ringFull,
  runLive,
  SOURCE,
  WINDOW_SEC,
} from "../helpers/recording.ts";
import { tempDir } from "../helpers/temp_dir.ts";
import { playFor, reached, until } from "../helpers/wait.ts";

const STOPPED = `${SOURCE} t. ! fakesink`;

Deno.test("state goes through buffering, starting, recording, finishing, buffering, detached", async () => {
  await using dir = await tempDir();
  await using app = await runLive();
  class SeenBin extends RecordBin {
    override isEnded(waitNs?: bigint): boolean {
      return states.at(-1)?.[0] === "finishing" && super.isEnded(waitNs);
    }
  }
  const options = { recordBinClass: SeenBin };
  const recorder = recorderOf(app.pipeline, newPaths(dir.path), options);
  const states: [RecorderState, boolean][] = [];
  const look = () => {
    if (states.at(-1)?.[0] !== recorder.state) states.push([recorder.state, recorder.busy]);
  };
  const timer = setInterval(look, 1);
  look();
  await ringFull(app.pipeline);
  const call = recorder.record();
  look();
  const { finished } = await call;
  look();
  await finished;
  look();
  await recorder.close();
  look();
  clearInterval(timer);
  assertEquals(states, [
    ["buffering", false],
    ["starting", true],
    ["recording", true],
    ["finishing", true],
    ["buffering", false],
    ["detached", false],
  ]);
});

Deno.test("finished resolves to the truth about the clip", async () => {
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
  // Date.now() is whole milliseconds
  const startedSec = startedAt.getTime() / 1000;
  assert(startedSec >= wallBefore - (runningAfter - start) - 0.002);
  assert(startedSec <= wallAfter - (runningBefore - start) + 0.002);
  await checkComplete(report);
});

Deno.test("record() of two calls makes one clip, and each onVideoFinished gets its report", async () => {
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
    await new Promise((resolve) => setTimeout(resolve));
  });
  assertEquals(printed, [broken, broken]);
  await (await recorder.record()).finished;
});

Deno.test("record() right after a clip has its full history", async () => {
  await using dir = await tempDir();
  await using app = await runLive();
  await using recorder = recorderOf(app.pipeline, newPaths(dir.path));
  await ringFull(app.pipeline);
  const first = await (await recorder.record()).finished;
  const second = await (await recorder.record()).finished;
  assert(second.start < first.end);
  await checkComplete(first);
  await checkComplete(second);
});

Deno.test("record() while a clip is being finished starts a new one with its full history", async () => {
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

Deno.test("record() with the event loop blocked beyond the clip's end", async () => {
  await using dir = await tempDir();
  await using app = await runLive();
  await using recorder = recorderOf(app.pipeline, newPaths(dir.path));
  await ringFull(app.pipeline);
  const { finished } = await recorder.record();
  blockEventLoop(3 * WINDOW_SEC);
  await checkComplete(await finished);
});

Deno.test("record() before the pipeline plays waits for its first frame", async () => {
  await using dir = await tempDir();
  await using pipeline = Pipeline.parse(STOPPED);
  await using recorder = recorderOf(pipeline, newPaths(dir.path));
  const call = recorder.record({ maxDelaySec: 20 });
  assertEquals(recorder.state, "starting");
  const playedMs = Date.now();
  await pipeline.play();
  const report = await (await call).finished;
  assertEquals(report.calls, [0]);
  assert(report.start < 1 / FPS); // a live source starts when it is ready
  assertEquals(report.shortfalls, ["ring-not-full"]);
  assert(report.startedAt.getTime() >= playedMs);
  await checkFile(report);
});

Deno.test("record() rejects where no frame comes in time, and the recorder goes on", async () => {
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
  await checkComplete(await (await recorder.record()).finished);
});

Deno.test("record() of a recorder attached before a paced pipeline plays has frame 0", async () => {
  await using dir = await tempDir();
  await writeNumbered(`${dir.path}/n.raw`, 60);
  const source = numberedSource({ path: `${dir.path}/n.raw`, fps: 30, live: false, teeName: "t" });
  await using pipeline = Pipeline.parse(`${source} t. ! fakesink`);
  await using recorder = recorderOf(pipeline, newPaths(dir.path));
  await pipeline.play();
  await reached(pipeline, WINDOW_SEC / 2);
  const report = await (await recorder.record()).finished;
  assertEquals(report.start, 0);
  const numbers = await readNumbers(report.path);
  assertEquals(numbers, Array.from({ length: report.frames }, (_, i) => i));
});

Deno.test("close() may be called twice and at once, and ends record()", async () => {
  await using dir = await tempDir();
  await using app = await runLive();
  const recorder = recorderOf(app.pipeline, newPaths(dir.path));
  const closing = recorder.close();
  await assertRejects(() => recorder.record(), GstClosedError, "closed");
  await Promise.all([closing, recorder.close(), recorder.close()]);
  await recorder.close();
  assertEquals([recorder.state, recorder.busy], ["detached", false]);
  await assertRejects(() => recorder.record(), GstClosedError, "closed");
  assertEquals(app.pipeline.state, "playing");
});

Deno.test("close() is what `await using` does", async () => {
  await using dir = await tempDir();
  await using app = await runLive();
  const using = async () => {
    await using recorder = recorderOf(app.pipeline, newPaths(dir.path));
    const recording = await recorder.record();
    return { recorder, recording };
  };
  const { recorder, recording } = await using();
  assertEquals(recorder.state, "detached");
  const report = await recording.finished;
  assert(report.shortfalls.includes("closed"));
  await checkFile(report);
});

Deno.test("close() comes with the pipeline's stop() and close()", async () => {
  await using dir = await tempDir();
  for (const end of ["stop", "close"] as const) {
    await using app = await runLive();
    const recorder = recorderOf(app.pipeline, newPaths(dir.path));
    await app.pipeline[end]();
    assertEquals(recorder.state, "detached");
    await assertRejects(() => recorder.record(), GstClosedError);
    await recorder.close();
  }
});

Deno.test("a recorder on a tee that has one already records the same", async () => {
  await using dir = await tempDir();
  await using app = await runLive();
  await using early = recorderOf(app.pipeline, newPaths(dir.path));
  await reached(app.pipeline, WINDOW_SEC);
  const first = await early.record();
  await using late = recorderOf(app.pipeline, newPaths(dir.path));
  const early1 = await first.finished;
  const [early2, late1] = await Promise.all(
    (await Promise.all([early.record(), late.record()])).map(({ finished }) => finished),
  );
  for (const report of [early1, early2!, late1!]) await checkComplete(report);
  await early.close();
  await checkComplete(await (await late.record()).finished);
});

Deno.test("a recorder goes on where another on its tee comes and goes", async () => {
  await using dir = await tempDir();
  await using app = await runLive();
  await using recorder = recorderOf(app.pipeline, newPaths(dir.path));
  await ringFull(app.pipeline);
  const { finished } = await recorder.record();
  for (let i = 0; i < 20; i++) await recorderOf(app.pipeline, newPaths(dir.path)).close();
  await checkComplete(await finished);
});

const WRONG_TYPES: Record<string, unknown[]> = {
  pipeline: [undefined, null, {}, "pipeline"],
  srcTeeName: [undefined, null, 1],
  filenameGenerator: [undefined, null, "a.webm"],
  windowSizeSec: [undefined, null, "2", 2n],
  timeoutSec: [null, "1"],
  closeTimeoutSec: [null, "1"],
  maxClipSec: [null, "60"],
  finishOnExit: [null, "yes"],
  exitTimeoutSec: [null, "1"],
  ringBufferClass: [null, "RingBuffer", class {}, () => {}, RecordBin],
  recordBinClass: [null, "RecordBin", class {}, () => {}, RingBuffer],
  onError: [null, "print"],
};
const WRONG_NUMBERS: Record<string, number[]> = {
  windowSizeSec: [0, -1, NaN, Infinity, -Infinity, 1e-9, 1e9, Number.MAX_VALUE],
  timeoutSec: [-1, NaN, Infinity, -Infinity],
  closeTimeoutSec: [-1, NaN, -Infinity],
  maxClipSec: [-1, NaN, -Infinity, 1e9, Number.MAX_VALUE],
  exitTimeoutSec: [-1, NaN, Infinity, -Infinity],
};

Deno.test("VideoRecorder() refuses wrong options by name, and attaches nothing", async () => {
  await using pipeline = Pipeline.parse(STOPPED);
  const names = pipeline.elementNames();
  const refuse = (option: string, value: unknown, error: new (message: string) => Error) =>
    assertThrows(() => recorderOf(pipeline, "a.webm", { [option]: value }), error, option);
  for (const [option, values] of Object.entries(WRONG_TYPES)) {
    for (const value of values) refuse(option, value, TypeError);
  }
  for (const [option, values] of Object.entries(WRONG_NUMBERS)) {
    for (const value of values) refuse(option, value, RangeError);
  }
  assertThrows(() => recorderOf(pipeline, "a", { srcTeeName: "none" }), RangeError, '"none"');
  assertThrows(() => recorderOf(pipeline, "a", { srcTeeName: "source" }), GstError, "needs a tee");
  assertEquals(pipeline.elementNames(), names);
});

Deno.test("VideoRecorder() takes undefined for options that it can do without", async () => {
  await using pipeline = Pipeline.parse(STOPPED);
  const optional = Object.keys(WRONG_TYPES).slice(4);
  const options = Object.fromEntries(optional.map((option) => [option, undefined]));
  const recorder = recorderOf(pipeline, "a.webm", options);
  assertEquals(recorder.state, "buffering");
  await recorder.close();
});

Deno.test("VideoRecorder() refuses a pipeline that is closed", async () => {
  const pipeline = Pipeline.parse(STOPPED);
  await pipeline.close();
  assertThrows(() => recorderOf(pipeline, "a.webm"), GstClosedError);
});

Deno.test("VideoRecorder() takes windows of odd lengths", async () => {
  await using dir = await tempDir();
  await using app = await runLive();
  const windows = [0.05, 1 / 3, Math.PI / 10];
  const recorders = windows.map((windowSizeSec) =>
    recorderOf(app.pipeline, newPaths(dir.path), { windowSizeSec })
  );
  await ringFull(app.pipeline);
  const recordings = await Promise.all(recorders.map((recorder) => recorder.record()));
  for (const [i, { finished }] of recordings.entries()) {
    const report = await finished;
    assertAlmostEquals(report.requested.end - report.requested.start, 2 * windows[i]!, 1e-6);
    await checkComplete(report);
  }
});

Deno.test("record() says so where the window is too short for a frame", async () => {
  await using dir = await tempDir();
  await using app = await runLive();
  await using recorder = recorderOf(app.pipeline, newPaths(dir.path), { windowSizeSec: 0.001 });
  await until("no frame is near", () => {
    const place = app.pipeline.runningTimeSec! * FPS % 1;
    return place > 0.4 && place < 0.6;
  });
  await assertRejects(() => recorder.record(), RecordingError, "No frame came from");
});

Deno.test("record() refuses wrong options by name, and goes on", async () => {
  await using dir = await tempDir();
  await using app = await runLive();
  await using recorder = recorderOf(app.pipeline, newPaths(dir.path));
  const refuse = (option: string, value: unknown, error: new (message: string) => Error) =>
    assertRejects(() => recorder.record({ [option]: value }), error, option);
  for (const value of [null, "1", 1n]) await refuse("maxDelaySec", value, TypeError);
  for (const value of [-1, NaN, -Infinity]) await refuse("maxDelaySec", value, RangeError);
  for (const value of [null, "print"]) await refuse("onVideoFinished", value, TypeError);
  assertEquals([recorder.state, recorder.busy], ["buffering", false]);
  for (const maxDelaySec of [Infinity, Number.MAX_VALUE]) {
    await (await recorder.record({ maxDelaySec })).finished;
  }
});

Deno.test("record() refuses what filenameGenerator returns where it is no path, and goes on", async () => {
  await using dir = await tempDir();
  await using app = await runLive();
  let generate: () => unknown = () => assert(false, "broken");
  await using recorder = recorderOf(app.pipeline, () => generate() as string);
  await assertRejects(() => recorder.record(), Error, "broken");
  const noPaths = [undefined, "", "a\0.webm", Promise.resolve("a.webm"), new URL("file:///a.webm")];
  for (const noPath of noPaths) {
    generate = () => noPath;
    await assertRejects(() => recorder.record(), TypeError, "filenameGenerator");
    assertEquals([recorder.state, recorder.busy], ["buffering", false]);
  }
  generate = newPaths(dir.path);
  await (await recorder.record()).finished;
});

Deno.test("record() does not mistake a busy event loop for a slow disk", async () => {
  await using dir = await tempDir();
  await using app = await runLive();
  const recorder = recorderOf(app.pipeline, newPaths(dir.path));
  await reached(app.pipeline, 2 * WINDOW_SEC);
  const recording = recorder.record({ maxDelaySec: 0.2 });
  blockEventLoop(0.5);
  const report = await (await recording).finished;
  assertEquals(report.shortfalls, []);
});
