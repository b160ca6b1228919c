/**
 * Streams whose caps state another rate than comes, and streams with holes: the ring holds its window, and no loss is invented.
 */
import { assert, assertEquals } from "@std/assert";
import { GstError, type Pipeline } from "../../mod.ts";
import { checkFile, newPaths, recordClips, recorderOf, runLive } from "../helpers/recording.ts";
import { tempDir } from "../helpers/temp_dir.ts";
import { playFor } from "../helpers/wait.ts";

const WINDOW_SEC = 2;
const FPS = 30;
const RAW = `videotestsrc is-live=true ! video/x-raw,width=64,height=48,framerate=${FPS}/1`;
const X264 = "x264enc tune=zerolatency speed-preset=ultrafast key-int-max=15";

/** Attaches a recorder of encoded or raw video to a tee. */
function recorderAt(pipeline: Pipeline, folder: string, srcTeeName: string) {
  return recorderOf(pipeline, newPaths(folder, srcTeeName.startsWith("raw") ? ".webm" : ".mkv"), {
    ...{ srcTeeName, windowSizeSec: WINDOW_SEC, onWarning: () => {} },
  });
}

Deno.test("record() has its window, and no false losses, whatever rate the caps state", async () => {
  await using dir = await tempDir();
  const rates = ["15/1", "90/1", "0/1"];
  const tees = rates.flatMap((rate, i) => [
    { name: `raw${i}`, text: `${RAW} ! capssetter caps=video/x-raw,framerate=${rate}` },
    { name: `h264${i}`, text: `${RAW} ! ${X264} ! capssetter caps=video/x-h264,framerate=${rate}` },
  ]);
  await using app = await runLive(
    tees.map(({ name, text }) => `${text} ! tee name=${name} ${name}. ! fakesink`).join(" "),
  );
  const recorders = tees.map(({ name }) => recorderAt(app.pipeline, dir.path, name));
  await playFor(app.pipeline, 2.5 * WINDOW_SEC);
  const reports = await recordClips(recorders, { afterSec: 0.5, maxDelaySec: 10 });
  for (const report of reports) {
    const text = Deno.inspect(report);
    assertEquals([report.shortfalls, report.dropped], [[], 0], text);
    assert(report.start < report.requested.start + 1.01 / FPS, text);
    assertEquals(report.frames, Math.round(report.duration * FPS), text);
  }
  for (const [i, report] of reports.entries()) if (i % 2 === 1) await checkFile(report);
});

Deno.test("record() takes a camera that halves its rate for one that loses no frame", async () => {
  await using dir = await tempDir();
  // as a webcam in the dark, whose caps stay as they were
  await using app = await runLive(
    `videotestsrc is-live=true ! videorate name=camera ! capsfilter name=rate caps=video/x-raw,width=64,height=48,framerate=${FPS}/1 ` +
      `! capssetter caps=video/x-raw,framerate=${FPS}/1 ! tee name=raw raw. ! fakesink`,
  );
  const recorder = recorderAt(app.pipeline, dir.path, "raw");
  await playFor(app.pipeline, 1.5 * WINDOW_SEC);
  app.pipeline.element("rate").setProperty(
    "caps",
    `video/x-raw,width=64,height=48,framerate=${FPS / 2}/1`,
  );
  await playFor(app.pipeline, WINDOW_SEC / 2);
  const [report] = await recordClips([recorder]);
  const text = Deno.inspect(report);
  assertEquals([report!.shortfalls, report!.dropped], [[], 0], text);
  assert(report!.frames < 4 * WINDOW_SEC * FPS * 0.8, text);
});

Deno.test("record() does not take a hole in the stream for a GOP", async () => {
  await using dir = await tempDir();
  await using app = await runLive(
    `${RAW} ! ${X264} ! h264parse ! valve name=hole ! tee name=h264 h264. ! fakesink async=false`,
  );
  const recorder = recorderAt(app.pipeline, dir.path, "h264");
  await playFor(app.pipeline, 1.5 * WINDOW_SEC);
  const gopSec = recorder.stats().gopSec;
  app.pipeline.element("hole").setProperty("drop", true);
  await playFor(app.pipeline, 2 * WINDOW_SEC);
  app.pipeline.element("hole").setProperty("drop", false);
  await playFor(app.pipeline, 1.5 * WINDOW_SEC);
  assertEquals(recorder.stats().gopSec, gopSec);
  const [report] = await recordClips([recorder], { afterSec: 0.5 });
  const text = Deno.inspect(report);
  assertEquals([report!.shortfalls, report!.dropped], [[], 0], text);
  assert(report!.start > report!.requested.start - 1, text);
});

Deno.test("stats() and record() say that no keyframe comes", async () => {
  await using dir = await tempDir();
  // without parameter sets, which came once before the recorder was attached
  await using app = await runLive(
    `${RAW} ! ${X264} option-string=repeat-headers=0 ! tee name=h264 h264. ! fakesink`,
  );
  await playFor(app.pipeline, 1);
  const warnings: string[] = [];
  const recorder = recorderOf(app.pipeline, newPaths(dir.path, ".mkv"), {
    ...{ srcTeeName: "h264", windowSizeSec: WINDOW_SEC },
    onWarning: (text) => warnings.push(text),
  });
  await playFor(app.pipeline, 5);
  assertEquals(warnings.length, 1, warnings.join());
  const cause = /lack the parameter sets, .* config-interval=-1/;
  for (const text of [...warnings, ...recorder.stats().warnings]) assert(cause.test(text), text);
  const error = await recorder.record({ maxDelaySec: 0.3 }).catch((error) => error);
  assert(error instanceof GstError && cause.test(error.message), String(error));
});
