/**
 * What `Deno` lacks for handling files that others may create, rename or remove at the same time.
 *
 * @module
 */
import { basename, dirname, join } from "node:path";

/** The maximum length of a file name on the file systems in use (Linux: NAME_MAX in limits.h). */
const MAX_NAME_BYTES = 255;

/** Appends a suffix to a path. If that makes the name too long, the file goes into a folder named like the suffix. */
export function suffixed(path: string, suffix: string): string {
  const bytes = new TextEncoder().encode(basename(path) + suffix).length;
  const isLong = bytes > MAX_NAME_BYTES;
  return isLong ? join(dirname(path), suffix, basename(path)) : path + suffix;
}

/** Returns whether there is something at a path; a link to nowhere is. */
export function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Returns whether a path still leads to a file that was opened by it. */
export async function isAt(file: Deno.FsFile, path: string): Promise<boolean> {
  const info = await Deno.lstat(path).catch(() => null);
  return info !== null && info.ino === (await file.stat()).ino;
}

/**
 * Renames a file without overwriting another one.
 *
 * @throws {Deno.errors.AlreadyExists} If there is a file of the new name.
 */
export function renameNew(from: string, to: string): void {
  try {
    // a rename would overwrite, a link never does
    Deno.linkSync(from, to);
    Deno.removeSync(from);
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists || exists(to)) throw error;
    // a file system without links
    Deno.renameSync(from, to);
  }
}

/** Removes a folder if it is empty. */
export function removeEmpty(folder: string): void {
  try {
    if (Deno.lstatSync(folder).isDirectory) Deno.removeSync(folder);
  } catch {
    // it is gone, or not empty
  }
}

/** Removes the folder that {@link suffixed} has chosen for a path, if it has and the folder is empty. */
export function removeSuffixFolder(suffixedPath: string, path: string): void {
  if (dirname(suffixedPath) !== dirname(path)) removeEmpty(dirname(suffixedPath));
}

/** Writes all bytes at the position of a file. */
export async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    written += await file.write(bytes.subarray(written));
  }
}
