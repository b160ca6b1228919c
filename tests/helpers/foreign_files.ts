/**
 * A folder that clips share with files of other programs.
 *
 * @module
 */
import { dirname } from "@std/path/dirname";

/** Files that look like clips, records and `.part` files, but are not of gstp. */
const NAMES = [
  ...["film.mp4", "holiday.webm", "Concert.MKV", "2026-11-26_14-03-12.mp4", "main.ts"],
  // of Blue Iris, Frigate, MediaMTX, and one whose name only contains one of gstp
  ...["yard.20261126_140312.mp4", "1764165792.0-yard.mp4", "2026-11-26_14-03-12-345678.mp4"],
  "copy of 2026-11-26T14-03-12.345Z_yard.mp4",
  // downloads of a browser and of yt-dlp
  ...["movie.webm.part", "talk.f137.mp4.part", "disk.iso.part", "empty.mp4.part"],
  ...["film.mp4.json", "talk.info.json", "old.mp4.damaged", "sub/b.mp4", "sub/c.mp4.part"],
  ...[".recovered/d.mp4", ".repaired/e.mp4", ".part/f.mp4"],
];

/** Writes files of other programs, all of them old. */
export async function writeForeignFiles(folder: string): Promise<void> {
  for (const [i, name] of NAMES.entries()) {
    const path = `${folder}/${name}`;
    await Deno.mkdir(dirname(path), { recursive: true });
    const text = name.endsWith(".json") ? `{"title":"${name}","clip":"film.mp4"}` : "x".repeat(i);
    await Deno.writeTextFile(path, name.startsWith("empty") ? "" : text);
    await Deno.utime(path, 1000 + i, 1000 + i);
  }
}

/** Returns the content and time of each file of another program that is there. */
export async function readForeignFiles(folder: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const name of NAMES) {
    const path = `${folder}/${name}`;
    const info = await Deno.lstat(path).catch(() => null);
    if (info?.isFile) found[name] = `${info.mtime?.getTime()} ${await Deno.readTextFile(path)}`;
  }
  return found;
}
