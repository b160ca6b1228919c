/**
 * The `.part` files in a directory.
 *
 * @module
 */
import { basename, dirname, join } from "node:path";
import { isOwnClip } from "../storage/clip_record.ts";
import { PART_SUFFIX } from "../storage/part_file.ts";

/** A `.part` file, and the clip that it would have become. */
export interface PartPaths {
  path: string;
  partPath: string;
}

/**
 * Lists the `.part` files of a directory that gstp provably wrote, also those of clips with long names, in the order of
 * their names; or, for the path of a `.part` file, that one.
 *
 * @throws {TypeError} If the path is that of another file.
 */
export async function findParts(path: string): Promise<PartPaths[]> {
  if (await isFile(path)) return [partPathsOf(path)];
  const all = await allParts(path);
  const areOwn = await Promise.all(all.map(({ path }) => isOwnClip(path)));
  return all.filter((_, i) => areOwn[i]);
}

/**
 * Lists the `.part` files that {@link recoverClips} recovers, in the order of their names: those in a directory that gstp
 * provably wrote, or the file of the path itself. A directory that does not exist has none.
 *
 * @throws {TypeError} If the path is not a string, or empty, or that of a file whose name does not end in `.part`.
 * @throws {Error} If the directory cannot be read.
 *
 * @example
 * ```ts
 * import { listParts, recoverClips } from "@gstp/gstp";
 * import { assertEquals } from "@std/assert";
 *
 * const directory = await Deno.makeTempDir();
 * const part = `${directory}/2026-11-26T14-03-12.345Z_yard.mp4.part`;
 * await Deno.writeTextFile(part, "not a video");
 * assertEquals(await listParts(directory), [part]);
 * for (const path of await listParts(directory)) await recoverClips(path);
 * ```
 */
export async function listParts(path: string): Promise<string[]> {
  if (typeof path !== "string" || path === "") throw new TypeError("path must be a path");
  return (await findParts(path)).map(({ partPath }) => partPath);
}

async function isFile(path: string): Promise<boolean> {
  return (await Deno.stat(path).catch(() => null))?.isFile ?? false;
}

/**
 * Returns the clip that a `.part` file would have become.
 *
 * @throws {TypeError} If the path is not that of a `.part` file.
 */
function partPathsOf(partPath: string): PartPaths {
  const folder = dirname(partPath);
  if (basename(folder) === PART_SUFFIX) {
    return { path: join(dirname(folder), basename(partPath)), partPath };
  }
  if (!partPath.endsWith(PART_SUFFIX) || basename(partPath) === PART_SUFFIX) {
    throw new TypeError(`${partPath} is neither a directory nor a file whose name ends in .part`);
  }
  return { path: partPath.slice(0, -PART_SUFFIX.length), partPath };
}

async function allParts(directory: string): Promise<PartPaths[]> {
  const short = (await filesIn(directory)).filter((name) => name.endsWith(PART_SUFFIX))
    .map((name) => ({ name: name.slice(0, -PART_SUFFIX.length), part: name }));
  const folder = join(directory, PART_SUFFIX);
  const hasFolder = (await Deno.lstat(folder).catch(() => null))?.isDirectory ?? false;
  const long = (hasFolder ? await filesIn(folder) : [])
    .map((name) => ({ name, part: join(PART_SUFFIX, name) }));
  return [...short, ...long].filter(({ name }) => name !== "")
    .map(({ name, part }) => ({ path: join(directory, name), partPath: join(directory, part) }));
}

/** Lists the regular files in a directory, sorted; none if it does not exist. */
async function filesIn(directory: string): Promise<string[]> {
  try {
    const entries = await Array.fromAsync(Deno.readDir(directory));
    return entries.filter(({ isFile }) => isFile).map(({ name }) => name).sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
