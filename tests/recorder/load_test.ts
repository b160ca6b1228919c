/**
 * Many recorders at once, of streams that are encoded already.
 */
import { assertEquals } from "@std/assert";
import { Standalone } from "../../mod.ts";
import { numberedSource, readNumbers, writeNumbered } from "../helpers/numbered.ts";
import { recorderOf, runLive } from "../helpers/recording.ts";
import { tempDir } from "../helpers/temp_dir.ts";
import { reached } from "../helpers/wait.ts";

const RECORDERS = 32;
const FPS = 30;

Deno.test("32 recorders of encoded streams at once lose no frame", async () => {
  await using dir = await tempDir();
  await writeNumbered(`${dir.path}/numbered.raw`, 12 * FPS);
  const source = numberedSource({
    path: `${dir.path}/numbered.raw`,
    fps: FPS,
    live: false,
    teeName: "raw",
  });
  await Standalone.buildAndRun(
    `${source} ! videoconvert ! video/x-raw,format=I420 ! x264enc tune=zerolatency key-int-max=${FPS} ! h264parse ! matroskamux ` +
      `! filesink location="${dir.path}/stream.mkv"`,
  );
  const names = Array.from({ length: RECORDERS }, (_, i) => `t${i}`);
  await using app = await runLive(
    names.map((name) =>
      `filesrc location="${dir.path}/stream.mkv" ! matroskademux ! h264parse ! tee name=${name} ` +
      `${name}. ! fakesink sync=true`
    ).join(" "),
  );
  const recorders = names.map((srcTeeName) =>
    recorderOf(app.pipeline, `${dir.path}/${srcTeeName}.mp4`, { srcTeeName, windowSizeSec: 2 })
  );
  await reached(app.pipeline, 4.5);
  const recordings = await Promise.all(
    recorders.map((recorder) => recorder.record({ maxDelaySec: 10 })),
  );
  const reports = await Promise.all(recordings.map(({ finished }) => finished));
  for (const { path, start, frames, shortfalls, dropped } of reports) {
    assertEquals([shortfalls, dropped], [[], 0], path);
    const first = Math.round(start * FPS);
    assertEquals(await readNumbers(path), Array.from({ length: frames }, (_, i) => first + i));
  }
});
