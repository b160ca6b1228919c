/**
 * Disks and folders that do not take a clip, and names that are odd, long or taken: the clip's promise tells the truth,
 * what was written can be played, and neither the pipeline nor the ring stops.
 */
import { assert, assertEquals, assertInstanceOf, assertMatch, assertRejects } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { type GstError, type Pipeline, RecordingError, type VideoRecorder } from "../../mod.ts";
import { run, type RunResult } from "../../scripts/lib/run.ts";
import { probeClip } from "../helpers/ffprobe.ts";
import { checkComplete, newPaths, recorderOf, ringFull, runLive } from "../helpers/recording.ts";
import { canMountDisk, smallDisk } from "../helpers/small_disk.ts";
import { tempDir } from "../helpers/temp_dir.ts";
import { addRow } from "./table.ts";

/** Live video that no encoder makes small. */
const SNOW = "videotestsrc is-live=true pattern=snow ! " +
  "video/x-raw,format=I420,width=320,height=240,framerate=30/1 ! tee name=t t. ! fakesink";

/** Names of a folder's files. */
function names(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
}

/** Records a clip, which must be complete: the ring has gone on. */
async function recordNext(recorder: VideoRecorder): Promise<void> {
  await checkComplete(await (await recorder.record()).finished);
}

/** Runs a test while another recorder on the tee records all of it: the stream must not have stopped for a frame. */
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
    "finished rejects when the disk is full; what is written is readable, the next clip complete",
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
      const next = await Promise.all(recorders.map((recorder) => recorder.record()));
      for (const { finished } of next) await checkComplete(await finished);
    });
    addRow(import.meta.url, {
      fault: "the disk is full in the middle of a .webm, .mkv and .mp4",
      tries: recorders.length,
      outcome: "rejected, the .part file can be played; stream and next clip are complete",
      lost: "the rest of the clip",
    });
  },
});

/** Records until the disk is full, and reads what is there then. */
async function fillDisk(recorder: VideoRecorder): Promise<void> {
  const { path, finished } = await recorder.record();
  const error = await assertRejects(() => finished, RecordingError, path);
  assertEquals(error.partPath, `${path}.part`);
  const { domain, code } = error.cause as GstError;
  // GST_RESOURCE_ERROR_NO_SPACE_LEFT
  assertEquals({ domain, code }, { domain: "gst-resource-error-quark", code: 14 });
  assert(await readableFrames(error.partPath!) > 0, path);
}

/** Frames that ffprobe still finds in a file that was cut off. */
async function readableFrames(path: string): Promise<number> {
  const { stdout } = await run("ffprobe", [
    ...["-v", "quiet", "-count_frames", "-show_entries", "stream=nb_read_frames"],
    ...["-of", "csv=p=0", path],
  ]);
  return Number(stdout);
}

Deno.test({
  name:
    "record() rejects on a disk that is full or read-only, and records there again once it is not",
  ignore,
  fn: async () => {
    await using disk = await smallDisk(300);
    await using app = await runLive();
    await using recorder = recorderOf(app.pipeline, newPaths(disk.path));
    await witnessed(app.pipeline, async () => {
      const filling = await Deno.open(`${disk.path}/filling`, { write: true, create: true });
      await assertRejects(() => filling.writable.getWriter().write(new Uint8Array(400_000)), Error);
      const failed = recorder.record().then(({ finished }) => finished);
      await assertRejects(() => failed, RecordingError, "space");
      await Deno.remove(`${disk.path}/filling`);
      await recordNext(recorder);
      await disk.makeReadOnly();
      await assertRejects(() => recorder.record(), RecordingError, "Read-only file system");
    });
    assertEquals(names(disk.path).length, 1);
    addRow(import.meta.url, {
      fault: "the disk is full, or read-only, before the clip",
      tries: 2,
      outcome: "rejected, nothing is left behind; the next clip with room is complete",
      lost: "the clip",
    });
  },
});

Deno.test("finished rejects when the folder is removed, and the next clip makes it anew", async () => {
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
    for (const recorder of recorders) await recordNext(recorder);
  });
  addRow(import.meta.url, {
    fault: `the folder is removed in the middle of a ${extensions.join(", ")}`,
    tries: extensions.length,
    outcome: "rejected; the next clip makes the folder anew and is complete",
    lost: "the clip",
  });
});

/** Root could write anywhere: such a test runs as somebody else then. */
const NOBODY = 65534;
const UNWRITABLE = fromFileUrl(new URL("../children/unwritable.ts", import.meta.url));

/** Runs a script as a user for whom folders can be unwritable. */
async function runUnprivileged(args: string[], home: string): Promise<RunResult> {
  return await run(Deno.execPath(), args, {
    cwd: home,
    env: { HOME: home, DENO_DIR: `${home}/deno`, XDG_CACHE_HOME: home },
    ...(Deno.uid() === 0 && { uid: NOBODY }),
  });
}

/** Whether such a user can run the script; prints why not. */
async function mayRunUnprivileged(): Promise<boolean> {
  await using dir = await tempDir();
  if (Deno.uid() === 0) await Deno.chown(dir.path, NOBODY, NOBODY);
  const read = `Deno.readTextFileSync(${JSON.stringify(UNWRITABLE)})`;
  const result = await runUnprivileged(["eval", read], dir.path)
    .catch((error) => ({ code: 1, stderr: (error as Error).message }));
  if (result.code === 0) return true;
  console.log(`The test of an unwritable folder is skipped: ${result.stderr.trim()}`);
  return false;
}

Deno.test({
  name: "finished rejects when the folder becomes unwritable, and the clip can be recovered",
  ignore: !await mayRunUnprivileged(),
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
    assertEquals(names(folder), ["1.webm", "3.webm"]);
    assert((await probeClip(`${folder}/1.webm`)).frames > 10);
    addRow(import.meta.url, {
      fault: "the folder becomes unwritable in the middle of a clip",
      tries: 1,
      outcome:
        "rejected, the .part file is complete and recovered later; the next clip is complete",
      lost: "0 frames",
    });
  },
});

const ODD_NAMES = [
  "a b  c.webm",
  `it's "q" \`x\`.mkv`,
  "x ! fakesink ! y.mp4",
  "new\nline\ttab.mov",
  "日本 é 🎥.ts",
  "back\\slash\\n.webm",
  "-v %d %s {x} $(y) #z.mkv",
  "c".repeat(246) + ".mp4", // 250 bytes: .part makes it as long as it can be
  "d".repeat(250) + ".webm",
  "é".repeat(125) + "e.mkv",
];

Deno.test("record() takes any name, of up to 255 bytes", async () => {
  await using dir = await tempDir();
  await using app = await runLive();
  const recorders = ODD_NAMES.map((name) => recorderOf(app.pipeline, `${dir.path}/${name}`));
  await ringFull(app.pipeline);
  const recordings = await Promise.all(
    recorders.map((recorder) => recorder.record({ maxDelaySec: 10 })),
  );
  const reports = await Promise.all(recordings.map(({ finished }) => finished));
  assertEquals(names(dir.path), ODD_NAMES.toSorted());
  for (const { path, frames, shortfalls } of reports) {
    assertEquals([(await probeClip(path)).frames, shortfalls], [frames, []]);
  }
  const tooLong = recorderOf(app.pipeline, `${dir.path}/${"f".repeat(251)}.webm`);
  await assertRejects(() => tooLong.record(), RecordingError, "File name too long");
  assertEquals(names(dir.path).length, ODD_NAMES.length);
  addRow(import.meta.url, {
    fault: "names with blanks, quotes, !, line ends, other letters, of 250 to 255 bytes",
    tries: reports.length,
    outcome: "complete; one of 256 bytes is refused before anything is written",
    lost: "0 frames",
  });
});

Deno.test("record() rejects where there is a file of the name already", async () => {
  await using dir = await tempDir();
  await using app = await runLive();
  const path = `${dir.path}/a.webm`;
  Deno.writeTextFileSync(path, "other");
  const paths = [path, `${dir.path}/b.webm`];
  await using recorder = recorderOf(app.pipeline, () => paths.shift()!);
  await ringFull(app.pipeline);
  const error = await assertRejects(() => recorder.record(), RecordingError, path);
  assertInstanceOf(error.cause, Deno.errors.AlreadyExists);
  assertEquals(error.partPath, undefined);
  assertEquals(names(dir.path), ["a.webm"]);
  assertEquals(Deno.readTextFileSync(path), "other");
  await recordNext(recorder);
});

Deno.test("finished rejects where a file of the name appears, and the clip stays a .part file", async () => {
  await using dir = await tempDir();
  await using app = await runLive();
  const path = `${dir.path}/a.webm`;
  const paths = [path, `${dir.path}/b.webm`];
  await using recorder = recorderOf(app.pipeline, () => paths.shift()!);
  const { finished } = await recorder.record();
  Deno.writeTextFileSync(path, "other");
  const error = await assertRejects(() => finished, RecordingError, `${path}.part`);
  assertEquals([error.clipPath, error.partPath], [path, `${path}.part`]);
  assertInstanceOf(error.cause, Deno.errors.AlreadyExists);
  assertEquals(Deno.readTextFileSync(path), "other");
  assert((await probeClip(`${path}.part`)).frames > 0);
  await recordNext(recorder);
});

Deno.test("record() of two recorders with one name makes one clip and one error", async () => {
  await using dir = await tempDir();
  await using app = await runLive();
  const path = `${dir.path}/a.webm`;
  await using first = recorderOf(app.pipeline, path);
  await using second = recorderOf(app.pipeline, path);
  await ringFull(app.pipeline);
  const results = await Promise.allSettled([first.record(), second.record()]);
  const [recording] = results.filter((result) => result.status === "fulfilled");
  const [failure] = results.filter((result) => result.status === "rejected");
  assertInstanceOf(failure!.reason, RecordingError);
  assertInstanceOf(failure!.reason.cause, Deno.errors.AlreadyExists);
  await checkComplete(await recording!.value.finished);
  addRow(import.meta.url, {
    fault: "there is, or appears, a file of the clip's name; two recorders have one name",
    tries: 3,
    outcome: "rejected, the file is left alone; what is written stays a .part file",
    lost: "0 bytes of the other file",
  });
});

Deno.test("record() rejects where no file can be made, and the next clip is complete", async () => {
  await using dir = await tempDir();
  await using app = await runLive();
  Deno.writeTextFileSync(`${dir.path}/file`, "");
  const bad = [
    `${dir.path}/file/a.webm`,
    "/proc/none/a.webm",
    "/proc/a.webm",
    `${dir.path}/${"a".repeat(300)}.webm`,
    dir.path + "/folder.webm",
  ];
  await Deno.mkdir(`${dir.path}/folder.webm`);
  const paths = [...bad, `${dir.path}/good.webm`];
  await using recorder = recorderOf(app.pipeline, () => paths.shift()!);
  await ringFull(app.pipeline);
  for (const path of bad) {
    const error = await assertRejects(() => recorder.record(), RecordingError, path);
    assertEquals(error.clipPath, path);
    assertInstanceOf(error.cause, Error);
    assertEquals(recorder.busy, false);
  }
  assertEquals(names(dir.path), ["file", "folder.webm"]);
  await recordNext(recorder);
});
