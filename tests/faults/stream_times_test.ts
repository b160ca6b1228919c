/**
 * Streams whose timestamps jump, stop or are missing: no frame that has a PTS is lost, and the next clip is complete.
 */
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { RecordingError } from "../../mod.ts";
import "../../scripts/open_libraries.ts";
import { FPS } from "../helpers/fps.ts";
import { readNumbers } from "../helpers/numbered.ts";
import { NumberedCamera } from "../helpers/numbered_camera.ts";
import { reportOf } from "../helpers/recording.ts";
import { tempDir } from "../helpers/temp_dir.ts";
import { playFor } from "../helpers/wait.ts";
import { checkNumbers, recorderAt, recordNext, WINDOW_SEC } from "./streams.ts";
import { addRow } from "./table.ts";

/** Checks clips of a camera whose timestamps jump, and jump back. */
async function checkJump(jumpSec: number): Promise<void> {
  await using dir = await tempDir();
  await using camera = await NumberedCamera.start({ offsetSec: jumpSec < 0 ? 20 : 0 });
  const recorder = recorderAt(camera.app, dir.path);
  await playFor(camera.app.pipeline, 2 * WINDOW_SEC);
  const recording = await recorder.record();
  await playFor(camera.app.pipeline, WINDOW_SEC / 2);
  camera.offsetSec += jumpSec;
  await checkNumbers(await reportOf(recording));
  // the next clip, and one that reaches back over a jump
  await checkNumbers(await recordNext(recorder));
  camera.offsetSec -= jumpSec;
  await playFor(camera.app.pipeline, WINDOW_SEC / 2);
  await checkNumbers(await recordNext(recorder));
  addRow(import.meta.url, {
    fault: `timestamps jump by ${jumpSec} s, and back`,
    tries: 2,
    outcome: "the clip continues, the next one is complete",
    lost: "0 frames",
  });
}

Deno.test("record() loses no frame when the timestamps of a live stream jump", async () => {
  await Promise.all([10, 0.5, -0.5, -10].map(checkJump));
});

Deno.test("record() makes complete clips of a camera whose timestamps are far ahead", async () => {
  await using dir = await tempDir();
  await using camera = await NumberedCamera.start({ offsetSec: 1.7e9 });
  const recorder = recorderAt(camera.app, dir.path);
  await playFor(camera.app.pipeline, 2 * WINDOW_SEC);
  await checkNumbers(await recordNext(recorder));
  await checkNumbers(await recordNext(recorder));
});

Deno.test("record() leaves out and counts frames without timestamps, and does not hang", async () => {
  await using dir = await tempDir();
  await using camera = await NumberedCamera.start();
  camera.app.pipeline.element("source").setProperty("do-timestamp", false);
  const recorder = recorderAt(camera.app, dir.path);
  await playFor(camera.app.pipeline, 2 * WINDOW_SEC);
  const recording = await recorder.record();
  await playFor(camera.app.pipeline, WINDOW_SEC / 4);
  camera.isTimed = false;
  await playFor(camera.app.pipeline, WINDOW_SEC / 4);
  camera.isTimed = true;
  const report = await reportOf(recording);
  const numbers = await readNumbers(report.path);
  assertEquals(report.shortfalls, ["frames-missing"], Deno.inspect(report));
  assertEquals(numbers.length, report.frames);
  assertEquals(report.frames + report.dropped, numbers.at(-1)! - numbers[0]! + 1);
  await playFor(camera.app.pipeline, WINDOW_SEC);
  await checkNumbers(await recordNext(recorder));

  camera.isTimed = false;
  await playFor(camera.app.pipeline, 3 * WINDOW_SEC);
  const error = await assertRejects(() => recorder.record({ maxDelaySec: 0.3 }), RecordingError);
  assertMatch(error.message, /without timestamps/);
  assert(recorder.stats().frames < 4 * WINDOW_SEC * FPS, "frames without timestamps pile up");
  camera.isTimed = true;
  await playFor(camera.app.pipeline, 2 * WINDOW_SEC);
  await checkNumbers(await recordNext(recorder));
  addRow(import.meta.url, {
    fault: "frames without timestamps",
    tries: 2,
    outcome: "left out and counted; the next clip is complete",
    lost: "those frames",
  });
});

Deno.test("record() makes complete clips of a stream without a frame rate", async () => {
  await using dir = await tempDir();
  await using camera = await NumberedCamera.start({ rate: "0/1" });
  const recorders = [".webm", ".mkv", ".mp4"].map((type) => recorderAt(camera.app, dir.path, type));
  await playFor(camera.app.pipeline, 2 * WINDOW_SEC);
  for (const report of await Promise.all(recorders.map((recorder) => recordNext(recorder)))) {
    await checkNumbers(report);
  }
});

Deno.test("record() reports a stall that outlasts the clip", async () => {
  await using dir = await tempDir();
  await using camera = await NumberedCamera.start();
  const recorder = recorderAt(camera.app, dir.path);
  await playFor(camera.app.pipeline, 2 * WINDOW_SEC);
  const recording = await recorder.record();
  camera.isStalled = true;
  await playFor(camera.app.pipeline, 1.4 * WINDOW_SEC);
  camera.isStalled = false;
  const report = await reportOf(recording);
  assertEquals(report.shortfalls, ["frames-missing"], Deno.inspect(report));
  const seen = await readNumbers(report.path);
  assertEquals(report.frames, seen.length);
  assert(report.end < report.requested.end - WINDOW_SEC / 2, Deno.inspect(report));
  assertEquals(report.frames, Math.round(report.duration * FPS), Deno.inspect(report));
  await playFor(camera.app.pipeline, 2 * WINDOW_SEC);
  await checkNumbers(await recordNext(recorder));
});
