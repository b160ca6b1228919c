/**
 * The clips of a directory.
 *
 * @module
 */
import { join } from "node:path";
import { CLIP_EXTENSIONS, extensionOf } from "../media/containers.ts";
import { beginsWithTsPacket, TS_PACKET_BYTES } from "../media/mpeg_ts.ts";
import { checkFunction, checkObject } from "../util/check.ts";
import { reportUnhandled } from "../util/report_error.ts";

/** A clip on disk: a regular file with the extension of a clip. */
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

/**
 * Lists the clips of a directory, oldest first. Those of the same time are sorted by path.
 *
 * Clips are the regular files in it with the extension .webm, .mkv, .mp4, .mov or .ts. A .ts must be an MPEG transport
 * stream, because TypeScript has that extension, too. Clips that are still being written (`.part`), links and
 * subdirectories are left out. A directory that does not exist has no clips.
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
 * for (const name of ["a.webm", "b.webm.part", "notes.txt"]) {
 *   await Deno.writeTextFile(`${directory}/${name}`, "video");
 * }
 * const [clip, ...others] = await listClips(directory);
 * assertEquals([clip!.path, clip!.bytes], [`${directory}/a.webm`, 5]);
 * assertEquals(others, []);
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
      const clip = await readClip(join(directory, name));
      if (clip !== null) clips.push(clip);
    } catch (error) {
      // removed meanwhile: no clip any more
      if (!(error instanceof Deno.errors.NotFound)) onError(error as Error);
    }
  }
  return clips.sort(byAge);
}

/**
 * Resolves with the path, size and time of a clip, or with `null` if the file is not a clip by the rules of
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
 * const path = `${await Deno.makeTempDir()}/a.mp4`;
 * await Deno.writeTextFile(path, "video");
 * assertEquals((await readClip(path))?.bytes, 5);
 * assertEquals(await readClip("deno.json"), null);
 * ```
 */
export async function readClip(path: string): Promise<ClipFile | null> {
  checkPath("path", path);
  const extension = extensionOf(path);
  if (!CLIP_EXTENSIONS.includes(extension)) return null;
  const { isFile, size, mtime } = await Deno.lstat(path);
  if (!isFile || mtime === null) return null;
  if (extension === ".ts" && !await isTransportStream(path)) return null;
  return { path, bytes: size, modifiedAt: mtime };
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

async function isTransportStream(path: string): Promise<boolean> {
  using file = await Deno.open(path);
  const bytes = new Uint8Array(TS_PACKET_BYTES + 1);
  const count = await file.read(bytes);
  return count === bytes.length && beginsWithTsPacket(bytes);
}

function checkPath(name: string, value: string): void {
  if (typeof value !== "string" || value === "") throw new TypeError(`${name} must be a path`);
}
