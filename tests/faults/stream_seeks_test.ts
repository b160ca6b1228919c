/**
 * Seeks and loops in the middle of a clip.
 */
import { assert, assertEquals } from "@std/assert";
import type { Standalone } from "../../mod.ts";
import "../../scripts/open_libraries.ts";
import { FPS } from "../helpers/fps.ts";
import {
  checkComplete,
  checkFile,
  newPaths,
  recorderOf,
  reportOf,
  runLive,
} from "../helpers/recording.ts";
import { tempDir } from "../helpers/temp_dir.ts";
import { playFor, reached, until } from "../helpers/wait.ts";
import { recorderAt, recordNext, VIDEO, WINDOW_SEC } from "./streams.ts";
import { addRow } from "./table.ts";

/** A seekable stream that is paced by its clock. */
const SEEKABLE = `videotestsrc num-buffers=100000 ! ${VIDEO} ! tee name=t t. ! fakesink sync=true`;

const FLUSH = 1;
const SEGMENT = 1 << 3;
const SET = 1;
const NONE = 0;

/** Seeks from the start to `stopSec`, or to the end. */
async function seek(app: Standalone, flags: number, stopSec?: number): Promise<void> {
  const library = Deno.dlopen("libgstreamer-1.0.so.0", {
    gst_element_seek: {
      parameters: ["pointer", "f64", "i32", "i32", "i32", "i64", "i32", "i64"],
      result: "i32",
      nonblocking: true,
    },
  });
  const [TIME, toStop] = [3, stopSec === undefined ? NONE : SET];
  const stopNs = BigInt(Math.round((stopSec ?? 0) * 1e9));
  const { gst_element_seek } = library.symbols;
  const handle = app.pipeline.unsafeHandle;
  assertEquals(await gst_element_seek(handle, 1, TIME, flags, SET, 0n, toStop, stopNs), 1);
  library.close();
}

Deno.test("record() finishes a clip at a flushing seek, and the next ones begin with it", async () => {
  await using dir = await tempDir();
  await using app = await runLive(SEEKABLE);
  // so long that no clip is complete before the seek, nor reaches back to its window after it, however slow the machine
  const windowSizeSec = 60;
  const recorder = recorderOf(app.pipeline, newPaths(dir.path, ".mp4"), { windowSizeSec });
  const [beforeSec, afterSec] = [WINDOW_SEC, WINDOW_SEC];
  for (let round = 0; round < 2; round++) {
    await playFor(app.pipeline, 2 * WINDOW_SEC);
    const recording = await recorder.record({ beforeSec });
    await seek(app, FLUSH);
    const report = await reportOf(recording);
    assertEquals([report.shortfalls, report.dropped], [["flushed"], 0], Deno.inspect(report));
    await checkFile(report);
    await until("frames flow again", () => recorder.stats().frames > 2);
    const next = await recordNext(recorder, { afterSec });
    assertEquals([next.shortfalls, next.dropped], [["ring-not-full"], 0], Deno.inspect(next));
    assert(next.start < 1 / FPS, Deno.inspect(next));
    await checkFile(next);
  }
  await playFor(app.pipeline, 2 * WINDOW_SEC);
  await checkComplete(await recordNext(recorder, { beforeSec, afterSec }));
  addRow(import.meta.url, {
    fault: "flushing seek in mid-clip",
    tries: 2,
    outcome: "the clip is finished with flushed, the next one is complete",
    lost: "0 frames before the seek",
  });
});

Deno.test("record() after a seek has no frame from before it", async () => {
  await using dir = await tempDir();
  await using app = await runLive(SEEKABLE);
  const recorder = recorderAt(app, dir.path);
  await playFor(app.pipeline, 2 * WINDOW_SEC);
  await checkComplete(await recordNext(recorder));
  await seek(app, FLUSH);
  await reached(app.pipeline, 2 * WINDOW_SEC);
  await checkComplete(await recordNext(recorder));
});

Deno.test("record() continues a clip over the seams of a loop", async () => {
  await using dir = await tempDir();
  const loopSec = 0.4;
  await using app = await runLive(SEEKABLE);
  using messages = app.pipeline.bus.messages();
  const recorders = [".webm", ".mp4", ".mkv"].map((extension) =>
    recorderAt(app, dir.path, extension)
  );
  await seek(app, FLUSH | SEGMENT, loopSec);
  let loops = 0;
  const looping = (async () => {
    for await (const { type } of messages) {
      if (type !== "segment-done") continue;
      loops++;
      await seek(app, SEGMENT, loopSec);
    }
  })();
  await until("it has looped", () => loops > 3);
  for (const report of await Promise.all(recorders.map((recorder) => recordNext(recorder)))) {
    await checkComplete(report);
  }
  assert(loops > 4);
  messages.end();
  await looping;
  addRow(import.meta.url, {
    fault: "segment seeks, in a loop",
    tries: 3,
    outcome: "the clip continues over the seams",
    lost: "0 frames",
  });
});
