/**
 * The file of a clip and its temporary name.
 */
import { assertEquals, assertRejects } from "@std/assert";
import { basename } from "@std/path/basename";
import { dirname } from "@std/path/dirname";
import { PartFile } from "../../src/storage/part_file.ts";
import { fileNames } from "../helpers/file_names.ts";
import { checkFile, recorderOf, runLive } from "../helpers/recording.ts";
import { tempDir } from "../helpers/temp_dir.ts";
import { until } from "../helpers/wait.ts";

Deno.test("PartFile.reserve() creates the directory and the temporary file, and never overwrites", async () => {
  await using dir = await tempDir();
  const path = `${dir.path}/new/folders/ä b'c".webm`;
  const file = await PartFile.reserve(path);
  assertEquals(fileNames(dirname(path)), [`${basename(path)}.part`]);
  await assertRejects(() => PartFile.reserve(path), Deno.errors.AlreadyExists);
  Deno.writeTextFileSync(file.partPath, "clip");
  assertEquals(file.commit(), 4);
  assertEquals(fileNames(dirname(path)), [basename(path)]);
  await assertRejects(() => PartFile.reserve(path), Deno.errors.AlreadyExists, path);
  assertEquals(Deno.readTextFileSync(path), "clip");
});

Deno.test("PartFile.reserve() does not follow a link to nowhere", async () => {
  await using dir = await tempDir();
  await Deno.symlink(`${dir.path}/elsewhere`, `${dir.path}/a.webm`);
  await assertRejects(() => PartFile.reserve(`${dir.path}/a.webm`), Deno.errors.AlreadyExists);
});

Deno.test("PartFile.commit() does not overwrite a file that has appeared", async () => {
  await using dir = await tempDir();
  const file = await PartFile.reserve(`${dir.path}/a.webm`);
  Deno.writeTextFileSync(file.partPath, "clip");
  Deno.writeTextFileSync(file.path, "other");
  await assertRejects(async () => await file.commit(), Deno.errors.AlreadyExists);
  assertEquals(Deno.readTextFileSync(file.path), "other");
  assertEquals(Deno.readTextFileSync(file.partPath), "clip");
  file.release();
});

Deno.test("PartFile.abandon() keeps a file, unless it is empty", async () => {
  await using dir = await tempDir();
  const empty = await PartFile.reserve(`${dir.path}/empty.webm`);
  const begun = await PartFile.reserve(`${dir.path}/begun.webm`);
  const gone = await PartFile.reserve(`${dir.path}/gone.webm`);
  Deno.writeTextFileSync(begun.partPath, "clip");
  await gone.remove();
  assertEquals(
    [await empty.abandon(), await begun.abandon(), await gone.abandon()],
    [false, true, false],
  );
  assertEquals(fileNames(dir.path), ["begun.webm.part"]);
  begun.release();
});

/** Returns whether a file is locked, as it is being written. */
function isLocked(path: string): boolean {
  using file = Deno.openSync(path);
  return !file.tryLockSync(true);
}

Deno.test("PartFile.release() unlocks the file, as do commit() and remove()", async () => {
  await using dir = await tempDir();
  const file = await PartFile.reserve(`${dir.path}/a.webm`);
  assertEquals(isLocked(file.partPath), true);
  Deno.writeTextFileSync(file.partPath, "clip");
  await file.abandon();
  assertEquals(isLocked(file.partPath), true);
  file.release();
  file.release();
  assertEquals(isLocked(file.partPath), false);
  file.commit();
  const removed = await PartFile.reserve(`${dir.path}/b.webm`);
  await removed.remove();
});

Deno.test("PartFile.reserve() accepts the longest names, whose temporary files are in a folder", async () => {
  await using dir = await tempDir();
  const [a, b] = ["a", "b"].map((letter) => letter.repeat(130) + "ä".repeat(60) + ".webm");
  const files = await Promise.all([a, b].map((name) => PartFile.reserve(`${dir.path}/${name}`)));
  assertEquals(fileNames(dir.path), [".part"]);
  assertEquals(fileNames(`${dir.path}/.part`), [a, b]);
  files[0]!.commit();
  assertEquals(fileNames(dir.path), [".part", a]);
  await files[1]!.remove();
  assertEquals(fileNames(dir.path), [a]);
  const short = await PartFile.reserve(`${dir.path}/${"c".repeat(245)}.webm`);
  assertEquals(fileNames(dir.path).length, 2);
  await short.remove();
  const long = `${dir.path}/${"d".repeat(251)}.webm`;
  await assertRejects(() => PartFile.reserve(long), Error, "File name too long");
});

Deno.test("record() shows no file under the clip's name before it is complete", async () => {
  await using dir = await tempDir();
  await using app = await runLive();
  const recorders = [".webm", ".mkv", ".mp4"].map((extension) =>
    recorderOf(app.pipeline, `${dir.path}/clip${extension}`)
  );
  /** The sizes of the clips when they were first seen. */
  const firstSizes = new Map<string, number>();
  const timer = setInterval(() => {
    for (const name of fileNames(dir.path)) {
      const path = `${dir.path}/${name}`;
      if (!name.endsWith(".part") && !firstSizes.has(path)) {
        firstSizes.set(path, Deno.statSync(path).size);
      }
    }
  }, 1);
  const recordings = await Promise.all(recorders.map((recorder) => recorder.record()));
  assertEquals(fileNames(dir.path), ["clip.mkv.part", "clip.mp4.part", "clip.webm.part"]);
  const reports = await Promise.all(recordings.map(({ finished }) => finished));
  await until("all clips were seen", () => firstSizes.size === 3);
  clearInterval(timer);
  for (const { path, bytes } of reports) assertEquals(firstSizes.get(path), bytes);
  assertEquals(fileNames(dir.path), ["clip.mkv", "clip.mp4", "clip.webm"]);
});

Deno.test("record() creates missing folders", async () => {
  await using dir = await tempDir();
  await using app = await runLive();
  await using recorder = recorderOf(app.pipeline, `${dir.path}/a/b c/d!'"=,ä.webm`);
  await checkFile(await (await recorder.record()).finished);
});
