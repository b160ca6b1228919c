/**
 * Clip records on disk, and the files that they tell apart.
 */
import { assertEquals, assertRejects } from "@std/assert";
import {
  createClipRecord,
  isOwnClip,
  newClipRecord,
  readClipRecord,
  recordPathOf,
  removeClipRecord,
  replaceClipRecord,
} from "../../src/storage/clip_record.ts";
import { exists } from "../../src/storage/file_system.ts";
import { tempDir } from "../helpers/temp_dir.ts";

function recordOf(path: string) {
  return newClipRecord(path, { eventId: "e", tees: ["t"], mediaTypes: ["video/x-raw"] });
}

Deno.test("createClipRecord(), replaceClipRecord() and removeClipRecord() also work with the longest names", async () => {
  await using dir = await tempDir();
  for (const name of ["a.mp4", `${"b".repeat(250)}.mp4`, `${"ä".repeat(125)}.mkv`]) {
    const path = `${dir.path}/${name}`;
    await createClipRecord(path, recordOf(path));
    assertEquals((await readClipRecord(path))?.state, "recording");
    replaceClipRecord(path, { ...recordOf(path), state: "failed" });
    assertEquals((await readClipRecord(path))?.state, "failed");
    await removeClipRecord(path);
    assertEquals(await readClipRecord(path), null);
  }
  assertEquals([...Deno.readDirSync(dir.path)], []);
});

Deno.test("readClipRecord() reads no other file", async () => {
  await using dir = await tempDir();
  const path = `${dir.path}/a.mp4`;
  const text = JSON.stringify(recordOf(path));
  const others = ["", "no JSON", "null", "[]", "{}", '{"clip":"a.mp4","state":"finished"}'];
  const moved = text.replace("a.mp4", "b.mp4");
  for (const other of [...others, moved, text + " ".repeat(1 << 20)]) {
    await Deno.writeTextFile(recordPathOf(path), other);
    assertEquals(await readClipRecord(path), null, other.slice(0, 80));
    await removeClipRecord(path);
    assertEquals(exists(recordPathOf(path)), true, "a file of another program stays");
    await assertRejects(
      () => createClipRecord(path, recordOf(path)),
      Deno.errors.AlreadyExists,
    );
  }
  await Deno.writeTextFile(`${dir.path}/record`, text);
  await Deno.remove(recordPathOf(path));
  await Deno.symlink(`${dir.path}/record`, recordPathOf(path));
  assertEquals(await readClipRecord(path), null);
  assertEquals(await isOwnClip(path), false);
});

Deno.test("replaceClipRecord() follows no link that is in its way", async () => {
  await using dir = await tempDir();
  const path = `${dir.path}/a.mp4`;
  await Deno.writeTextFile(`${dir.path}/precious`, "precious");
  await Deno.symlink(`${dir.path}/precious`, `${recordPathOf(path)}.new`);
  await Deno.symlink(`${dir.path}/precious`, recordPathOf(path));
  replaceClipRecord(path, recordOf(path));
  assertEquals(await Deno.readTextFile(`${dir.path}/precious`), "precious");
  assertEquals((await readClipRecord(path))?.clip, "a.mp4");
});

Deno.test("isOwnClip() knows the names of gstp record", async () => {
  const own = ["2026-11-26T14-03-12.345Z_t1.mp4", "/a/2026-11-26T14-03-12.345Z_yard_2.webm"];
  for (const path of own) assertEquals(await isOwnClip(path), true, path);
  const others = [
    ...["2026-11-26T14-03-12.345Z.mp4", "2026-11-26T14-03-12Z_t1.mp4", "t1.mp4", ""],
    ...["2026-11-26T14-03-12.345Z_t1.mp4.part", "2026-11-26T14-03-12.345Z_t1.txt"],
    "/2026-11-26T14-03-12.345Z_t1/film.mp4",
  ];
  for (const path of others) assertEquals(await isOwnClip(path), false, path);
});
