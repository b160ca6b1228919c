/**
 * Many recorders of encoded streams at once.
 */
import { assertEquals } from "@std/assert";
import { Standalone } from "../../mod.ts";
import { FPS } from "../helpers/fps.ts";
import { readNumbers, writeNumberedSource } from "../helpers/numbered.ts";
import { range } from "../helpers/range.ts";
import { recordClips, recorderOf, runLive } from "../helpers/recording.ts";
import { tempDir } from "../helpers/temp_dir.ts";
import { reached } from "../helpers/wait.ts";

const RECORDERS = 32;

Deno.test("record() of 32 recorders of encoded streams at once loses no frame", async () => {
  await using dir = await tempDir();
  const source = await writeNumberedSource(dir.path, 12, { live: false, teeName: "raw" });
  await Standalone.buildAndRun(
    `${source} ! videoconvert ! video/x-raw,format=I420 ! x264enc tune=zerolatency key-int-max=${FPS} ! h264parse ! matroskamux ` +
      `! filesink location="${dir.path}/stream.mkv"`,
  );
  const names = range(RECORDERS).map((i) => `t${i}`);
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
  const reports = await recordClips(recorders, { maxDelaySec: 10 });
  for (const { path, start, frames, shortfalls, dropped } of reports) {
    assertEquals([shortfalls, dropped], [[], 0], path);
    assertEquals(await readNumbers(path), range(frames, Math.round(start * FPS)));
  }
});
