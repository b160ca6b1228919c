/**
 * The list of clips in memory.
 */
import { assertEquals, assertRejects } from "@std/assert";
import { basename } from "@std/path/basename";
import { join } from "@std/path/join";
import { ClipList } from "../../../cli/record/clip_list.ts";
import { writeRecord } from "../../helpers/own_clips.ts";
import { tempDir } from "../../helpers/temp_dir.ts";

async function writeClip(path: string): Promise<void> {
  await Deno.writeTextFile(path, "video");
  writeRecord(path);
}

Deno.test("ClipList keeps changes that are made while it reads the folder", async () => {
  await using dir = await tempDir();
  for (let i = 0; i < 50; i++) await writeClip(`${dir.path}/${i}.mp4`);
  const list = new ClipList(dir.path);
  const listed = list.totals();
  // neither is on disk: a listing that began before sees it otherwise
  list.add({ path: join(dir.path, "new.mp4"), bytes: 1, modifiedAt: new Date() });
  list.delete(join(dir.path, "7.mp4"));
  assertEquals(await listed, { count: 50, bytes: 246 });
  const names = (await list.newest(99)).map(({ path }) => basename(path));
  assertEquals([names.includes("new.mp4"), names.includes("7.mp4")], [true, false]);
});

Deno.test("ClipList rejects if the folder cannot be read, and reads it again later", async () => {
  await using dir = await tempDir();
  const path = `${dir.path}/clips`;
  await Deno.writeTextFile(path, "in the way");
  const list = new ClipList(path);
  await assertRejects(() => list.totals());
  await Deno.remove(path);
  await Deno.mkdir(path);
  await writeClip(`${path}/a.mp4`);
  assertEquals(await list.totals(), { count: 1, bytes: 5 });
});
