/**
 * Recovery of the clips that a killed process left.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { GstError } from "../../ffi/errors.ts";
import { containerFor, type ContainerName, isMatroska, remuxerOf } from "../media/containers.ts";
import { readClipRecord, removeClipRecord, replaceClipRecord } from "../storage/clip_record.ts";
import { exists, isAt, removeEmpty, renameNew, suffixed } from "../storage/file_system.ts";
import { indexSound } from "../storage/matroska_index.ts";
import { PART_SUFFIX } from "../storage/part_file.ts";
import { reportWarning } from "../util/report_error.ts";
import { copyPatched } from "./file_io.ts";
import { findParts, type PartPaths } from "./find_parts.ts";
import {
  type Content,
  NoFrameError,
  readContent,
  readDigests,
  readStreams,
  type Source,
  type Stream,
} from "./read_content.ts";
import { type Muxer, remux } from "./remux.ts";
import { findPatches } from "./repair.ts";
import { scan } from "./scan.ts";
import type { ScanResult } from "./scan_result.ts";
import {
  createTemporaryFile,
  removeTemporaryFiles,
  syncCopy,
  type TemporaryFile,
} from "./temporary_file.ts";

/** A clip that was recovered. */
export interface RecoveredClip {
  /** Its path. */
  path: string;
  /** The path of the `.part` file that it was made of. */
  partPath: string;
  /** The number of frames of all its tracks together. */
  frames: number;
  /** The time from the start of the first frame to the end of the last one, in seconds. */
  duration: number;
  /** The size of the clip in bytes. */
  bytes: number;
  /**
   * The number of bytes of the `.part` file that belong to no complete frame. Frames that were never written are not
   * counted.
   */
  lostBytes: number;
  /** Whether the `.part` file has wrong bytes other than at its end: frames may be missing or corrupt. */
  damaged: boolean;
  /** The new path of a damaged `.part` file that is kept, because the clip may lack some of it; otherwise `null`. */
  originalPath: string | null;
}

/**
 * Why a `.part` file was left alone:
 *
 * - `in-use`: it is being written, or recovered by another process or call,
 * - `name-taken`: a file with the clip's name already exists,
 * - `unreadable`: it has no complete frame, or its container is not known,
 * - `failed`: the clip could not be written, such as on a full disk.
 */
export type LeftReason = "in-use" | "name-taken" | "unreadable" | "failed";

/** A `.part` file that was left alone. */
export interface LeftClip {
  /** Its path. */
  partPath: string;
  /** Its size in bytes. */
  bytes: number;
  /** Why it was left alone. */
  reason: LeftReason;
  /** The error in detail. */
  error: Error;
}

/** The outcome of a recovery. */
export interface Recovery {
  /** The `.part` files that are clips now. */
  recovered: RecoveredClip[];
  /** The `.part` files that were left alone. */
  left: LeftClip[];
}

/** The suffix of the name that a damaged file gets once there is a clip of what could be read. */
const DAMAGED_SUFFIX = ".damaged";
/** Smaller sparse files are read as others are. */
const MIN_SPARSE_BYTES = 64 << 20;

/**
 * Turns the `.part` files that killed processes left in a directory into clips. It does not look into subdirectories.
 *
 * Only files that gstp provably wrote are touched, as by {@link listClips}: downloads of other programs have names that end in
 * `.part`, too. To recover any other one, pass its own path.
 *
 * A .webm, .mkv, .mp4 or .mov is remuxed, without encoding, so that it has a duration and an index; its timestamps do not
 * change. A .ts is only renamed. The `.part` file is removed once the clip has the same frames and is written to the disk
 * (fsync). Empty `.part` files are removed. An existing file is never overwritten.
 *
 * A file that is damaged, rather than just cut off, becomes a clip of what can be read. It is kept as `NAME.damaged`
 * (`originalPath`), because another tool may find more in it. The clip of a .ts always has all bytes of its file.
 *
 * Recorders hold a lock (flock) on a `.part` file while they write to it. A locked one is left alone, whichever process
 * holds the lock.
 *
 * @param path The directory of the clips; one that does not exist has none. Or a `.part` file, whoever wrote it.
 * @throws {TypeError} If the path is not a string, is empty or contains a NUL, or if the file's name does not end in `.part`.
 * @throws {Error} If the directory cannot be read, or on Windows, where files that are being written are not locked.
 *
 * @example
 * ```ts
 * import { recoverClips } from "@gstp/gstp";
 * import { assertEquals } from "@std/assert";
 *
 * const directory = await Deno.makeTempDir();
 * await Deno.writeTextFile(`${directory}/2026-11-26T14-03-12.345Z_yard.mp4.part`, "not a video");
 * await Deno.writeTextFile(`${directory}/film.webm.part`, "a download, which is left alone");
 * const { recovered, left } = await recoverClips(directory);
 * assertEquals(recovered, []);
 * assertEquals(left.map(({ reason }) => reason), ["unreadable"]);
 * ```
 */
export async function recoverClips(path: string): Promise<Recovery> {
  if (typeof path !== "string" || path === "" || path.includes("\0")) {
    throw new TypeError("path must be the path of a directory or of a .part file");
  }
  if (Deno.build.os === "windows") {
    throw new Error(
      `Cannot recover ${path}: on Windows, .part files that are being written are not locked`,
    );
  }
  const recovery: Recovery = { recovered: [], left: [] };
  const parts = await findParts(path);
  for (const part of parts) {
    const result = await recoverClip(part);
    if (result === null) continue;
    if ("reason" in result) recovery.left.push(result);
    else recovery.recovered.push(result);
  }
  const folder = parts[0] === undefined ? path : dirname(parts[0].path);
  removeEmpty(join(folder, PART_SUFFIX));
  return recovery;
}

/**
 * Recovers a clip; resolves with `null` if the file is gone, as its recorder has finished it, or was empty.
 *
 * The file is read twice: by the scan, which digests the frames that the file's structure states, and by the demuxer, whose
 * frames go to the muxer. One cannot do the other's task, as a demuxer skips what it does not understand. A file that needs
 * repair is read once more, for the copy that the demuxer reads. The clip is read once, by the demuxer: it must have as many
 * frames as were written, with the digests of the scan.
 */
async function recoverClip(part: PartPaths): Promise<RecoveredClip | LeftClip | null> {
  const { path, partPath } = part;
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
    if (bytes === 0) return await removeEmptyPart(part);
    if (exists(path)) throw alreadyExists(path);
    reason = "unreadable";
    const { name } = containerFor(path);
    await checkAllocated(file, partPath);
    reason = "failed";
    await removeTemporaryFiles(path, file);
    const found = await scan(file, name);
    await using source = await openSource(part, file, found, name);
    reason = "unreadable";
    const { needs, muxer, ...remuxer } = remuxerOf(path);
    const readable = { ...remuxer, path: source.path };
    const streams = await readStreams(readable);
    reason = "failed";
    const { content, originalPath } = muxer === null || found.isComplete
      ? await rename(part, readable)
      : await rewrite({ ...part, file }, readable, found, { streams, muxer, needs });
    const clipBytes = (await Deno.stat(path)).size;
    await recordRecovery(path, clipBytes);
    return {
      ...{ path, partPath, frames: content.frames, duration: content.durationSec },
      ...{ bytes: clipBytes, lostBytes: lostBytes(found, bytes) },
      ...{ damaged: found.damaged.length > 0 || originalPath !== null, originalPath },
    };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound && !exists(partPath)) return null;
    if (error instanceof Deno.errors.AlreadyExists) reason = "name-taken";
    if (error instanceof NoFrameError) reason = "unreadable";
    return { partPath, bytes, reason, error: error as Error };
  }
}

/**
 * Checks that a file is not sparse: reading one takes as long as it claims to be large, and no recorder writes any.
 *
 * @throws {Error} If it is.
 */
async function checkAllocated(file: Deno.FsFile, path: string): Promise<void> {
  const { size, blocks } = await file.stat();
  // in units of 512 bytes (stat(3type)); file systems that compress also have less than the size
  if (blocks === null || size < MIN_SPARSE_BYTES || blocks * 512 > size / 8) return;
  throw new Error(`${path} is sparse: only ${blocks * 512} of its ${size} bytes are on the disk`);
}

async function removeEmptyPart({ path, partPath }: PartPaths): Promise<null> {
  // in this order: once the file is gone, a recorder may take its name, and write a record
  await removeClipRecord(path);
  await Deno.remove(partPath);
  return null;
}

/** Notes in the clip's record, if it has one, that it was recovered. */
async function recordRecovery(path: string, bytes: number): Promise<void> {
  const record = await readClipRecord(path);
  if (record === null) return;
  try {
    replaceClipRecord(path, { ...record, state: "recovered", bytes, error: null });
  } catch (error) {
    reportWarning(`Cannot write the record of ${path}: ${(error as Error).message}`);
  }
}

function alreadyExists(path: string): Error {
  return new Deno.errors.AlreadyExists(`The file ${path} already exists`);
}

function lostBytes({ damaged, tail }: ScanResult, size: number): number {
  return damaged.reduce((sum, { start, end }) => sum + end - start, size - tail);
}

/** Returns the file to read a `.part` file from: itself, or a repaired copy. */
async function openSource(
  { path, partPath }: PartPaths,
  file: Deno.FsFile,
  found: ScanResult,
  container: ContainerName,
): Promise<TemporaryFile> {
  const patches = await findPatches(file, container, found);
  if (patches.length === 0) return { path: partPath, async [Symbol.asyncDispose]() {} };
  const copy = await createTemporaryFile(path, file);
  try {
    await copyPatched(file, copy.path, patches);
    return copy;
  } catch (error) {
    await copy[Symbol.asyncDispose]();
    throw error;
  }
}

/** The clip that a `.part` file became. */
interface Outcome {
  content: Content;
  /** The new path of a `.part` file that is kept; otherwise `null`. */
  originalPath: string | null;
}

/** Gives a file that needs no more the clip's name. */
async function rename({ path, partPath }: PartPaths, source: Source): Promise<Outcome> {
  const content = await readContent(source);
  renameNew(partPath, path);
  return { content, originalPath: null };
}

/** Writes the clip of a file, and removes the file, or keeps it if the clip may lack some of it. */
async function rewrite(
  { path, partPath, file }: PartPaths & { file: Deno.FsFile },
  source: Source,
  { damaged, digests }: ScanResult,
  { streams, ...muxer }: Muxer & { streams: readonly Stream[] },
): Promise<Outcome> {
  await using copy = await createTemporaryFile(path, file);
  const content = await remux(source, streams, copy.path, muxer);
  if (isMatroska(path)) await indexSound(copy.path).catch(() => {});
  const written = await readDigests({ ...source, path: copy.path }, streams.length);
  if (written.frames !== content.frames) {
    const cause = written.error;
    throw new GstError(
      `Cannot recover ${partPath}: only ${written.frames} of ${content.frames} frames were written`,
      cause === null ? {} : { cause },
    );
  }
  const isSame = digests === null || String(written.digests) === String(digests);
  const originalPath = damaged.length === 0 && isSame ? null : await reserveOriginal(path);
  await syncCopy(copy.path, partPath);
  renameNew(copy.path, path);
  if (originalPath === null) await Deno.remove(partPath);
  else renameNew(partPath, originalPath);
  return { content, originalPath };
}

/**
 * Returns the path for a damaged file, and creates its folder.
 *
 * @throws {Deno.errors.AlreadyExists} If there is a file of that path.
 */
async function reserveOriginal(path: string): Promise<string> {
  const originalPath = suffixed(path, DAMAGED_SUFFIX);
  await Deno.mkdir(dirname(originalPath), { recursive: true });
  if (exists(originalPath)) throw alreadyExists(originalPath);
  return originalPath;
}
