/**
 * Events that end a clip early: each leaves a file, and a report with the reason.
 */
import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  GstError,
  Pipeline,
  type Recording,
  type RecordingReport,
  type Shortfall,
} from "../../mod.ts";
import { sleep } from "../../scripts/lib/sleep.ts";
import { FPS } from "../helpers/fps.ts";
import {
  BOUND_SEC,
  checkComplete,
  checkFile,
  newPaths,
  recordClip,
  recorderOf,
  reportOf,
  ringFull,
  runLive,
  SOURCE,
  WINDOW_SEC,
} from "../helpers/recording.ts";
import { tempDir } from "../helpers/temp_dir.ts";
import { playFor, reached, until } from "../helpers/wait.ts";
import { addRow } from "./table.ts";

/** A source with a valve that stops its frames. */
const VALVE = `${SOURCE.replace("! tee", "! valve name=valve ! tee")} t. ! fakesink async=false`;

/** Options of a clip that does not end by itself, however slow the machine. */
const OPEN = { afterSec: 3600 };
/** Seconds after a call, long enough for a slow machine to do something in mid-clip. */
const STALL_AFTER_SEC = 2;

/** Checks a clip that ends early for one reason. */
async function checkShort(recording: Recording, reason: Shortfall): Promise<RecordingReport> {
  const report = await reportOf(recording);
  const { start, end, requested, shortfalls, dropped, frames, duration } = report;
  const text = Deno.inspect(report);
  assertEquals({ shortfalls, dropped }, { shortfalls: [reason], dropped: 0 }, text);
  assert(start >= requested.start && end < requested.end, text);
  assertEquals(frames, Math.round(duration * FPS), text);
  await checkFile(report);
  return report;
}

Deno.test("VideoRecorder finishes a clip at the end of the stream, before Standalone.ended resolves", async () => {
  await using dir = await tempDir();
  await using app = await runLive(
    SOURCE.replace("videotestsrc", "videotestsrc num-buffers=36") + " t. ! fakesink",
  );
  await using recorder = recorderOf(app.pipeline, newPaths(dir.path));
  const order: string[] = [];
  void app.ended.then(() => order.push("ended"));
  await reached(app.pipeline, 1);
  const recording = await recorder.record(OPEN);
  void recording.finished.then(() => order.push("finished"));
  await checkShort(recording, "end-of-stream");
  await app.ended;
  assertEquals(order, ["finished", "ended"]);
});

Deno.test("VideoRecorder finishes a clip at stop() of the pipeline or the app", async () => {
  await using dir = await tempDir();
  for (const stopped of ["pipeline", "app"] as const) {
    await using app = await runLive();
    await using recorder = recorderOf(app.pipeline, newPaths(dir.path));
    await ringFull(app.pipeline);
    const recording = await recorder.record(OPEN);
    await (stopped === "app" ? app : app.pipeline).stop();
    assertEquals(recorder.state, "detached");
    await checkShort(recording, "end-of-stream");
  }
});

Deno.test("VideoRecorder finishes a clip at close() of the recorder or the pipeline", async () => {
  await using dir = await tempDir();
  for (const closed of ["recorder", "pipeline"] as const) {
    await using app = await runLive();
    const recorder = recorderOf(app.pipeline, newPaths(dir.path));
    await ringFull(app.pipeline);
    const recording = await recorder.record(OPEN);
    await (closed === "recorder" ? recorder : app.pipeline).close();
    assertEquals([recorder.state, recorder.busy], ["detached", false]);
    await checkShort(recording, "closed");
  }
});

Deno.test("VideoRecorder finishes a clip at an error of the pipeline", async () => {
  await using dir = await tempDir();
  await using app = await runLive(
    `${SOURCE.replace("! tee", "! identity error-after=36 ! tee")} t. ! fakesink`,
  );
  const failed = assertRejects(() => app.ended, GstError, "identity");
  await using recorder = recorderOf(app.pipeline, newPaths(dir.path));
  await reached(app.pipeline, 1);
  const report = await reportOf(await recorder.record(OPEN));
  await failed;
  assert(report.end < report.requested.end);
  assertEquals(report.shortfalls.length, 1);
  await checkFile(report);
  assertEquals(recorder.state, "detached");
  addRow(import.meta.url, {
    fault: "an element fails in mid-clip",
    tries: 1,
    outcome: "the clip is finished, and the report has the reason",
    lost: "0 frames before that",
  });
});

Deno.test("VideoRecorder finishes a clip at an error that nobody reads from the bus", async () => {
  await using dir = await tempDir();
  await using pipeline = Pipeline.parse(
    `${SOURCE.replace("! tee", "! identity error-after=36 ! tee")} t. ! fakesink`,
  );
  await using recorder = recorderOf(pipeline, newPaths(dir.path));
  await pipeline.play();
  await reached(pipeline, 1);
  const report = await reportOf(await recorder.record(OPEN));
  assert(report.end < report.requested.end);
  assertEquals(report.shortfalls.length, 1);
  await checkFile(report);
});

Deno.test("VideoRecorder finishes a clip when its source stalls for good", async () => {
  await using dir = await tempDir();
  await using app = await runLive(VALVE);
  await using recorder = recorderOf(app.pipeline, newPaths(dir.path));
  await ringFull(app.pipeline);
  const recording = await recorder.record({ afterSec: STALL_AFTER_SEC });
  app.pipeline.element("valve").setProperty("drop", true);
  await checkShort(recording, "source-stalled");
  assertEquals(recorder.state, "buffering");
  app.pipeline.element("valve").setProperty("drop", false);
  await playFor(app.pipeline, 2 * WINDOW_SEC);
  await checkComplete(await recordClip(recorder));
  addRow(import.meta.url, {
    fault: "a source stalls for good",
    tries: 1,
    outcome: "the clip is finished with source-stalled; once frames flow, the next is complete",
    lost: "0 frames",
  });
});

Deno.test("VideoRecorder continues a clip when its source stalls and resumes, and counts missing frames", async () => {
  await using dir = await tempDir();
  await using app = await runLive(VALVE);
  await using recorder = recorderOf(app.pipeline, newPaths(dir.path));
  await ringFull(app.pipeline);
  const { finished } = await recorder.record({ afterSec: STALL_AFTER_SEC });
  const valve = app.pipeline.element("valve");
  valve.setProperty("drop", true);
  await playFor(app.pipeline, WINDOW_SEC / 2);
  valve.setProperty("drop", false);
  const report = await finished;
  assertEquals(report.shortfalls, ["frames-missing"]);
  assert(report.dropped > 0);
  assertEquals(report.frames + report.dropped, Math.round(report.duration * FPS));
  await checkFile(report);
  addRow(import.meta.url, {
    fault: "a source stalls and resumes",
    tries: 1,
    outcome: "the clip continues, and the report counts the missing frames",
    lost: "0 frames that flowed",
  });
});

Deno.test("record() during a stall has the frames before it", async () => {
  await using dir = await tempDir();
  await using app = await runLive(VALVE);
  await using recorder = recorderOf(app.pipeline, newPaths(dir.path));
  await ringFull(app.pipeline);
  const valve = app.pipeline.element("valve");
  valve.setProperty("drop", true);
  await playFor(app.pipeline, WINDOW_SEC / 2);
  const { end, calls } = await checkShort(await recorder.record(), "source-stalled");
  assert(end < calls[0]!);
  valve.setProperty("drop", false); // lets EOS pass
});

Deno.test("record() rejects during a long stall, and works again after it", async () => {
  await using dir = await tempDir();
  await using app = await runLive(VALVE);
  await using recorder = recorderOf(app.pipeline, newPaths(dir.path));
  await reached(app.pipeline, WINDOW_SEC);
  const valve = app.pipeline.element("valve");
  valve.setProperty("drop", true);
  await playFor(app.pipeline, 1.5 * WINDOW_SEC);
  await assertRejects(() => recorder.record({ maxDelaySec: 0.1 }), GstError, "no frame came");
  const waiting = recorder.record({ maxDelaySec: BOUND_SEC });
  valve.setProperty("drop", false);
  const report = await (await waiting).finished;
  assertEquals(report.shortfalls, ["ring-not-full"]);
  await checkFile(report);
});

Deno.test("VideoRecorder keeps open clips and the history while the pipeline is paused", async () => {
  await using dir = await tempDir();
  await using app = await runLive();
  await using first = recorderOf(app.pipeline, newPaths(dir.path));
  await using second = recorderOf(app.pipeline, newPaths(dir.path));
  await ringFull(app.pipeline);
  await recordClip(first);
  const open = await second.record();
  await app.pipeline.pause();
  const pausedAt = app.pipeline.runningTimeSec!;
  // longer than a stall that ends a clip, and longer than frames are kept
  await sleep(WINDOW_SEC + 2.5);
  assertEquals(app.pipeline.runningTimeSec, pausedAt);
  assertEquals(second.state, "recording");
  await app.pipeline.play();
  const next = await first.record();
  for (const { finished } of [open, next]) {
    const report = await finished;
    const { shortfalls, dropped, start, end, requested } = report;
    // one frame is shorter, as the source starts again
    assertEquals({ shortfalls, dropped }, { shortfalls: [], dropped: 0 }, Deno.inspect(report));
    assert(start < requested.start + 1 / FPS && end >= requested.end, Deno.inspect(report));
    assert(requested.start < pausedAt && requested.end > pausedAt);
    await checkFile(report);
  }
  addRow(import.meta.url, {
    fault: "pause and resume of the pipeline in mid-clip",
    tries: 2,
    outcome: "the clip continues and is complete",
    lost: "0 frames",
  });
});

Deno.test("VideoRecorder finishes a clip when the pipeline is set to null, and records its next stream", async () => {
  await using dir = await tempDir();
  await using pipeline = Pipeline.parse(`${SOURCE} t. ! fakesink`);
  await using recorder = recorderOf(pipeline, newPaths(dir.path));
  await pipeline.play();
  await reached(pipeline, 4 * WINDOW_SEC);
  const recording = await recorder.record(OPEN);
  await pipeline.setState("null");
  await checkShort(recording, "end-of-stream");
  await pipeline.play();
  const next = await recordClip(recorder);
  assertEquals(next.shortfalls, ["ring-not-full"]);
  assert(next.start < 1 / FPS && next.end < 4 * WINDOW_SEC, Deno.inspect(next));
  await checkFile(next);
});

Deno.test("VideoRecorder.close() finishes a clip of a paused pipeline", async () => {
  await using dir = await tempDir();
  await using app = await runLive();
  await using recorder = recorderOf(app.pipeline, newPaths(dir.path));
  await ringFull(app.pipeline);
  const recording = await recorder.record(OPEN);
  await app.pipeline.pause();
  await recorder.close();
  await checkShort(recording, "closed");
});

Deno.test("record() reports that the ring was not full", async () => {
  await using dir = await tempDir();
  await using app = await runLive();
  await using recorder = recorderOf(app.pipeline, newPaths(dir.path), { windowSizeSec: 60 });
  await until("there is a frame", () => app.pipeline.runningTimeSec! > 2 / FPS);
  const report = await reportOf(await recorder.record({ afterSec: WINDOW_SEC }));
  assertEquals(report.shortfalls, ["ring-not-full"]);
  assert(report.requested.start < 0);
  assert(report.start >= 0 && report.start < report.calls[0]!);
  await checkFile(report);
});

Deno.test("VideoRecorder.close() finishes only the clip of its recorder on a tee", async () => {
  await using dir = await tempDir();
  await using app = await runLive();
  const closed = recorderOf(app.pipeline, newPaths(dir.path));
  await using other = recorderOf(app.pipeline, newPaths(dir.path));
  await ringFull(app.pipeline);
  const [short, whole] = await Promise.all([closed.record(OPEN), other.record()]);
  await closed.close();
  await checkShort(short, "closed");
  await checkComplete(await whole.finished);
});
