/**
 * What a recorder does to the pipeline that it records from: nothing. The live branch beside it loses no frame and gets
 * none late.
 */
import { assert, assertEquals } from "@std/assert";
import { type Pipeline, RecordBin, type Standalone } from "../../mod.ts";
import { HEIGHT, numberedSource, rawNumbers, WIDTH, writeNumbered } from "../helpers/numbered.ts";
import { newPaths, recorderOf, ringFull, runLive } from "../helpers/recording.ts";
import { tempDir } from "../helpers/temp_dir.ts";
import { reached } from "../helpers/wait.ts";
import { addRow } from "./table.ts";

const FPS = 30;

/** More work than this machine can do in time. */
class HeavyBin extends RecordBin {
  static override readonly binString: string =
    "appsrc name=appsrc ! videoconvert ! videoscale ! video/x-raw,width=1280,height=720 " +
    "! x264enc speed-preset=slower ! matroskamux ! filesink name=filesink";
}

/** Attaches, records and detaches, also at once, for some seconds. */
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

/** Seconds of lateness are frames that the sink drops. */
function runPunctual(): Promise<Standalone> {
  return runLive(
    `videotestsrc is-live=true pattern=snow ! video/x-raw,format=I420,width=320,height=240,framerate=${FPS}/1 ! tee name=t ` +
      "t. ! identity name=brake ! " +
      `fakesink name=live sync=true max-lateness=${Math.round(2e9 / FPS)} processing-deadline=0`,
  );
}

function statsOf({ pipeline }: Standalone): { rendered: number; dropped: number } {
  const text = String(pipeline.element("live").getProperty("stats")).replaceAll("\\", "");
  const read = (name: string) => Number(text.match(`${name}=.guint64.(\\d+)`)![1]);
  return { rendered: read("rendered"), dropped: read("dropped") };
}

Deno.test("recorders let every frame through to the live branch", async () => {
  await using dir = await tempDir();
  await writeNumbered(`${dir.path}/n.raw`, 20 * FPS);
  const source = numberedSource({ path: `${dir.path}/n.raw`, fps: FPS, live: true, teeName: "t" });
  const app = await runLive(`${source} t. ! filesink location="${dir.path}/live.i420"`);
  await disturb(app.pipeline, dir.path);
  await app.stop();
  const numbers = rawNumbers(await Deno.readFile(`${dir.path}/live.i420`), WIDTH * HEIGHT * 3 / 2);
  assert(numbers.length > FPS);
  const expected = Array.from({ length: numbers.length }, (_, i) => i);
  assertEquals(numbers, expected);
  addRow(import.meta.url, {
    fault: "recorders come, record and go beside a live branch",
    tries: 30,
    outcome: "every frame gets through",
    lost: "0 frames",
  });
});

Deno.test("recorders make no frame late by two frames in the live branch", async () => {
  await using dir = await tempDir();
  await using disturbed = await runPunctual();
  await using control = await runPunctual();
  // a busy machine makes frames late as well, but not each time
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
  await reached(control.pipeline, control.pipeline.runningTimeSec! + 0.5);
  assert(statsOf(control).dropped > dropped, "lateness is not measured");
});
