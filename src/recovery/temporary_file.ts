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

/** The start of the names of temporary folders. */
const PREFIX = ".gstp-recovery-";

/**
 * Creates a new folder beside a clip, which only its user can enter, for a file of the clip's name, which the caller creates:
 * who else may write to the clip's folder cannot put a link in its way. On disposal both are removed.
 *
 * @param part The `.part` file of the clip, for {@link removeTemporaryFiles}.
 */
export async function createTemporaryFile(
  clip: string,
  part: Deno.FsFile,
): Promise<TemporaryFile> {
  const prefix = `${PREFIX}${(await part.stat()).ino}-`;
  const folder = await Deno.makeTempDir({ dir: dirname(clip), prefix });
  const path = join(folder, basename(clip));
  return {
    path,
    async [Symbol.asyncDispose]() {
      await Deno.remove(path).catch(() => {});
      removeEmpty(folder);
    },
  };
}

/** Removes what a killed recovery of a `.part` file, whose lock the caller holds, left beside its clip. */
export async function removeTemporaryFiles(clip: string, part: Deno.FsFile): Promise<void> {
  const prefix = `${PREFIX}${(await part.stat()).ino}-`;
  for await (const { name, isDirectory } of Deno.readDir(dirname(clip))) {
    if (!isDirectory || !name.startsWith(prefix)) continue;
    // links in it are removed, not followed; a folder of another user stays
    await Deno.remove(join(dirname(clip), name), { recursive: true }).catch(() => {});
  }
}

/** Writes a copy to the disk, so that it survives a power cut, with the modification time of its original. */
export async function syncCopy(copy: string, original: string): Promise<void> {
  using file = await Deno.open(copy, { read: true, write: true });
  const { atime, mtime } = await Deno.stat(original);
  if (atime !== null && mtime !== null) await file.utime(atime, mtime);
  await file.sync();
}
