/**
 * Paths of clips that are odd, long, taken or impossible: clips overwrite nothing, and errors name the path.
 */
import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { RecordingError } from "../../mod.ts";
import { probeClip } from "../helpers/ffprobe.ts";
import { fileNames } from "../helpers/file_names.ts";
import {
  checkComplete,
  recordClip,
  recordClips,
  recorderOf,
  ringFull,
  runLive,
} from "../helpers/recording.ts";
import { tempDir } from "../helpers/temp_dir.ts";
import { addRow } from "./table.ts";

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

Deno.test("record() accepts any file name of up to 255 bytes", async () => {
  await using dir = await tempDir();
  await using app = await runLive();
  const recorders = ODD_NAMES.map((name) => recorderOf(app.pipeline, `${dir.path}/${name}`));
  await ringFull(app.pipeline);
  const reports = await recordClips(recorders, { maxDelaySec: 10 });
  assertEquals(fileNames(dir.path), ODD_NAMES.toSorted());
  for (const { path, frames, shortfalls } of reports) {
    assertEquals([(await probeClip(path)).frames, shortfalls], [frames, []]);
  }
  const tooLong = recorderOf(app.pipeline, `${dir.path}/${"f".repeat(251)}.webm`);
  await assertRejects(() => tooLong.record(), RecordingError, "File name too long");
  assertEquals(fileNames(dir.path).length, ODD_NAMES.length);
  addRow(import.meta.url, {
    fault: "names with blanks, quotes, !, newlines, non-ASCII letters, of 250 to 255 bytes",
    tries: reports.length,
    outcome: "complete; a name of 256 bytes is rejected before anything is written",
    lost: "0 frames",
  });
});

Deno.test("record() rejects where a file of the name exists, and leaves it alone", async () => {
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
  assertEquals(fileNames(dir.path), ["a.webm"]);
  assertEquals(Deno.readTextFileSync(path), "other");
  await checkComplete(await recordClip(recorder));
});

Deno.test("finished rejects where a file of the name appears meanwhile, and keeps the .part file", async () => {
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
  await checkComplete(await recordClip(recorder));
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
    fault: "a file of the clip's name exists or appears; two recorders have one name",
    tries: 3,
    outcome: "rejected, the file is left alone; the clip stays a .part file",
    lost: "0 bytes of the other file",
  });
});

Deno.test("record() rejects where no file can be created, and the next clip is complete", async () => {
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
  assertEquals(fileNames(dir.path), ["file", "folder.webm"]);
  await checkComplete(await recordClip(recorder));
});
