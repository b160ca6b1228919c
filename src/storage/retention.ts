/**
 * Keeps a directory of clips within limits.
 *
 * @module
 */
import { checkFunction, checkObject, checkSec } from "../util/check.ts";
import { join, resolve } from "node:path";
import { extensionOf } from "../media/containers.ts";

/** What a directory of clips may hold: at least one limit; `Infinity` is none. */
export interface RetentionOptions {
  /** The directory; its subfolders are left alone. */
  directory: string;
  /** Clips at most. */
  maxFiles?: number;
  /** Bytes of all clips together at most. */
  maxBytes?: number;
  /** Seconds since a clip was last written to at most. */
  maxAgeSec?: number;
  /** Paths of clips that must stay for now, such as one that is being sent; asked at each `apply()`. */
  inUse?: () => Iterable<string>;
  /** Takes why a clip could not be looked at or removed; it is printed unless told. */
  onError?: (error: Error) => void;
}

/** A clip that was removed. */
export interface RemovedClip {
  /** Where it was. */
  path: string;
  /** Its size. */
  bytes: number;
  /** The limit that was exceeded. */
  reason: "age" | "files" | "bytes";
}

/** A finished clip in the directory. */
export interface ClipEntry {
  /** File name without the directory. */
  name: string;
  /** Its size. */
  bytes: number;
  /** When it was last written to, in milliseconds since 1970. */
  mtimeMs: number;
  /** Whether it must stay; it counts nevertheless. */
  isKept?: boolean;
}

/** The limits alone. */
export type RetentionLimits = Pick<RetentionOptions, "maxFiles" | "maxBytes" | "maxAgeSec">;

const CLIP_EXTENSIONS = [".webm", ".mkv", ".mp4", ".mov", ".ts"];
/** Each packet of an MPEG transport stream has this length, and begins with this byte. */
const TS_PACKET_BYTES = 188;
const TS_SYNC_BYTE = 0x47;

/**
 * Removes the oldest clips of a directory until it is within its limits.
 *
 * Its clips are the regular files in it that are named .webm, .mkv, .mp4, .mov or .ts; the latter only if it is an MPEG
 * transport stream, as TypeScript has that ending, too. Nothing else is counted or removed, such as open clips (`.part`),
 * links and subfolders. Clips in use are counted, and stay.
 *
 * The oldest is the one last written to before all others; of several at the same time, the first by name. The newest
 * clip goes by its age only: one that exceeds `maxBytes` all alone stays until there is a newer one.
 *
 * @example
 * ```ts
 * import { RetentionPolicy } from "@gstp/gstp";
 * import { assertEquals } from "@std/assert";
 *
 * const directory = await Deno.makeTempDir();
 * for (const name of ["a.webm", "b.webm", "c.webm", "d.webm.part"]) {
 *   await Deno.writeTextFile(`${directory}/${name}`, "video");
 * }
 * const policy = new RetentionPolicy({ directory, maxFiles: 2, maxAgeSec: 7 * 86_400 });
 * // after each clip: recorder.record({ onVideoFinished: () => policy.apply() })
 * const removed = await policy.apply();
 * assertEquals(removed, [{ path: `${directory}/a.webm`, bytes: 5, reason: "files" }]);
 * ```
 */
export class RetentionPolicy {
  readonly #options: Required<RetentionOptions>;
  #last: Promise<unknown> = Promise.resolve();

  /**
   * Sets the limits; nothing is removed yet.
   *
   * @throws {TypeError} if there is no limit, or an option has the wrong type.
   * @throws {RangeError} if a limit is not above 0, or a number of files or bytes is not whole.
   */
  constructor(options: RetentionOptions) {
    this.#options = completeOptions(options);
  }

  /**
   * Removes what is too much, oldest first; calls wait for each other. Where a clip cannot be removed, the next one goes
   * in its place. A directory that does not exist yet has no clips.
   *
   * @returns The removed clips.
   * @throws {Error} if the directory cannot be read.
   */
  apply(): Promise<RemovedClip[]> {
    const removed = this.#last.then(() => this.#apply());
    this.#last = removed.catch(() => {});
    return removed;
  }

  async #apply(): Promise<RemovedClip[]> {
    return await removeExcess(await this.#list(), this.#options);
  }

  /** The clips, in no order. */
  async #list(): Promise<ClipEntry[]> {
    const { directory, inUse, onError } = this.#options;
    const clips = await listClips(directory, onError);
    const kept = new Set([...inUse()].map((path) => resolve(path)));
    for (const clip of clips) clip.isKept = kept.has(resolve(directory, clip.name));
    return clips;
  }
}

/** Removes what is too much of a directory's clips, oldest first, from there and from the list of them. */
export async function removeExcess(
  clips: ClipEntry[],
  { directory, onError, ...limits }: RetentionLimits & {
    directory: string;
    onError: (error: Error) => void;
  },
): Promise<RemovedClip[]> {
  const removed: RemovedClip[] = [];
  clips.sort(byAge);
  for (let excess; (excess = findExcess(clips, limits, Date.now())) !== null;) {
    const { clip, reason } = excess;
    const path = join(directory, clip.name);
    try {
      await Deno.remove(path);
      removed.push({ path, bytes: clip.bytes, reason });
      clips.splice(clips.indexOf(clip), 1);
    } catch (error) {
      onError(error as Error);
      if (error instanceof Deno.errors.NotFound) clips.splice(clips.indexOf(clip), 1);
      else clip.isKept = true;
    }
  }
  return removed;
}

/** Orders clips, oldest first. */
export function byAge(a: ClipEntry, b: ClipEntry): number {
  return a.mtimeMs - b.mtimeMs || (a.name < b.name ? -1 : 1);
}

/** The clip to remove next, of a list that {@link byAge} has ordered; null if that is within the limits. */
export function findExcess(
  clips: readonly ClipEntry[],
  limits: RetentionLimits,
  nowMs: number,
): { clip: ClipEntry; reason: RemovedClip["reason"] } | null {
  const { maxFiles = Infinity, maxBytes = Infinity, maxAgeSec = Infinity } = limits;
  const clip = clips.find(({ isKept }) => !isKept);
  if (clip === undefined) return null;
  if (nowMs - clip.mtimeMs > maxAgeSec * 1000) return { clip, reason: "age" };
  if (clip === clips.at(-1)) return null;
  if (clips.length > maxFiles) return { clip, reason: "files" };
  const bytes = clips.reduce((sum, { bytes }) => sum + bytes, 0);
  return bytes > maxBytes ? { clip, reason: "bytes" } : null;
}

/** The clips of a directory, in no order; `onError` takes why one cannot be looked at. */
export async function listClips(
  directory: string,
  onError: (error: Error) => void,
): Promise<ClipEntry[]> {
  const clips: ClipEntry[] = [];
  for (const name of await namesIn(directory)) {
    try {
      const clip = await readClip(directory, name);
      if (clip !== null) clips.push(clip);
    } catch (error) {
      // gone since: no clip any more
      if (!(error instanceof Deno.errors.NotFound)) onError(error as Error);
    }
  }
  return clips;
}

async function namesIn(directory: string): Promise<string[]> {
  try {
    return (await Array.fromAsync(Deno.readDir(directory))).map(({ name }) => name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/**
 * Looks at a file of a directory; null where it is no clip.
 *
 * @throws {Deno.errors.NotFound} if it is not there.
 */
export async function readClip(directory: string, name: string): Promise<ClipEntry | null> {
  const extension = extensionOf(name);
  if (!CLIP_EXTENSIONS.includes(extension)) return null;
  const path = join(directory, name);
  const { isFile, size, mtime } = await Deno.lstat(path);
  if (!isFile || mtime === null) return null;
  if (extension === ".ts" && !await isTransportStream(path)) return null;
  return { name, bytes: size, mtimeMs: mtime.getTime() };
}

async function isTransportStream(path: string): Promise<boolean> {
  using file = await Deno.open(path);
  const bytes = new Uint8Array(TS_PACKET_BYTES + 1);
  await file.read(bytes);
  return bytes[0] === TS_SYNC_BYTE && bytes[TS_PACKET_BYTES] === TS_SYNC_BYTE;
}

function completeOptions(options: RetentionOptions): Required<RetentionOptions> {
  checkObject("options", options);
  const {
    directory,
    maxFiles = Infinity,
    maxBytes = Infinity,
    maxAgeSec = Infinity,
    inUse = () => [],
    onError = console.error,
  } = options;
  if (typeof directory !== "string" || directory === "") {
    throw new TypeError("directory must be the path of a directory");
  }
  checkFunction("inUse", inUse);
  checkFunction("onError", onError);
  checkCount("maxFiles", maxFiles);
  checkCount("maxBytes", maxBytes);
  if (checkSec("maxAgeSec", maxAgeSec) === 0) {
    throw new RangeError("maxAgeSec must be more than 0 seconds");
  }
  if (Math.min(maxFiles, maxBytes, maxAgeSec) === Infinity) {
    throw new TypeError("There must be a limit: maxFiles, maxBytes or maxAgeSec");
  }
  return { directory, maxFiles, maxBytes, maxAgeSec, inUse, onError };
}

function checkCount(name: string, value: number): void {
  if (typeof value !== "number") {
    throw new TypeError(`${name} must be a number, got ${typeof value}`);
  }
  if (!(value >= 1) || (value !== Infinity && !Number.isInteger(value))) {
    throw new RangeError(`${name} must be a whole number from 1, got ${value}`);
  }
}
