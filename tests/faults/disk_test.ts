/**
 * Disks and folders that cannot take a clip: its promise rejects, what was written can be played, and neither the
 * pipeline nor the ring stops.
 */
import { assert, assertEquals, assertInstanceOf, assertMatch, assertRejects } from "@std/assert";
import { type GstError, type Pipeline, RecordingError, type VideoRecorder } from "../../mod.ts";
import { run, type RunResult } from "../../scripts/lib/run.ts";
import { ffprobe, probeClip } from "../helpers/ffprobe.ts";
import { fileNames } from "../helpers/file_names.ts";
import {
  checkComplete,
  newPaths,
  recordClip,
  recordClips,
  recorderOf,
  ringFull,
  runLive,
} from "../helpers/recording.ts";
import { childPath } from "../helpers/script.ts";
import { canMountDisk, smallDisk } from "../helpers/small_disk.ts";
import { tempDir } from "../helpers/temp_dir.ts";
import { addRow } from "./table.ts";

/** Live video that cannot be compressed. */
const SNOW = "videotestsrc is-live=true pattern=snow ! " +
  "video/x-raw,format=I420,width=320,height=240,framerate=30/1 ! tee name=t t. ! fakesink";

/** Runs a test while another recorder on the tee records: the stream must not lose a frame. */
async function witnessed(pipeline: Pipeline, test: () => Promise<void>): Promise<void> {
  await using dir = await tempDir();
  await using witness = recorderOf(pipeline, newPaths(dir.path));
  await ringFull(pipeline);
  const first = await witness.record({ afterSec: 3600 });
  await test();
  await witness.close();
  const { dropped, shortfalls } = await first.finished;
  assertEquals({ dropped, shortfalls }, { dropped: 0, shortfalls: ["closed"] });
  assertEquals(pipeline.state, "playing");
}

const ignore = !await canMountDisk();

Deno.test({
  name:
    "finished rejects when the disk is full; the .part file is readable, the next clip complete",
  ignore,
  fn: async () => {
    await using disk = await smallDisk(900);
    await using dir = await tempDir();
    await using app = await runLive(SNOW);
    const recorders = [".webm", ".mkv", ".mp4"].map((extension) => {
      const paths = [`${disk.path}/a${extension}`, `${dir.path}/b${extension}`];
      return recorderOf(app.pipeline, () => paths.shift()!);
    });
    await witnessed(app.pipeline, async () => {
      await Promise.all(recorders.map(fillDisk));
      for (const report of await recordClips(recorders)) await checkComplete(report);
    });
    addRow(import.meta.url, {
      fault: "the disk is full in the middle of a .webm, .mkv and .mp4",
      tries: recorders.length,
      outcome: "rejected, the .part file can be played; the stream and the next clip are complete",
      lost: "the rest of the clip",
    });
  },
});

/** Records until the disk is full, and reads what was written. */
async function fillDisk(recorder: VideoRecorder): Promise<void> {
  const { path, finished } = await recorder.record();
  const error = await assertRejects(() => finished, RecordingError, path);
  assertEquals(error.partPath, `${path}.part`);
  const { domain, code } = error.cause as GstError;
  // GST_RESOURCE_ERROR_NO_SPACE_LEFT
  assertEquals({ domain, code }, { domain: "gst-resource-error-quark", code: 14 });
  assert(await readableFrames(error.partPath!) > 0, path);
}

/** Returns the number of frames that can be decoded in a file that was cut off. */
async function readableFrames(path: string): Promise<number> {
  const { streams: [stream] } = await ffprobe<{ streams: { nb_read_frames: string }[] }>(
    path,
    "stream=nb_read_frames",
    { args: ["-count_frames"], isDamaged: true },
  );
  return Number(stream!.nb_read_frames);
}

Deno.test({
  name:
    "record() rejects while the disk is full or read-only, and records again once there is room",
  ignore,
  fn: async () => {
    await using disk = await smallDisk(300);
    await using app = await runLive();
    await using recorder = recorderOf(app.pipeline, newPaths(disk.path));
    await witnessed(app.pipeline, async () => {
      const filling = await Deno.open(`${disk.path}/filling`, { write: true, create: true });
      await assertRejects(() => filling.writable.getWriter().write(new Uint8Array(400_000)), Error);
      await assertRejects(() => recordClip(recorder), RecordingError, "space");
      await Deno.remove(`${disk.path}/filling`);
      await checkComplete(await recordClip(recorder));
      await disk.makeReadOnly();
      await assertRejects(() => recorder.record(), RecordingError, "Read-only file system");
    });
    assertEquals(fileNames(disk.path).length, 1);
    addRow(import.meta.url, {
      fault: "the disk is full or read-only before the clip",
      tries: 2,
      outcome: "rejected, nothing is left behind; the next clip is complete once there is room",
      lost: "the clip",
    });
  },
});

Deno.test("finished rejects when the folder is removed, and the next clip creates it again", async () => {
  await using dir = await tempDir();
  await using app = await runLive();
  const folder = `${dir.path}/clips`;
  const extensions = [".webm", ".mkv", ".mp4"];
  const recorders = extensions.map((extension) =>
    recorderOf(app.pipeline, newPaths(folder, extension))
  );
  await witnessed(app.pipeline, async () => {
    const recordings = await Promise.all(recorders.map((recorder) => recorder.record()));
    await Deno.remove(folder, { recursive: true });
    await Promise.all(recordings.map(async ({ path, finished }) => {
      const error = await assertRejects(() => finished, RecordingError, path);
      assertEquals(error.partPath, undefined);
      assertInstanceOf(error.cause, Deno.errors.NotFound);
      assertMatch(error.message, /was removed while it was being written/);
    }));
    for (const recorder of recorders) await checkComplete(await recordClip(recorder));
  });
  addRow(import.meta.url, {
    fault: `the folder is removed in the middle of a ${extensions.join(", ")}`,
    tries: extensions.length,
    outcome: "rejected; the next clip creates the folder again and is complete",
    lost: "the clip",
  });
});

/** A user without privileges: root can write to any folder. */
const NOBODY = 65534;
const UNWRITABLE = childPath("unwritable.ts");

/** Runs a script as a user for whom folders can be unwritable. */
async function runUnprivileged(args: string[], home: string): Promise<RunResult> {
  return await run(Deno.execPath(), args, {
    cwd: home,
    env: { HOME: home, DENO_DIR: `${home}/deno`, XDG_CACHE_HOME: home },
    ...(Deno.uid() === 0 && { uid: NOBODY }),
  });
}

/** Returns whether such a user can run the script; prints why not. */
async function canRunUnprivileged(): Promise<boolean> {
  await using dir = await tempDir();
  if (Deno.uid() === 0) await Deno.chown(dir.path, NOBODY, NOBODY);
  const read = `Deno.readTextFileSync(${JSON.stringify(UNWRITABLE)})`;
  const result = await runUnprivileged(["eval", read], dir.path)
    .catch((error) => ({ code: 1, stderr: (error as Error).message }));
  if (result.code === 0) return true;
  console.log(`Skipped the test of an unwritable folder: ${result.stderr.trim()}`);
  return false;
}

Deno.test({
  name: "finished rejects when the folder becomes unwritable, and the clip can be recovered",
  ignore: !await canRunUnprivileged(),
  fn: async () => {
    await using dir = await tempDir();
    const folder = `${dir.path}/clips`;
    await Deno.mkdir(folder);
    if (Deno.uid() === 0) {
      for (const path of [dir.path, folder]) await Deno.chown(path, NOBODY, NOBODY);
    }
    const { code, stdout, stderr } = await runUnprivileged(
      ["run", "-A", UNWRITABLE, folder],
      dir.path,
    );
    assertEquals(code, 0, stderr);
    const { state, cut, refused, next, recovered, left } = JSON.parse(stdout);
    assertMatch(cut[0], /Cannot record .*1\.webm: .*ermission denied/);
    assertEquals(cut[1], `${folder}/1.webm.part`);
    assertMatch(refused[0], /Cannot record .*2\.webm: .*ermission denied/);
    assertEquals([state, next, recovered, left], ["playing", [], [`${folder}/1.webm`], 0]);
    assertEquals(fileNames(folder), ["1.webm", "3.webm"]);
    assert((await probeClip(`${folder}/1.webm`)).frames > 10);
    addRow(import.meta.url, {
      fault: "the folder becomes unwritable in the middle of a clip",
      tries: 1,
      outcome:
        "rejected, the .part file is complete and can be recovered; the next clip is complete",
      lost: "0 frames",
    });
  },
});
