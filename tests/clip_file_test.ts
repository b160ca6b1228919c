/**
 * The file of a clip: its names, and disks that do not take it.
 */
import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { basename, dirname } from "@std/path";
import { type GstError, RecordingError, type VideoRecorder } from "../mod.ts";
import { ClipFile } from "../src/recorder/clip_file.ts";
import {
  checkComplete,
  checkFile,
  probeClip,
  recorderOf,
  ringFull,
  runLive,
  until,
} from "./helpers/recording.ts";
import { run } from "./helpers/run.ts";
import { maySmallDisk, smallDisk } from "./helpers/small_disk.ts";
import { tempDir } from "./helpers/temp_dir.ts";

/** Live video that no encoder makes small. */
const SNOW = "videotestsrc is-live=true pattern=snow ! " +
  "video/x-raw,format=I420,width=320,height=240,framerate=30/1 ! tee name=t t. ! fakesink";

/** Names of a folder's files. */
function names(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
}

/** Records a clip, which must be complete. */
async function recordNext(recorder: VideoRecorder): Promise<void> {
  await checkComplete(await (await recorder.record()).finished);
}

Deno.test("ClipFile.reserve() makes the directory and the temporary name, and never overwrites", async () => {
  await using dir = await tempDir();
  const path = `${dir.path}/new/folders/ä b'c".webm`;
  const file = await ClipFile.reserve(path);
  assertEquals(names(dirname(path)), [`${basename(path)}.part`]);
  await assertRejects(() => ClipFile.reserve(path), Deno.errors.AlreadyExists);
  Deno.writeTextFileSync(file.partPath, "clip");
  assertEquals(file.commit(), 4);
  assertEquals(names(dirname(path)), [basename(path)]);
  await assertRejects(() => ClipFile.reserve(path), Deno.errors.AlreadyExists, path);
  assertEquals(Deno.readTextFileSync(path), "clip");
});

Deno.test("ClipFile.reserve() does not follow a link to nowhere", async () => {
  await using dir = await tempDir();
  await Deno.symlink(`${dir.path}/elsewhere`, `${dir.path}/a.webm`);
  await assertRejects(() => ClipFile.reserve(`${dir.path}/a.webm`), Deno.errors.AlreadyExists);
});

Deno.test("ClipFile.commit() leaves a file that has appeared alone", async () => {
  await using dir = await tempDir();
  const file = await ClipFile.reserve(`${dir.path}/a.webm`);
  Deno.writeTextFileSync(file.partPath, "clip");
  Deno.writeTextFileSync(file.path, "other");
  await assertRejects(async () => await file.commit(), Deno.errors.AlreadyExists);
  assertEquals(Deno.readTextFileSync(file.path), "other");
  assertEquals(Deno.readTextFileSync(file.partPath), "clip");
  file.release();
});

Deno.test("ClipFile.abandon() keeps what is written, and no empty file", async () => {
  await using dir = await tempDir();
  const empty = await ClipFile.reserve(`${dir.path}/empty.webm`);
  const begun = await ClipFile.reserve(`${dir.path}/begun.webm`);
  const gone = await ClipFile.reserve(`${dir.path}/gone.webm`);
  Deno.writeTextFileSync(begun.partPath, "clip");
  await gone.remove();
  assertEquals(
    [await empty.abandon(), await begun.abandon(), await gone.abandon()],
    [false, true, false],
  );
  assertEquals(names(dir.path), ["begun.webm.part"]);
  begun.release();
});

/** Whether somebody writes to a file. */
function isLocked(path: string): boolean {
  using file = Deno.openSync(path);
  return !file.tryLockSync(true);
}

Deno.test("ClipFile.release() unlocks what was locked since reserve(), as do commit() and remove()", async () => {
  await using dir = await tempDir();
  const file = await ClipFile.reserve(`${dir.path}/a.webm`);
  assertEquals(isLocked(file.partPath), true);
  Deno.writeTextFileSync(file.partPath, "clip");
  await file.abandon();
  assertEquals(isLocked(file.partPath), true);
  file.release();
  file.release();
  assertEquals(isLocked(file.partPath), false);
  file.commit();
  const removed = await ClipFile.reserve(`${dir.path}/b.webm`);
  await removed.remove();
});

Deno.test("ClipFile.reserve() takes names up to the longest, whose temporary ones are in a folder", async () => {
  await using dir = await tempDir();
  const [a, b] = ["a", "b"].map((letter) => letter.repeat(130) + "ä".repeat(60) + ".webm");
  const files = await Promise.all([a, b].map((name) => ClipFile.reserve(`${dir.path}/${name}`)));
  assertEquals(names(dir.path), [".part"]);
  assertEquals(names(`${dir.path}/.part`), [a, b]);
  files[0]!.commit();
  assertEquals(names(dir.path), [".part", a]);
  await files[1]!.remove();
  assertEquals(names(dir.path), [a]);
  const short = await ClipFile.reserve(`${dir.path}/${"c".repeat(245)}.webm`);
  assertEquals(names(dir.path).length, 2);
  await short.remove();
  const long = `${dir.path}/${"d".repeat(251)}.webm`;
  await assertRejects(() => ClipFile.reserve(long), Error, "File name too long");
});

Deno.test("record() shows no file under the clip's name before it is complete", async () => {
  await using dir = await tempDir();
  await using app = await runLive();
  const recorders = [".webm", ".mkv", ".mp4"].map((extension) =>
    recorderOf(app.pipeline, `${dir.path}/clip${extension}`)
  );
  /** Sizes of the clips when they were seen first. */
  const firstSizes = new Map<string, number>();
  const timer = setInterval(() => {
    for (const name of names(dir.path)) {
      const path = `${dir.path}/${name}`;
      if (!name.endsWith(".part") && !firstSizes.has(path)) {
        firstSizes.set(path, Deno.statSync(path).size);
      }
    }
  }, 1);
  const recordings = await Promise.all(recorders.map((recorder) => recorder.record()));
  assertEquals(names(dir.path), ["clip.mkv.part", "clip.mp4.part", "clip.webm.part"]);
  const reports = await Promise.all(recordings.map(({ finished }) => finished));
  await until("all clips were seen", () => firstSizes.size === 3);
  clearInterval(timer);
  for (const { path, bytes } of reports) assertEquals(firstSizes.get(path), bytes);
  assertEquals(names(dir.path), ["clip.mkv", "clip.mp4", "clip.webm"]);
});

Deno.test("record() makes missing folders", async () => {
  await using dir = await tempDir();
  await using app = await runLive();
  await using recorder = recorderOf(app.pipeline, `${dir.path}/a/b c/d!'"=,ä.webm`);
  await checkFile(await (await recorder.record()).finished);
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

const ignore = !await maySmallDisk();

Deno.test({
  name: "record() rejects on a disk that is read-only, and the next clip is complete",
  ignore,
  fn: async () => {
    await using disk = await smallDisk(300);
    await using dir = await tempDir();
    await disk.makeReadOnly();
    await using app = await runLive();
    const paths = [`${disk.path}/a.webm`, `${dir.path}/b.webm`];
    await using recorder = recorderOf(app.pipeline, () => paths.shift()!);
    await ringFull(app.pipeline);
    await assertRejects(() => recorder.record(), RecordingError, "Read-only file system");
    await recordNext(recorder);
  },
});

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
    await ringFull(app.pipeline);
    await Promise.all(recorders.map(fillDisk));
    const next = await Promise.all(recorders.map((recorder) => recorder.record()));
    for (const { finished } of next) await checkComplete(await finished);
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
