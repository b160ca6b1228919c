/**
 * The folder of the clips.
 *
 * @module
 */
import { statfs } from "node:fs/promises";
import { basename, join, relative } from "node:path";
import { type RecordingReport, recoverClips } from "../../mod.ts";
import { type ClipEntry, readClip, removeExcess } from "../../src/storage/retention.ts";
import { UsageError } from "../args/usage_error.ts";
import type { Limits } from "../args/record_arguments.ts";
import { ClipList } from "./clip_list.ts";
import type { Events } from "./events.ts";

/** A clip that is complete. */
export interface ClipInfo {
  name: string;
  bytes: number;
  /** When it was last written to. */
  modifiedAt: Date;
  /** What the recorder said of it; null where another run made it. */
  report: RecordingReport | null;
}

/** All clips, and the disk that they are on. */
export interface FolderInfo {
  count: number;
  bytes: number;
  /** What the disk has left; null where that is not known. */
  freeBytes: number | null;
}

/** A clip that is open for reading. */
export interface OpenClip {
  file: Deno.FsFile;
  bytes: number;
  modifiedAt: Date;
  /** Never the same for two files. */
  tag: string;
}

/** Reports that are kept; older clips are listed without. */
const MAX_REPORTS = 1000;
/** What file systems take. */
const MAX_NAME_BYTES = 255;
/** Milliseconds by which times may be ahead of the clock: those of a disk elsewhere, and of clips that come at once. */
const SKEW_MS = 60_000;
/** Milliseconds between two looks for clips that are too old. */
const AGE_MS = 60_000;

/** Names, lists, opens and removes clips. */
export class ClipFolder implements Disposable {
  readonly #path: string;
  readonly #limits: Limits;
  readonly #events: Events;
  /** Of the newest clips of this run, oldest first. */
  readonly #reports = new Map<string, RecordingReport>();
  readonly #timer: ReturnType<typeof setInterval> | undefined;
  readonly #clips: ClipList;
  #lastMs = 0;
  #tidied = Promise.resolve();

  /**
   * Makes the folder where there is none.
   *
   * @throws {UsageError} if clips cannot be written there.
   */
  static async make(path: string, limits: Limits, events: Events): Promise<ClipFolder> {
    try {
      await Deno.mkdir(path, { recursive: true });
      await Deno.remove(await Deno.makeTempFile({ dir: path }));
    } catch (error) {
      if (error instanceof Deno.errors.NotCapable) throw error;
      throw new UsageError(`Cannot write to the folder ${path}: ${(error as Error).message}`);
    }
    return new ClipFolder(path, limits, events);
  }

  private constructor(path: string, limits: Limits, events: Events) {
    this.#path = path;
    this.#events = events;
    this.#clips = new ClipList(path);
    this.#limits = limits;
    if (this.#isLimited) this.#timer = setInterval(() => void this.tidy(), AGE_MS);
  }

  /** A path for a clip that was not given before, beginning with the time. */
  newPath(tee: string, extension: string): string {
    const nowMs = Date.now();
    const isSetBack = nowMs < this.#lastMs - SKEW_MS;
    this.#lastMs = isSetBack ? nowMs : Math.max(nowMs, this.#lastMs + 1);
    const time = new Date(this.#lastMs).toISOString().replaceAll(":", "-");
    return join(this.#path, `${time}_${tee.replaceAll(/[^\w-]/g, "_")}${extension}`);
  }

  /** Takes note of a clip that is complete. */
  add(report: RecordingReport): void {
    const name = basename(report.path);
    this.#clips.add({ name, bytes: report.bytes, mtimeMs: Date.now() });
    this.#reports.set(name, report);
    const [oldest] = this.#reports.keys();
    if (this.#reports.size > MAX_REPORTS) this.#reports.delete(oldest!);
  }

  /** Makes clips of what a run that was killed has left, and tells of it; a failure is printed. */
  async recover(): Promise<void> {
    // there, what is being written cannot be told from what was left
    if (Deno.build.os === "windows") return;
    try {
      const { recovered, left } = await recoverClips(this.#path);
      for (const { path, frames, duration, bytes, lostBytes, damaged } of recovered) {
        const name = basename(path);
        const clip = await readClip(this.#path, name);
        if (clip !== null) this.#clips.add(clip);
        const found = { frames, duration, bytes, lostBytes, damaged };
        this.#events.emit({ type: "recovered", name, ...found });
      }
      for (const { partPath, reason, error } of left) {
        if (reason === "in-use") continue;
        const [text = ""] = error.message.split("\n");
        const name = relative(this.#path, partPath);
        this.#events.emit({ type: "unrecovered", name, reason, error: text });
      }
      if (recovered.length > 0) await this.tidy();
    } catch (error) {
      console.error(error);
    }
  }

  get #isLimited(): boolean {
    return Math.min(...Object.values(this.#limits)) < Infinity;
  }

  /** Removes what is beyond the limits; calls wait for each other, and a failure is printed. */
  async tidy(): Promise<void> {
    if (!this.#isLimited) return;
    this.#tidied = this.#tidied.then(() => this.#tidy());
    await this.#tidied;
  }

  async #tidy(): Promise<void> {
    try {
      // by the list, as a look at a large folder takes seconds
      const clips = await this.#clips.all();
      await this.#redate(clips);
      const limits = { ...this.#limits, directory: this.#path, onError: onRemoveFailed };
      for (const { path, bytes, reason } of await removeExcess(clips, limits)) {
        const name = basename(path);
        this.#reports.delete(name);
        this.#clips.delete(name);
        this.#events.emit({ type: "removed", name, bytes, reason });
      }
    } catch (error) {
      console.error(error);
    }
  }

  /** Has clips of the future be of now: the clock was set back, and what is written from now on would count as older. */
  async #redate(clips: ClipEntry[]): Promise<void> {
    const nowMs = Date.now();
    for (const clip of clips.filter(({ mtimeMs }) => mtimeMs > nowMs + SKEW_MS)) {
      clip.mtimeMs = nowMs;
      const now = new Date(nowMs);
      // where that cannot be, the list has it right for a while
      await Deno.utime(join(this.#path, clip.name), now, now).catch(() => {});
    }
  }

  /** What there is on the whole. */
  async info(): Promise<FolderInfo> {
    return { ...await this.#clips.totals(), freeBytes: await freeBytes(this.#path) };
  }

  /** The newest clips, up to so many, newest first. */
  async newest(limit: number): Promise<ClipInfo[]> {
    return (await this.#clips.newest(limit)).map(({ name, bytes, mtimeMs }) => ({
      ...{ name, bytes, modifiedAt: new Date(mtimeMs) },
      report: this.#reports.get(name) ?? null,
    }));
  }

  /** Opens a clip of the folder; null where there is none of this name. The caller closes it. */
  async open(name: string): Promise<OpenClip | null> {
    if (!isFileName(name)) return null;
    const path = join(this.#path, name);
    try {
      // no link, and nothing but a clip
      if (await readClip(this.#path, name) === null) return null;
      const { ino, dev } = await Deno.lstat(path);
      const file = await Deno.open(path);
      const info = await file.stat();
      if (info.isFile && info.ino === ino && info.dev === dev) return openClip(file, info);
      file.close();
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
    return null;
  }

  /** Looks for old clips no more. */
  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}

/** What others have removed meanwhile is no failure. */
function onRemoveFailed(error: Error): void {
  if (!(error instanceof Deno.errors.NotFound)) console.error(error);
}

function openClip(file: Deno.FsFile, { size, mtime, ino }: Deno.FileInfo): OpenClip {
  const modifiedAt = mtime ?? new Date(0);
  const tag = [ino ?? 0, size, modifiedAt.getTime()].map((part) => part.toString(36)).join("-");
  return { file, bytes: size, modifiedAt, tag: `"${tag}"` };
}

/** Whether a name can be that of a file in the folder. */
function isFileName(name: string): boolean {
  return name === basename(name) && !/[\\\0]/.test(name) &&
    new TextEncoder().encode(name).length <= MAX_NAME_BYTES;
}

async function freeBytes(path: string): Promise<number | null> {
  try {
    const { bavail, bsize } = await statfs(path);
    return bavail * bsize;
  } catch {
    return null;
  }
}
