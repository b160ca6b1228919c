/**
 * Recorders do not affect the pipeline that they record from: a live branch beside them loses no frame, and none is late.
 */
import { assert, assertEquals } from "@std/assert";
import { type Pipeline, RecordBin, type Standalone } from "../../mod.ts";
import { FPS } from "../helpers/fps.ts";
import { HEIGHT, rawNumbers, WIDTH, writeNumberedSource } from "../helpers/numbered.ts";
import { range } from "../helpers/range.ts";
import { newPaths, recorderOf, ringFull, runLive } from "../helpers/recording.ts";
import { type SinkStats, sinkStats } from "../helpers/sink_stats.ts";
import { tempDir } from "../helpers/temp_dir.ts";
import { playFor } from "../helpers/wait.ts";
import { addRow } from "./table.ts";

/** A bin with more work than the machine can do in time. */
class HeavyBin extends RecordBin {
  static override readonly binString: string =
    "appsrc name=appsrc ! videoconvert ! videoscale ! video/x-raw,width=1280,height=720 " +
    "! x264enc speed-preset=slower ! matroskamux ! filesink name=filesink";
}

/** Attaches recorders, records and detaches them for some seconds, also several at once. */
async function disturb(pipeline: Pipeline, folder: string): Promise<void> {
  const heavy = recorderOf(pipeline, newPaths(folder, ".mkv"), { recordBinClass: HeavyBin });
  const light = recorderOf(pipeline, newPaths(folder));
  await ringFull(pipeline);
  const recordings = await Promise.all([heavy.record(), light.record(), heavy.record()]);
  for (let i = 0; i < 30; i++) {
    const passing = recorderOf(pipeline, newPaths(folder));
    if (i % 3 === 0) await passing.record();
    await passing.close();
  }
  await recordings[1]!.finished;
  await light.close();
  await recordings[0]!.finished;
  await heavy.close();
}

/** Runs a pipeline with a sink that drops frames that are late by two frames. */
function runPunctual(): Promise<Standalone> {
  return runLive(
    `videotestsrc is-live=true pattern=snow ! video/x-raw,format=I420,width=320,height=240,framerate=${FPS}/1 ! tee name=t ` +
      "t. ! identity name=brake ! " +
      `fakesink name=live sync=true max-lateness=${Math.round(2e9 / FPS)} processing-deadline=0`,
  );
}

function statsOf({ pipeline }: Standalone): SinkStats {
  return sinkStats(pipeline, "live");
}

Deno.test("VideoRecorder takes no frame away from a live branch", async () => {
  await using dir = await tempDir();
  const source = await writeNumberedSource(dir.path, 20);
  const app = await runLive(`${source} t. ! filesink location="${dir.path}/live.i420"`);
  await disturb(app.pipeline, dir.path);
  await app.stop();
  const numbers = rawNumbers(await Deno.readFile(`${dir.path}/live.i420`), WIDTH * HEIGHT * 3 / 2);
  assert(numbers.length > FPS);
  assertEquals(numbers, range(numbers.length));
  addRow(import.meta.url, {
    fault: "recorders are attached, record and are closed beside a live branch",
    tries: 30,
    outcome: "the branch gets every frame",
    lost: "0 frames",
  });
});

Deno.test("VideoRecorder makes no frame of a live branch late by two frames", async () => {
  await using dir = await tempDir();
  await using disturbed = await runPunctual();
  await using control = await runPunctual();
  // a busy machine makes frames late as well, but not every time
  let late = Infinity;
  for (let tries = 0; late > 0 && tries < 3; tries++) {
    const before = [statsOf(disturbed), statsOf(control)] as const;
    await disturb(disturbed.pipeline, dir.path);
    const after = [statsOf(disturbed), statsOf(control)] as const;
    console.log({ disturbed: after[0], control: after[1] });
    assert(after[0].rendered > before[0].rendered + FPS);
    late = (after[0].dropped - before[0].dropped) - (after[1].dropped - before[1].dropped);
  }
  assert(late <= 0, `${late} frames late`);

  const { dropped } = statsOf(control);
  control.pipeline.element("brake").setProperty("sleep-time", 200_000);
  await playFor(control.pipeline, 0.5);
  assert(statsOf(control).dropped > dropped, "lateness is not measured");
});
