/**
 * Recorders at several tees.
 */
import { assert, assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import { basename } from "@std/path/basename";
import {
  GstClosedError,
  MultiVideoRecorder,
  type MultiVideoRecorderOptions,
  type Pipeline,
  RecordBin,
  type Standalone,
} from "../../mod.ts";
import { codecOf } from "../helpers/ffprobe.ts";
import { fileNames } from "../helpers/file_names.ts";
import { checkComplete, ringFull, runLive, WINDOW_SEC } from "../helpers/recording.ts";
import { tempDir } from "../helpers/temp_dir.ts";

const SOURCE = "videotestsrc is-live=true ! video/x-raw,width=64,height=48,framerate=30/1";

/** Runs a pipeline with the tees `tee_0` and `tee_7`. */
function runTees(): Promise<Standalone> {
  const texts = [0, 7].map((i) => `${SOURCE} ! tee name=tee_${i} tee_${i}. ! fakesink`);
  return runLive(texts.join(" "));
}

function multiRecorder(
  pipeline: Pipeline,
  videoStorage: string,
  options: Partial<MultiVideoRecorderOptions> = {},
): MultiVideoRecorder {
  return new MultiVideoRecorder({
    pipeline,
    srcTeePrefix: "tee",
    padNumberToFileSuffix: { 0: "first", 7: "second" },
    videoStorage,
    windowSizeSec: WINDOW_SEC,
    ...options,
  });
}

Deno.test("MultiVideoRecorder.record() records the tee of a number into a file with its suffix", async () => {
  await using dir = await tempDir();
  await using app = await runTees();
  await using recorder = multiRecorder(app.pipeline, `${dir.path}/new folder`);
  assertEquals([...recorder.recorders.keys()], [0, 7]);
  assertEquals(recorder.busy, false);
  await ringFull(app.pipeline);
  const first = await recorder.record(0);
  assertEquals(recorder.busy, true);
  assertEquals(recorder.recorders.get(7)!.busy, false);
  const reports = [];
  const second = await recorder.record("7", { onVideoFinished: (report) => reports.push(report) });
  for (const [{ path, finished }, suffix] of [[first, "first"], [second, "second"]] as const) {
    assertMatch(basename(path), new RegExp(`^[0-9a-f-]{36}_${suffix}\\.webm$`));
    await checkComplete(await finished);
  }
  assertEquals(reports.length, 1);
  assertEquals(recorder.busy, false);
  assertEquals(fileNames(`${dir.path}/new folder`).length, 2);
});

Deno.test("MultiVideoRecorder.record() rejects an unknown number, and lists the known ones", async () => {
  await using app = await runTees();
  await using recorder = multiRecorder(app.pipeline, "/nowhere");
  for (const id of [1, -1, NaN, "", " ", "first", "0x7", "7 "]) {
    await assertRejects(() => recorder.record(id), RangeError, "there are: 0, 7");
  }
});

Deno.test("MultiVideoRecorder() passes its options to the recorders", async () => {
  await using dir = await tempDir();
  await using app = await runTees();
  class SmallBin extends RecordBin {
    static override readonly binString: string =
      "appsrc name=appsrc ! videoconvert ! jpegenc ! matroskamux ! filesink name=filesink";
  }
  await using recorder = multiRecorder(app.pipeline, dir.path, { recordBinClass: SmallBin });
  const { path, finished } = await recorder.record(7);
  await finished;
  assertEquals(await codecOf(path), "mjpeg");
});

Deno.test("MultiVideoRecorder() attaches all recorders or none", async () => {
  await using app = await runTees();
  const names = app.pipeline.elementNames();
  const padNumberToFileSuffix = { 0: "first", 7: "second", 9: "none" };
  assertThrows(
    () => multiRecorder(app.pipeline, "/nowhere", { padNumberToFileSuffix }),
    RangeError,
    '"tee_9"',
  );
  assertEquals(app.pipeline.elementNames(), names);
});

Deno.test("MultiVideoRecorder() rejects wrong options by name", async () => {
  await using app = await runTees();
  const names = app.pipeline.elementNames();
  const wrong: Record<string, unknown[]> = {
    srcTeePrefix: [undefined, null, 1],
    padNumberToFileSuffix: [undefined, null, "first", { 0: 1 }, { 0: "a/b" }, { 0: "a\0" }],
    videoStorage: [undefined, null, "", 1, "a\0"],
    windowSizeSec: [undefined, "2"],
  };
  for (const [option, values] of Object.entries(wrong)) {
    for (const value of values) {
      const options = { [option]: value };
      assertThrows(() => multiRecorder(app.pipeline, "/nowhere", options), TypeError, option);
    }
  }
  assertEquals(app.pipeline.elementNames(), names);
});

Deno.test("MultiVideoRecorder.close() closes all recorders and finishes their clips", async () => {
  await using dir = await tempDir();
  await using app = await runTees();
  const recorder = multiRecorder(app.pipeline, dir.path);
  await ringFull(app.pipeline);
  const recordings = await Promise.all([recorder.record(0), recorder.record(7)]);
  await Promise.all([recorder.close(), recorder.close()]);
  for (const { finished } of recordings) {
    assert((await finished).shortfalls.includes("closed"));
  }
  await assertRejects(() => recorder.record(0), GstClosedError);
  assertEquals(app.pipeline.state, "playing");
});
