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
 * their names.
 */
export async function findParts(directory: string): Promise<PartPaths[]> {
  const all = await allParts(directory);
  const areOwn = await Promise.all(all.map(({ path }) => isOwnClip(path)));
  return all.filter((_, i) => areOwn[i]);
}

/**
 * Returns the clip that a `.part` file would have become.
 *
 * @throws {TypeError} If the path is not that of a `.part` file.
 */
export function partPathsOf(partPath: string): PartPaths {
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
