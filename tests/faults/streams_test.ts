/**
 * Streams with few buffers, streams that record bins cannot keep up with, and streams that end or fail in any state.
 */
import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import { GstError, Pipeline, RecordBin } from "../../mod.ts";
import "../../scripts/open_libraries.ts";
import { deadline } from "../../src/util/deadline.ts";
import { probeClip } from "../helpers/ffprobe.ts";
import { FPS } from "../helpers/fps.ts";
import { PooledCamera } from "../helpers/pooled_camera.ts";
import { BOUND_SEC, checkFile, newPaths, recorderOf, runLive } from "../helpers/recording.ts";
import { tempDir } from "../helpers/temp_dir.ts";
import { playFor } from "../helpers/wait.ts";
import { checkNumbers, recorderAt, recordNext, VIDEO, WINDOW_SEC } from "./streams.ts";
import { addRow } from "./table.ts";

/** Checks clips of a camera with a small buffer pool, and that the ring leaves it enough buffers. */
async function checkPool(buffers: number): Promise<void> {
  await using dir = await tempDir();
  await using camera = await PooledCamera.start(buffers);
  const recorder = recorderAt(camera.app, dir.path);
  // the ring may hold all of them until the recorder has noticed that, within a second
  await playFor(camera.app.pipeline, 1.2);
  const lost = camera.lost.length;
  assert(lost > 0, "the source never lacks a buffer");
  await playFor(camera.app.pipeline, 2 * WINDOW_SEC);
  await checkNumbers(await recordNext(recorder));
  await checkNumbers(await recordNext(recorder));
  assertEquals(camera.lost.length, lost, "the source lacks buffers");
  await recorder.close();

  const copying = recorderOf(camera.app.pipeline, newPaths(dir.path), {
    windowSizeSec: WINDOW_SEC,
    copyFrames: true,
  });
  await playFor(camera.app.pipeline, 2 * WINDOW_SEC);
  await checkNumbers(await recordNext(copying));
  assertEquals(camera.lost.length, lost, "the source lacks buffers");
  await copying.close();
}

Deno.test("VideoRecorder leaves a source with few buffers enough of them", async () => {
  await Promise.all([4, 8].map(checkPool));
  addRow(import.meta.url, {
    fault: "a source with 4 or 8 buffers",
    tries: 2,
    outcome: "frames are copied, every clip is complete",
    lost: "up to a second of frames until that is noticed, none with copyFrames",
  });
});

/** Returns the number of frames in a ring at a source that shares memory for ten frames with another pipeline. */
async function framesOfShared(folder: string, copyFrames: boolean): Promise<number> {
  const socket = `${folder}/${copyFrames}`;
  await using writer = Pipeline.parse(
    `videotestsrc is-live=true ! ${VIDEO} ! ` +
      `shmsink socket-path=${socket} shm-size=60000 wait-for-connection=false sync=false`,
  );
  await writer.play();
  await using app = await runLive(
    `shmsrc socket-path=${socket} is-live=true do-timestamp=true ! ${VIDEO} ! tee name=t t. ! fakesink async=false`,
  );
  const recorder = recorderOf(app.pipeline, newPaths(folder), {
    ...{ windowSizeSec: WINDOW_SEC, copyFrames },
  });
  await playFor(app.pipeline, 4 * WINDOW_SEC);
  const { frames } = recorder.stats();
  if (copyFrames) {
    const report = await recordNext(recorder);
    assertEquals([report.shortfalls, report.dropped], [[], 0], Deno.inspect(report));
    await checkFile(report);
  }
  return frames;
}

Deno.test("copyFrames leaves a source its buffers that are not in a pool", async () => {
  await using dir = await tempDir();
  const [held, copied] = await Promise.all(
    [false, true].map((copyFrames) => framesOfShared(dir.path, copyFrames)),
  );
  assert(copied! >= WINDOW_SEC * FPS, `${copied} frames`);
  assert(
    held! < WINDOW_SEC * FPS,
    "a ring that holds the source's buffers does not starve it here",
  );
});

Deno.test("record() drops encoded frames up to a keyframe, and counts them", async () => {
  await using dir = await tempDir();
  class SlowBin extends RecordBin {
    static override readonly binString: string =
      "appsrc name=appsrc ! identity sync=true ts-offset=5300000000 ! h264parse ! matroskamux ! filesink name=filesink";
  }
  await using app = await runLive(
    `videotestsrc is-live=true pattern=ball ! ${VIDEO} ! ` +
      "x264enc tune=zerolatency speed-preset=ultrafast key-int-max=15 ! h264parse ! tee name=t t. ! fakesink",
  );
  const recorder = recorderOf(app.pipeline, newPaths(dir.path, ".mkv"), {
    ...{ windowSizeSec: WINDOW_SEC, recordBinClass: SlowBin, onWarning: () => {} },
  });
  await playFor(app.pipeline, 2 * WINDOW_SEC);
  const report = await recordNext(recorder, { afterSec: 6.8 });
  const text = Deno.inspect(report);
  assertEquals(report.shortfalls, ["encoder-too-slow"], text);
  assert(report.dropped > 0 && report.end >= report.requested.end, text);
  assertEquals(report.frames + report.dropped, Math.round(report.duration * FPS), text);
  assertEquals((await probeClip(report.path)).frames, report.frames, text);
  addRow(import.meta.url, {
    fault: "a disk or a muxer is too slow for encoded video",
    tries: 1,
    outcome: "frames are dropped up to a keyframe and counted; the clip decodes without an error",
    lost: "those frames",
  });
});

Deno.test("VideoRecorder does not hang when its pipeline ends or fails in any state", async () => {
  await using dir = await tempDir();
  const source = `videotestsrc is-live=true ! ${VIDEO} ! tee name=t t. !`;
  const texts = [
    ...["null-to-ready", "ready-to-paused", "paused-to-playing"].map((state) =>
      `${source} fakesink state-error=${state}`
    ),
    `${source} identity error-after=1 ! fakesink`,
    `${source} identity error-after=20 ! fakesink`,
    ...[0, 1, 20].map((count) => `${source} fakesink`.replace("src ", `src num-buffers=${count} `)),
  ];
  await Promise.all(texts.map(async (text) => {
    await using pipeline = Pipeline.parse(text);
    const recorder = recorderOf(pipeline, newPaths(dir.path), { windowSizeSec: WINDOW_SEC });
    const started = pipeline.play().catch((error) => assertInstanceOf(error, GstError));
    const recordings = [recorder.record(), started.then(() => recorder.record())];
    for (const recording of recordings) {
      const done = recording.then(({ finished }) => finished).catch((error) => {
        assertInstanceOf(error, GstError);
        return null;
      });
      const report = await deadline(done, BOUND_SEC, `The clip of ${text} does not end`);
      if (report === null) continue;
      assert(report.shortfalls.length > 0, text);
      await checkFile(report);
    }
    await deadline(pipeline.stop(), BOUND_SEC, `${text} does not stop`);
    assertEquals(recorder.state, "detached");
  }));
  addRow(import.meta.url, {
    fault: "an error or the end of the stream in each state",
    tries: texts.length,
    outcome: "clips are finished with the reason, or record() rejects",
    lost: "0 frames before that",
  });
});
