/**
 * Temporary files on the file system of a clip.
 *
 * @module
 */
import { basename, dirname, join } from "node:path";
import { removeEmpty } from "../storage/file_system.ts";

/** A file that is removed on disposal, if it is still there. */
export interface TemporaryFile extends AsyncDisposable {
  path: string;
}

/** Creates a folder beside a clip for a file of the clip's name, which the caller creates. On disposal both are removed. */
export async function createTemporaryFile(
  clip: string,
  folderName: string,
): Promise<TemporaryFile> {
  const folder = join(dirname(clip), folderName);
  const path = join(folder, basename(clip));
  await Deno.mkdir(folder, { recursive: true });
  return {
    path,
    async [Symbol.asyncDispose]() {
      await Deno.remove(path).catch(() => {});
      removeEmpty(folder);
    },
  };
}

/** Writes a copy to the disk, so that it survives a power cut, with the modification time of its original. */
export async function syncCopy(copy: string, original: string): Promise<void> {
  using file = await Deno.open(copy, { read: true, write: true });
  const { atime, mtime } = await Deno.stat(original);
  if (atime !== null && mtime !== null) await file.utime(atime, mtime);
  await file.sync();
}
