/**
 * recoverClips() on clips with several tracks and with B-frames, cut off while they are written, and on damaged ones.
 */
import { assert, assertEquals } from "@std/assert";
import { basename } from "@std/path/basename";
import { type LeftClip, recoverClips, type RecoveredClip, VideoRecorder } from "../../mod.ts";
import { gstp } from "../helpers/cli.ts";
import { probeClip } from "../helpers/ffprobe.ts";
import { fileNames } from "../helpers/file_names.ts";
import { FPS } from "../helpers/fps.ts";
import { numberedSource, readNumbers, writeNumbered } from "../helpers/numbered.ts";
import { recorderOf, ringFull, runLive } from "../helpers/recording.ts";
import { checkStep, scene, writeScene } from "../helpers/scene.ts";
import { recordParts } from "../helpers/own_clips.ts";
import { tempDir } from "../helpers/temp_dir.ts";
import { playFor, reached } from "../helpers/wait.ts";
import { addRow } from "./table.ts";

/** The number of consecutive B-frames. */
const B_FRAMES = 2;
/** The number of damaged copies of each kind of file. */
const COPIES = 5;

/** Copies the clips that are being written in a folder, as if their process had been killed now. */
async function copyParts(folder: string, to: string): Promise<void> {
  await Deno.mkdir(to);
  for (const name of fileNames(folder).filter((name) => name.endsWith(".part"))) {
    await Deno.copyFile(`${folder}/${name}`, `${to}/${name}`);
  }
}

Deno.test("recoverClips() keeps video and sound in step", async () => {
  await using dir = await tempDir();
  await writeScene(dir.path, 10);
  await using app = await runLive(scene(dir.path, true));
  const recorders = [".webm", ".mkv", ".mp4", ".mov", ".ts"].map((end) =>
    new VideoRecorder({
      pipeline: app.pipeline,
      tracks: [{ tee: "v" }, { tee: "a" }],
      windowSizeSec: 2,
      filenameGenerator: () => `${dir.path}/clip${end}`,
    })
  );
  await reached(app.pipeline, 2.2);
  await Promise.all(recorders.map((recorder) => recorder.record({ maxDelaySec: 10 })));
  await reached(app.pipeline, 3.7);
  await copyParts(dir.path, `${dir.path}/cut`);
  await damage(`${dir.path}/cut`, `${dir.path}/damaged`);
  recordParts(`${dir.path}/cut`);
  const { recovered, left } = await recoverClips(`${dir.path}/cut`);
  assertEquals([recovered.length, left], [5, []]);
  for (const { path, frames, damaged } of recovered) {
    assertEquals(damaged, false, path);
    await checkStep(path, 2);
    assert(frames > 150, `${path}: ${frames} frames`);
  }
  assertEquals(fileNames(`${dir.path}/cut`).length, 5);
  addRow(import.meta.url, {
    fault: "a .webm, .mkv, .mp4, .mov, .ts of video and sound, cut off while it is written",
    tries: recovered.length,
    outcome: "recovered, video and sound in step",
    lost: `${Math.max(...recovered.map(({ lostBytes }) => lostBytes))} bytes at most`,
  });
  await checkDamaged(`${dir.path}/damaged`);
});

/** Copies files with wrong bytes. */
async function damage(folder: string, to: string): Promise<void> {
  await Deno.mkdir(to);
  for (let i = 0; i < COPIES; i++) {
    for (const name of fileNames(folder)) {
      const bytes = await Deno.readFile(`${folder}/${name}`);
      for (let wrong = 0; wrong < 1 + 5 * i; wrong++) {
        bytes[Math.floor(Math.random() * bytes.length)] = Math.floor(Math.random() * 256);
      }
      await Deno.writeFile(`${to}/${i}-${name}`, bytes);
    }
  }
}

/** Checks that what can be read becomes a clip, and anything else stays; in another process, as that may hang or crash. */
async function checkDamaged(folder: string): Promise<void> {
  const before = fileNames(folder);
  recordParts(folder);
  const { code, stdout, stderr } = await gstp(["recover", "--json", folder], { timeoutSec: 60 });
  assert(code === 0 || code === 1, stderr);
  const { recovered, left } = JSON.parse(stdout);
  const parts = [...recovered, ...left].map(({ partPath }) => basename(partPath));
  assertEquals(parts.sort(), before);
  const after = left.map(({ partPath }: LeftClip) => partPath).concat(
    recovered.flatMap(({ path, originalPath }: RecoveredClip) => [path, originalPath ?? []].flat()),
  );
  assertEquals(fileNames(folder), after.map((path: string) => basename(path)).sort());
  const kept = recovered.filter(({ originalPath }: RecoveredClip) => originalPath !== null);
  addRow(import.meta.url, {
    fault: "recoverClips() on clips of video and sound with wrong bytes in them",
    tries: parts.length,
    outcome: `${recovered.length} recovered, ${kept.length} of which are kept as they were, too; ` +
      `${left.length} left alone and named; no hang`,
    lost: "what is damaged",
  });
}

Deno.test("recoverClips() keeps B-frames in order", async () => {
  await using dir = await tempDir();
  const path = `${dir.path}/numbered.raw`;
  await writeNumbered(path, 300);
  await using app = await runLive(
    `${numberedSource({ path, fps: FPS, live: true, teeName: "raw" })} raw. ! queue ` +
      `! x264enc bframes=${B_FRAMES} b-adapt=false key-int-max=15 rc-lookahead=5 sync-lookahead=0 ` +
      "! h264parse ! tee name=t t. ! fakesink",
  );
  const extensions = [".mkv", ".mov", ".mp4", ".ts"];
  const recorders = extensions.map((extension) =>
    recorderOf(app.pipeline, `${dir.path}/clip${extension}`, {
      windowSizeSec: 5,
      onWarning: () => {},
    })
  );
  await reached(app.pipeline, 2);
  await Promise.all(recorders.map((recorder) => recorder.record({ maxDelaySec: 10 })));
  await reached(app.pipeline, 3.5);
  await copyParts(dir.path, `${dir.path}/cut`);
  recordParts(`${dir.path}/cut`);
  const { recovered, left } = await recoverClips(`${dir.path}/cut`);
  assertEquals([recovered.length, left], [extensions.length, []]);
  for (const { path, frames, damaged } of recovered) {
    assertEquals(damaged, false, path);
    const numbers = await readNumbers(path, true);
    // the last ones may be without those that are shown before them
    const certain = numbers.slice(0, -B_FRAMES - 1);
    assertEquals(certain, certain.map((_, i) => numbers[0]! + i), path);
    assert(frames > 40 && numbers.length >= frames - B_FRAMES, `${path}: ${frames} frames`);
  }
  addRow(import.meta.url, {
    fault: `a ${extensions.join(", ")} with B-frames, cut off while it is written`,
    tries: recovered.length,
    outcome: "recovered, each frame from the first to the last that is shown in order",
    lost: `${Math.max(...recovered.map(({ lostBytes }) => lostBytes))} bytes at most`,
  });
});

Deno.test("recoverClips() recovers an .mp4 of VP9", async () => {
  await using dir = await tempDir();
  await using app = await runLive(
    "videotestsrc is-live=true ! video/x-raw,width=160,height=120,framerate=30/1 " +
      "! vp9enc deadline=1 cpu-used=8 keyframe-max-dist=10 ! vp9parse ! tee name=t t. ! fakesink",
  );
  await using recorder = recorderOf(app.pipeline, `${dir.path}/clip.mp4`);
  await ringFull(app.pipeline);
  const recording = await recorder.record();
  await playFor(app.pipeline, 0.5);
  await copyParts(dir.path, `${dir.path}/cut`);
  await recording.finished;
  recordParts(`${dir.path}/cut`);
  const { recovered, left } = await recoverClips(`${dir.path}/cut`);
  assertEquals(left, []);
  const [{ path, frames, damaged }] = recovered as [RecoveredClip];
  assertEquals(damaged, false);
  assertEquals((await probeClip(path)).frames, frames);
});

Deno.test("recoverClips() keeps a first frame that is alone in its fragment", async () => {
  await using dir = await tempDir();
  const fps = 5;
  await writeNumbered(`${dir.path}/numbered.raw`, 100);
  await using app = await runLive(
    `${
      numberedSource({ path: `${dir.path}/numbered.raw`, fps, live: true, teeName: "raw" })
    } raw. ! queue ` +
      "! x264enc tune=zerolatency key-int-max=5 ! h264parse ! tee name=t t. ! fakesink",
  );
  const extensions = [".mkv", ".mov", ".mp4"];
  const recorders = extensions.map((extension) =>
    recorderOf(app.pipeline, `${dir.path}/clip${extension}`, {
      windowSizeSec: 5,
      onWarning: () => {},
    })
  );
  await reached(app.pipeline, 1);
  await Promise.all(recorders.map((recorder) => recorder.record({ maxDelaySec: 10 })));
  await reached(app.pipeline, 3);
  await copyParts(dir.path, `${dir.path}/cut`);
  recordParts(`${dir.path}/cut`);
  const { recovered, left } = await recoverClips(`${dir.path}/cut`);
  assertEquals([recovered.length, left], [extensions.length, []]);
  for (const { path, damaged, frames } of recovered) {
    const numbers = await readNumbers(path);
    assertEquals([damaged, numbers.length], [false, frames], path);
    // a clip begins with a keyframe, which is the one that is alone
    assertEquals(numbers, numbers.map((_, i) => numbers[0]! - numbers[0]! % 5 + i), path);
  }
});
