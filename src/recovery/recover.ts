/**
 * Clips that a killed process has left behind.
 *
 * @module
 */
import { basename, dirname, join } from "node:path";
import { GstError } from "../../ffi/errors.ts";
import {
  exists,
  isAt,
  PART_SUFFIX,
  removeEmpty,
  renameNew,
  suffixed,
} from "../storage/part_file.ts";
import { extensionOf, type Remuxer, remuxerOf } from "../media/containers.ts";
import { checksum, copyPatched } from "./file_io.ts";
import { findPatches } from "./repair.ts";
import {
  type Content,
  countFrames,
  readContent,
  readStreams,
  remux,
  type Stream,
} from "./remux.ts";
import { scan, type ScanResult } from "./scan.ts";

/** A clip that has got its name. */
export interface RecoveredClip {
  /** Where it is now. */
  path: string;
  /** Where it was. */
  partPath: string;
  /** Frames in it, of all its streams together. */
  frames: number;
  /** Seconds from the start of the first frame to the end of the last one. */
  duration: number;
  /** Size of the file. */
  bytes: number;
  /** Bytes of the `.part` file that belonged to no whole frame. What had not been written is not known. */
  lostBytes: number;
  /** Whether bytes of the `.part` file are wrong, apart from its end: frames may be missing or spoilt. */
  damaged: boolean;
  /** Where the `.part` file is, under another name, if it is damaged and the clip may not have all of it; else null. */
  originalPath: string | null;
}

/**
 * Why a `.part` file was left alone:
 *
 * - `in-use`: it is being written, or recovered by somebody else,
 * - `name-taken`: there is a file of the clip's name already,
 * - `unreadable`: there is no whole frame in it, or nobody knows how to read it,
 * - `failed`: the clip could not be written, such as on a full disk.
 */
export type LeftReason = "in-use" | "name-taken" | "unreadable" | "failed";

/** A `.part` file that was left alone. */
export interface LeftClip {
  /** Where it is. */
  partPath: string;
  /** Its size. */
  bytes: number;
  /** Why. */
  reason: LeftReason;
  /** The same in detail. */
  error: Error;
}

/** What became of a directory's `.part` files. */
export interface Recovery {
  /** Those that are clips now. */
  recovered: RecoveredClip[];
  /** All others. */
  left: LeftClip[];
}

/** Ending of the name that a damaged file gets, once there is a clip of what could be read. */
const DAMAGED_SUFFIX = ".damaged";

/**
 * Makes clips of the `.part` files that processes have left in a directory when they were killed. Its subfolders are
 * left alone.
 *
 * A .webm, .mkv, .mp4 or .mov is written anew, without encoding, so that it has a duration and an index; its times stay
 * as they are. A .ts needs no more than its name. The `.part` file is removed once the clip is complete and on the disk,
 * and so is an empty one; a file that exists is never overwritten.
 *
 * A file that is damaged otherwise than by being cut off becomes a clip of what can be read. It is kept, as `NAME.damaged`
 * (`originalPath`): another tool may find more in it. The clip of a .ts has all bytes in any case.
 *
 * Recorders hold a lock (flock) on a `.part` file as long as they write to it. One that is locked is left alone,
 * whichever process has it.
 *
 * @param directory Where clips are recorded to; one that does not exist has none.
 * @throws {TypeError} if it is no path.
 * @throws {Error} if the directory cannot be read, or on Windows, where files that are being written cannot be told.
 *
 * @example
 * ```ts
 * import { recoverClips } from "@gstp/gstp";
 * import { assertEquals } from "@std/assert";
 *
 * const directory = await Deno.makeTempDir();
 * await Deno.writeTextFile(`${directory}/a.webm.part`, "not a film");
 * const { recovered, left } = await recoverClips(directory);
 * assertEquals(recovered, []);
 * assertEquals(left.map(({ reason }) => reason), ["unreadable"]);
 * ```
 */
export async function recoverClips(directory: string): Promise<Recovery> {
  if (typeof directory !== "string" || directory === "" || directory.includes("\0")) {
    throw new TypeError("directory must be the path of a directory");
  }
  if (Deno.build.os === "windows") {
    throw new Error(
      "On Windows, clips that are being written cannot be told from those left behind",
    );
  }
  const recovery: Recovery = { recovered: [], left: [] };
  for (const part of await findParts(directory)) {
    const result = await recoverClip(part);
    if (result === null) continue;
    if ("reason" in result) recovery.left.push(result);
    else recovery.recovered.push(result);
  }
  removeEmpty(join(directory, PART_SUFFIX));
  return recovery;
}

/** A `.part` file, and the clip that it would have become. */
interface PartPaths {
  path: string;
  partPath: string;
}

async function findParts(directory: string): Promise<PartPaths[]> {
  const short = (await filesIn(directory)).filter((name) => name.endsWith(PART_SUFFIX))
    .map((name) => ({ name: name.slice(0, -PART_SUFFIX.length), part: name }));
  const folder = join(directory, PART_SUFFIX);
  const hasFolder = (await Deno.lstat(folder).catch(() => null))?.isDirectory ?? false;
  const long = (hasFolder ? await filesIn(folder) : [])
    .map((name) => ({ name, part: join(PART_SUFFIX, name) }));
  return [...short, ...long].filter(({ name }) => name !== "")
    .map(({ name, part }) => ({ path: join(directory, name), partPath: join(directory, part) }));
}

/** Names of the regular files in a directory, in order. */
async function filesIn(directory: string): Promise<string[]> {
  try {
    const entries = await Array.fromAsync(Deno.readDir(directory));
    return entries.filter(({ isFile }) => isFile).map(({ name }) => name).sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/** Null where it is gone, as its recorder has finished it, or was empty. */
async function recoverClip(
  { path, partPath }: PartPaths,
): Promise<RecoveredClip | LeftClip | null> {
  let bytes = 0;
  let reason: LeftReason = "failed";
  try {
    using file = await Deno.open(partPath);
    if (!await file.tryLock(true)) {
      reason = "in-use";
      throw new Error(`${partPath} is being written`);
    }
    if (!await isAt(file, partPath)) return null;
    bytes = (await file.stat()).size;
    if (bytes === 0) return await Deno.remove(partPath).then(() => null);
    reason = "name-taken";
    if (exists(path)) throw new Deno.errors.AlreadyExists(`There is a file ${path} already`);
    reason = "failed";
    const found = scan(file, extensionOf(path));
    await using source = await readable({ path, partPath }, file, found);
    reason = "unreadable";
    const content = await read(path, source.path);
    reason = "failed";
    const originalPath = await complete({ path, partPath }, source.path, {
      ...found,
      content,
      file,
    });
    return {
      ...{ path, partPath, frames: content.frames, duration: content.durationSec },
      ...{ bytes: (await Deno.stat(path)).size, lostBytes: lostBytes(found, bytes) },
      ...{ damaged: found.damaged.length > 0 || originalPath !== null, originalPath },
    };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound && !exists(partPath)) return null;
    if (error instanceof Deno.errors.AlreadyExists) reason = "name-taken";
    return { partPath, bytes, reason, error: error as Error };
  }
}

function lostBytes({ damaged, tail }: ScanResult, size: number): number {
  return damaged.reduce((sum, { start, end }) => sum + end - start, size - tail);
}

/** A file to read a `.part` file from: itself, or a copy that can be read. */
async function readable(
  { path, partPath }: PartPaths,
  file: Deno.FsFile,
  found: ScanResult,
): Promise<{ path: string } & AsyncDisposable> {
  const patches = findPatches(file, extensionOf(path), found);
  if (patches.length === 0) return { path: partPath, async [Symbol.asyncDispose]() {} };
  const copy = await temporary(path, ".repaired");
  await copyPatched(file, copy.path, patches).catch(async (error) => {
    await copy[Symbol.asyncDispose]();
    throw error;
  });
  return copy;
}

/** A file for what a clip is made of, in a folder beside it; both go once they are not needed any more. */
async function temporary(path: string, name: string): Promise<{ path: string } & AsyncDisposable> {
  const folder = join(dirname(path), name);
  const file = join(folder, basename(path));
  await Deno.mkdir(folder, { recursive: true });
  return {
    path: file,
    async [Symbol.asyncDispose]() {
      await Deno.remove(file).catch(() => {});
      removeEmpty(folder);
    },
  };
}

/** What can be read of a file, and how. */
interface Readable extends Content {
  remuxer: Remuxer;
  streams: Stream[];
}

/** @param path The clip's path, which tells what it is. */
async function read(path: string, file: string): Promise<Readable> {
  const remuxer = remuxerOf(path);
  const source = { ...remuxer, path: file };
  const streams = await readStreams(source);
  const content = await readContent(source, streams);
  return { ...content, remuxer, streams };
}

/** A `.part` file, and what is in it. */
interface Found extends ScanResult {
  file: Deno.FsFile;
  content: Readable;
}

/**
 * Makes the clip of a `.part` file, of what can be read of it at `from`. That is removed then, or kept under another name
 * if it has something that the clip has not.
 *
 * @returns The other name, or null.
 */
async function complete(
  { path, partPath }: PartPaths,
  from: string,
  found: Found,
): Promise<string | null> {
  const { remuxer: { muxer, needs, ...remuxer }, ...content } = found.content;
  if (muxer === null || found.isComplete) {
    renameNew(partPath, path);
    return null;
  }
  await using copy = await temporary(path, ".recovered");
  await remux({ ...remuxer, path: from }, copy.path, { ...content, muxer, needs });
  const source = { ...remuxer, path: copy.path };
  const written = await countFrames(source, await readStreams(source));
  if (written !== content.frames) {
    throw new GstError(`Only ${written} of ${content.frames} frames of ${partPath} were written`);
  }
  const isAll = found.damaged.length === 0 && await hasFrames(copy.path, found);
  const originalPath = isAll ? null : await reserveOriginal(path);
  await putOnDisk(copy.path, partPath);
  renameNew(copy.path, path);
  if (originalPath === null) await Deno.remove(partPath);
  else renameNew(partPath, originalPath);
  return originalPath;
}

/** Whether a copy has each byte of each frame; demuxers leave out what they do not understand. */
async function hasFrames(path: string, { file, frames }: Found): Promise<boolean> {
  if (frames === null) return true;
  using copy = await Deno.open(path);
  const original = await checksum(file, frames);
  const copied = await checksum(copy, scan(copy, extensionOf(path)).frames!);
  return copied.bytes === original.bytes && copied.sum === original.sum;
}

/** Where a damaged file is to be kept; its folder is there then. */
async function reserveOriginal(path: string): Promise<string> {
  const originalPath = suffixed(path, DAMAGED_SUFFIX);
  await Deno.mkdir(dirname(originalPath), { recursive: true });
  if (!exists(originalPath)) return originalPath;
  throw new Deno.errors.AlreadyExists(`There is a file ${originalPath} already`);
}

/** Makes sure that a copy survives the machine, too, and is as old as its original. */
async function putOnDisk(copy: string, original: string): Promise<void> {
  using file = await Deno.open(copy, { read: true, write: true });
  const { atime, mtime } = await Deno.stat(original);
  if (atime !== null && mtime !== null) await file.utime(atime, mtime);
  await file.sync();
}
