/**
 * The clips of a directory.
 *
 * @module
 */
import { join } from "node:path";
import { checkFunction, checkObject } from "../util/check.ts";
import { reportUnhandled } from "../util/report_error.ts";
import { type ClipRecord, hasOwnName, isOwnClip, readRecordOfClip } from "./clip_record.ts";

/** A clip on disk: a regular file that gstp provably wrote. */
export interface ClipFile {
  /** Its path: the directory as given, and the name. */
  path: string;
  /** Its size in bytes. */
  bytes: number;
  /** The time of its last modification. */
  modifiedAt: Date;
}

/** Options of {@link listClips}. */
export interface ListOptions {
  /**
   * Receives the error of each file that cannot be examined, which is left out. By default, an `error` event is dispatched
   * on `globalThis`.
   */
  onError?: (error: Error) => void;
}

/** A clip on disk, with its record. */
export interface RecordedClip extends ClipFile {
  /** The clip record; `null` for a clip of `gstp record` that has none. */
  record: ClipRecord | null;
}

/**
 * Lists the clips of a directory, oldest first. Those of the same time are sorted by path.
 *
 * Only clips that gstp provably wrote are listed, whatever else is in the directory: files that have a clip record beside
 * them, or a name of `gstp record`. They are regular files with the extension .webm, .mkv, .mp4, .mov or .ts. Clips that are
 * still being written (`.part`), links and subdirectories are left out. A directory that does not exist has no clips.
 *
 * @throws {TypeError} If an argument has the wrong type.
 * @throws {Error} If the directory cannot be read.
 *
 * @example
 * ```ts
 * import { listClips } from "@gstp/gstp";
 * import { assertEquals } from "@std/assert";
 *
 * const directory = await Deno.makeTempDir();
 * for (const name of ["2026-11-26T14-03-12.345Z_yard.mp4", "film.mp4", "notes.txt"]) {
 *   await Deno.writeTextFile(`${directory}/${name}`, "video");
 * }
 * const clips = await listClips(directory);
 * assertEquals(clips.map(({ bytes }) => bytes), [5]);
 * ```
 */
export async function listClips(
  directory: string,
  options: ListOptions = {},
): Promise<ClipFile[]> {
  checkPath("directory", directory);
  checkObject("options", options);
  const { onError = reportUnhandled } = options;
  checkFunction("onError", onError);
  const clips: ClipFile[] = [];
  for (const name of await namesIn(directory)) {
    try {
      const path = join(directory, name);
      const clip = await isOwnClip(path) ? await readFileInfo(path) : null;
      if (clip !== null) clips.push(clip);
    } catch (error) {
      // removed meanwhile: no clip any more
      if (!(error instanceof Deno.errors.NotFound)) onError(error as Error);
    }
  }
  return clips.sort(byAge);
}

/**
 * Resolves with the path, size, time and record of a clip, or with `null` if the file is not a clip by the rules of
 * {@link listClips}.
 *
 * @throws {TypeError} If the path is not a string, or empty.
 * @throws {Deno.errors.NotFound} If the file has the extension of a clip and does not exist.
 * @throws {Error} If the file cannot be read.
 *
 * @example
 * ```ts
 * import { readClip } from "@gstp/gstp";
 * import { assertEquals } from "@std/assert";
 *
 * const path = `${await Deno.makeTempDir()}/2026-11-26T14-03-12.345Z_yard.mp4`;
 * await Deno.writeTextFile(path, "video");
 * assertEquals((await readClip(path))?.bytes, 5);
 * assertEquals(await readClip("deno.json"), null);
 * ```
 */
export async function readClip(path: string): Promise<RecordedClip | null> {
  checkPath("path", path);
  const record = await readRecordOfClip(path);
  if (record === null && !hasOwnName(path)) return null;
  const file = await readFileInfo(path);
  return file && { ...file, record };
}

/** Returns `null` if it is not a regular file. */
async function readFileInfo(path: string): Promise<ClipFile | null> {
  const { isFile, size, mtime } = await Deno.lstat(path);
  return isFile && mtime !== null ? { path, bytes: size, modifiedAt: mtime } : null;
}

/** Orders clips by age, oldest first. */
export function byAge(a: ClipFile, b: ClipFile): number {
  return a.modifiedAt.getTime() - b.modifiedAt.getTime() || (a.path < b.path ? -1 : 1);
}

async function namesIn(directory: string): Promise<string[]> {
  try {
    return (await Array.fromAsync(Deno.readDir(directory))).map(({ name }) => name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

function checkPath(name: string, value: string): void {
  if (typeof value !== "string" || value === "") throw new TypeError(`${name} must be a path`);
}
