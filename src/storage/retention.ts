/**
 * Keeps a directory of clips within limits.
 *
 * @module
 */
import { resolve } from "node:path";
import { checkFunction, checkObject, checkSec } from "../util/check.ts";
import { Mutex } from "../util/mutex.ts";
import { reportUnhandled } from "../util/report_error.ts";
import { byAge, type ClipFile, listClips } from "./clip_list.ts";
import { isOwnClip, removeClipRecord } from "./clip_record.ts";

/** Options of {@link RetentionPolicy}. At least one of the limits must be finite; each defaults to `Infinity`. */
export interface RetentionOptions {
  /** The directory; its subfolders are left alone. */
  directory: string;
  /** The maximum number of clips. */
  maxFiles?: number;
  /** The maximum size of all clips together, in bytes. */
  maxBytes?: number;
  /** The maximum age of a clip in seconds, from its last modification. */
  maxAgeSec?: number;
  /**
   * Seconds from the last modification of a clip for which `maxFiles` and `maxBytes` do not remove it, so that many calls in a
   * short time cannot remove all older clips and then each other. Defaults to 0.
   */
  minAgeSec?: number;
  /**
   * Returns the paths of clips that must not be removed now, such as one that is being sent. Called at each `apply()`.
   * Defaults to none.
   */
  inUse?: () => Iterable<string>;
  /**
   * Returns the clips of the directory, such as from a list in memory, as reading a large directory takes seconds. Called at
   * each `apply()`. Defaults to {@link listClips}.
   */
  clips?: () => ClipFile[] | Promise<ClipFile[]>;
  /** Receives each clip as soon as it is removed. */
  onRemoved?: (clip: RemovedClip) => void;
  /** Receives the error of each clip that cannot be examined or removed. By default, an `error` event is dispatched on `globalThis`. */
  onError?: (error: Error) => void;
}

/** A clip that was removed. */
export interface RemovedClip {
  /** The path that it had. */
  path: string;
  /** Its size in bytes. */
  bytes: number;
  /** The limit that was exceeded. */
  reason: "age" | "files" | "bytes";
}

/** A clip of a list, as {@link findExcess} looks at it. */
export interface ListedClip extends ClipFile {
  /** Whether it must stay; it counts towards the limits nevertheless. */
  isKept?: boolean;
}

/** The limits alone. */
export type RetentionLimits = Pick<
  RetentionOptions,
  "maxFiles" | "maxBytes" | "maxAgeSec" | "minAgeSec"
>;

/**
 * Removes the oldest clips of a directory until it is within its limits.
 *
 * Its clips are those that {@link listClips} lists: only files that gstp provably wrote. Nothing else is counted or removed,
 * such as files of other programs, clips that are being written (`.part`), links and subdirectories. Clips that `inUse`
 * returns are counted, but not removed. The record of a clip is removed with it.
 *
 * Clips are ordered by their last modification, then by path. The newest clip is removed only if it exceeds `maxAgeSec`:
 * one that alone exceeds `maxBytes` stays until there is a newer one.
 *
 * @example
 * ```ts
 * import { RetentionPolicy } from "@gstp/gstp";
 * import { assertEquals } from "@std/assert";
 *
 * const directory = await Deno.makeTempDir();
 * for (const hour of [10, 11, 12]) {
 *   await Deno.writeTextFile(`${directory}/2026-11-26T${hour}-03-12.345Z_yard.mp4`, "video");
 * }
 * await Deno.writeTextFile(`${directory}/film.mp4`, "not a clip of gstp");
 * const policy = new RetentionPolicy({ directory, maxFiles: 2, maxAgeSec: 7 * 86_400 });
 * // after each clip: recorder.record({ onVideoFinished: () => policy.apply() })
 * const removed = await policy.apply();
 * const path = `${directory}/2026-11-26T10-03-12.345Z_yard.mp4`;
 * assertEquals(removed, [{ path, bytes: 5, reason: "files" }]);
 * ```
 */
export class RetentionPolicy {
  readonly #options: Required<RetentionOptions>;
  readonly #calls = new Mutex();

  /**
   * Sets the limits; nothing is removed yet.
   *
   * @throws {TypeError} If there is no limit, or an option has the wrong type.
   * @throws {RangeError} If a limit is not above 0, or a number of files or bytes is not whole.
   */
  constructor(options: RetentionOptions) {
    this.#options = completeOptions(options);
  }

  /**
   * Removes clips, oldest first, until the limits are met. If one cannot be removed, the next one is removed in its place.
   * Concurrent calls run one after another. A directory that does not exist yet has no clips.
   *
   * @returns The removed clips.
   * @throws {Error} If the directory cannot be read.
   */
  async apply(): Promise<RemovedClip[]> {
    return await this.#calls.run(() => this.#apply());
  }

  /**
   * Returns what {@link apply} would remove now, and removes nothing.
   *
   * @throws {Error} if the directory cannot be read.
   */
  async preview(): Promise<RemovedClip[]> {
    const clips = await this.#list();
    const removed: RemovedClip[] = [];
    for (let excess; (excess = findExcess(clips, this.#options, Date.now())) !== null;) {
      const { clip, reason } = excess;
      clips.splice(clips.indexOf(clip), 1);
      removed.push({ path: clip.path, bytes: clip.bytes, reason });
    }
    return removed;
  }

  async #apply(): Promise<RemovedClip[]> {
    const { onRemoved, onError, ...limits } = this.#options;
    const clips = await this.#list();
    const removed: RemovedClip[] = [];
    for (let excess; (excess = findExcess(clips, limits, Date.now())) !== null;) {
      const { clip, reason } = excess;
      // `clips` may list anything
      if (!await isOwnClip(clip.path)) {
        clip.isKept = true;
        continue;
      }
      const failure = await Deno.remove(clip.path).then(() => null, (error: Error) => error);
      if (failure === null) {
        await removeClipRecord(clip.path);
        const gone = { path: clip.path, bytes: clip.bytes, reason };
        removed.push(gone);
        onRemoved(gone);
      } else {
        onError(failure);
      }
      if (failure === null || failure instanceof Deno.errors.NotFound) {
        clips.splice(clips.indexOf(clip), 1);
      } else {
        clip.isKept = true;
      }
    }
    return removed;
  }

  /** The clips, oldest first. */
  async #list(): Promise<ListedClip[]> {
    const { clips, inUse } = this.#options;
    const listed = await clips();
    const kept = new Set([...inUse()].map((path) => resolve(path)));
    return listed.map((clip) => ({ ...clip, isKept: kept.has(resolve(clip.path)) })).sort(byAge);
  }
}

/** The clip to remove next, of a list that {@link byAge} has ordered; null if that is within the limits. */
export function findExcess(
  clips: readonly ListedClip[],
  limits: RetentionLimits,
  nowMs: number,
): { clip: ListedClip; reason: RemovedClip["reason"] } | null {
  const { maxFiles = Infinity, maxBytes = Infinity, maxAgeSec = Infinity, minAgeSec = 0 } = limits;
  const clip = clips.find(({ isKept }) => !isKept);
  if (clip === undefined) return null;
  const ageMs = nowMs - clip.modifiedAt.getTime();
  if (ageMs > maxAgeSec * 1000) return { clip, reason: "age" };
  if (Math.max(0, ageMs) < minAgeSec * 1000 || clip === clips.at(-1)) return null;
  if (clips.length > maxFiles) return { clip, reason: "files" };
  const bytes = clips.reduce((sum, { bytes }) => sum + bytes, 0);
  return bytes > maxBytes ? { clip, reason: "bytes" } : null;
}

function completeOptions(options: RetentionOptions): Required<RetentionOptions> {
  checkObject("options", options);
  const {
    directory,
    maxFiles = Infinity,
    maxBytes = Infinity,
    maxAgeSec = Infinity,
    minAgeSec = 0,
    inUse = () => [],
    onError = reportUnhandled,
    onRemoved = () => {},
    clips = () => listClips(directory, { onError }),
  } = options;
  if (typeof directory !== "string" || directory === "") {
    throw new TypeError("directory must be the path of a directory");
  }
  for (const [name, value] of Object.entries({ inUse, clips, onRemoved, onError })) {
    checkFunction(name, value);
  }
  checkCount("maxFiles", maxFiles);
  checkCount("maxBytes", maxBytes);
  if (checkSec("maxAgeSec", maxAgeSec) === 0) {
    throw new RangeError("maxAgeSec must be more than 0 seconds");
  }
  if (checkSec("minAgeSec", minAgeSec) > maxAgeSec) {
    throw new RangeError("minAgeSec must be at most maxAgeSec");
  }
  if (Math.min(maxFiles, maxBytes, maxAgeSec) === Infinity) {
    throw new TypeError("Set at least one limit: maxFiles, maxBytes or maxAgeSec");
  }
  return { directory, maxFiles, maxBytes, maxAgeSec, minAgeSec, inUse, clips, onRemoved, onError };
}

function checkCount(name: string, value: number): void {
  if (typeof value !== "number") {
    throw new TypeError(`${name} must be a number, got ${typeof value}`);
  }
  if (!(value >= 1) || (value !== Infinity && !Number.isInteger(value))) {
    throw new RangeError(`${name} must be a whole number from 1, got ${value}`);
  }
}
