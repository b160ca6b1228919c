/**
 * What counts as a clip of a directory.
 */
import { assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path/join";
import { listClips, readClip } from "../../mod.ts";
import { writeRecord } from "../helpers/own_clips.ts";
import { tempDir } from "../helpers/temp_dir.ts";

/** Writes a file of some bytes that was last changed at a time, in seconds since 1970. */
async function write(path: string, bytes: number, sec: number): Promise<void> {
  await Deno.writeFile(path, new Uint8Array(bytes));
  await Deno.utime(path, sec, sec);
}

Deno.test("listClips() lists the clips of a directory, oldest first", async () => {
  await using dir = await tempDir();
  await write(`${dir.path}/new.mp4`, 3, 3000);
  await write(`${dir.path}/b.webm`, 2, 2000);
  await write(`${dir.path}/a.MKV`, 1, 2000);
  for (const name of ["open.mp4.part", "notes.txt", "script.ts", "film.mp4"]) {
    await write(`${dir.path}/${name}`, 9, 1000);
  }
  await Deno.mkdir(`${dir.path}/sub.mp4`);
  await Deno.symlink(`${dir.path}/new.mp4`, `${dir.path}/link.mp4`);
  for (const name of ["new.mp4", "b.webm", "a.MKV", "sub.mp4", "link.mp4"]) {
    writeRecord(join(dir.path, name));
  }
  assertEquals(await listClips(dir.path), [
    { path: join(dir.path, "a.MKV"), bytes: 1, modifiedAt: new Date(2000e3) },
    { path: join(dir.path, "b.webm"), bytes: 2, modifiedAt: new Date(2000e3) },
    { path: join(dir.path, "new.mp4"), bytes: 3, modifiedAt: new Date(3000e3) },
  ]);
  assertEquals(await listClips(`${dir.path}/none`), []);
});

Deno.test("listClips() rejects if the directory cannot be read", async () => {
  await assertRejects(() => listClips("deno.json"), Error);
  await assertRejects(() => listClips(""), TypeError, "directory must be a path");
});

Deno.test("readClip() examines one file", async () => {
  await using dir = await tempDir();
  const path = `${dir.path}/a.webm`;
  await write(path, 5, 1000);
  assertEquals(await readClip(path), null);
  writeRecord(path);
  const { record, ...file } = (await readClip(path))!;
  assertEquals(file, { path, bytes: 5, modifiedAt: new Date(1000e3) });
  assertEquals([record?.clip, record?.state], ["a.webm", "recording"]);
  const named = `${dir.path}/2026-11-26T14-03-12.345Z_yard.mp4`;
  await assertRejects(() => readClip(named), Deno.errors.NotFound);
  await write(named, 7, 1000);
  assertEquals([(await readClip(named))?.bytes, (await readClip(named))?.record], [7, null]);
  assertEquals(await readClip("deno.json"), null);
});
