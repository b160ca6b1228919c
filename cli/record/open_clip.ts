/**
 * Opens clips by names that clients send.
 *
 * @module
 */
import { basename, join } from "node:path";
import { readClip } from "../../mod.ts";

/** The longest name of a file, in bytes (NAME_MAX in Linux's limits.h). */
const MAX_NAME_BYTES = 255;

/** A clip that is open for reading. */
export interface OpenClip {
  file: Deno.FsFile;
  bytes: number;
  modifiedAt: Date;
  /** An entity tag, in quotes: different for any two files. */
  tag: string;
}

/**
 * Opens a clip of a folder; resolves with null if there is none of this name. Links, other files and other folders are not
 * opened.
 *
 * @returns The clip; the caller closes its file.
 */
export async function openClip(folder: string, name: string): Promise<OpenClip | null> {
  if (!isFileName(name)) return null;
  const path = join(folder, name);
  try {
    if (await readClip(path) === null) return null;
    const { ino, dev } = await Deno.lstat(path);
    const file = await Deno.open(path);
    const info = await file.stat();
    // another file may have taken the name meanwhile, or a link
    if (info.isFile && info.ino === ino && info.dev === dev) return withTag(file, info);
    file.close();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return null;
}

/** Whether a name can be that of a file in a folder. */
function isFileName(name: string): boolean {
  return name !== "" && name === basename(name) && !name.includes("\0") &&
    new TextEncoder().encode(name).length <= MAX_NAME_BYTES;
}

function withTag(file: Deno.FsFile, { size, mtime, ino }: Deno.FileInfo): OpenClip {
  const modifiedAt = mtime ?? new Date(0);
  const tag = [ino ?? 0, size, modifiedAt.getTime()].map((part) => part.toString(36)).join("-");
  return { file, bytes: size, modifiedAt, tag: `"${tag}"` };
}
