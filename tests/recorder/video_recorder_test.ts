/**
 * The life of a recorder: its states, its end, and other recorders on the same tee.
 */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { GstClosedError, RecordBin, type RecorderState } from "../../mod.ts";
import {
  checkComplete,
  checkFile,
  newPaths,
  recordClip,
  recorderOf,
  ringFull,
  runLive,
  WINDOW_SEC,
} from "../helpers/recording.ts";
import { tempDir } from "../helpers/temp_dir.ts";
import { reached } from "../helpers/wait.ts";

Deno.test("VideoRecorder.state goes through buffering, starting, recording, finishing, buffering, detached", async () => {
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

Deno.test("VideoRecorder.close() can be called several times, and ends record()", async () => {
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

Deno.test("VideoRecorder is closed by `await using`", async () => {
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

Deno.test("VideoRecorder is closed by the pipeline's stop() and close()", async () => {
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

Deno.test("VideoRecorder records the same as another one on its tee", async () => {
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
  await checkComplete(await recordClip(late));
});

Deno.test("VideoRecorder records while others on its tee are attached and closed", async () => {
  await using dir = await tempDir();
  await using app = await runLive();
  await using recorder = recorderOf(app.pipeline, newPaths(dir.path));
  await ringFull(app.pipeline);
  const { finished } = await recorder.record();
  for (let i = 0; i < 20; i++) await recorderOf(app.pipeline, newPaths(dir.path)).close();
  await checkComplete(await finished);
});
