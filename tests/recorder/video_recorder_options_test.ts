/**
 * Options of recorders.
 */
import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { GstClosedError, GstError, Pipeline, RecordBin, RingBuffer } from "../../mod.ts";
import {
  checkComplete,
  newPaths,
  recorderOf,
  ringFull,
  runLive,
  SOURCE,
} from "../helpers/recording.ts";
import { tempDir } from "../helpers/temp_dir.ts";

const STOPPED = `${SOURCE} t. ! fakesink`;

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

Deno.test("VideoRecorder() rejects wrong options by name, and attaches nothing", async () => {
  await using pipeline = Pipeline.parse(STOPPED);
  const names = pipeline.elementNames();
  const check = (option: string, value: unknown, error: new (message: string) => Error) =>
    assertThrows(() => recorderOf(pipeline, "a.webm", { [option]: value }), error, option);
  for (const [option, values] of Object.entries(WRONG_TYPES)) {
    for (const value of values) check(option, value, TypeError);
  }
  for (const [option, values] of Object.entries(WRONG_NUMBERS)) {
    for (const value of values) check(option, value, RangeError);
  }
  assertThrows(() => recorderOf(pipeline, "a", { srcTeeName: "none" }), RangeError, '"none"');
  assertThrows(() => recorderOf(pipeline, "a", { srcTeeName: "source" }), GstError, "needs a tee");
  assertEquals(pipeline.elementNames(), names);
});

Deno.test("VideoRecorder() accepts undefined for optional options", async () => {
  await using pipeline = Pipeline.parse(STOPPED);
  const optional = Object.keys(WRONG_TYPES).slice(4);
  const options = Object.fromEntries(optional.map((option) => [option, undefined]));
  const recorder = recorderOf(pipeline, "a.webm", options);
  assertEquals(recorder.state, "buffering");
  await recorder.close();
});

Deno.test("VideoRecorder() rejects a closed pipeline", async () => {
  const pipeline = Pipeline.parse(STOPPED);
  await pipeline.close();
  assertThrows(() => recorderOf(pipeline, "a.webm"), GstClosedError);
});

Deno.test("windowSizeSec need not be a multiple of the frame duration", async () => {
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
