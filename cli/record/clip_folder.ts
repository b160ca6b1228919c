/**
 * The folder of the clips.
 *
 * @module
 */
import { statfs } from "node:fs/promises";
import { basename, join, relative } from "node:path";
import { type ClipFile, readClip, type RemovedClip, RetentionPolicy } from "../../mod.ts";
import type { ClipLimits } from "../args/record_arguments.ts";
import { UsageError } from "../args/usage_error.ts";
import type { RecoveryResult } from "../worker/tasks.ts";
import { ClipList } from "./clip_list.ts";
import { ClipNames } from "./clip_names.ts";
import type { ClipReport } from "./clip_report.ts";
import type { Events } from "./events.ts";
import { type OpenClip, openClip } from "./open_clip.ts";
import { recoverParts } from "./recover_parts.ts";
import { printError } from "../terminal/print.ts";

/** A finished clip. */
export interface ClipInfo {
  name: string;
  bytes: number;
  /** When it was last written to. */
  modifiedAt: Date;
  /** Its recorder's report; null for a clip of another run. */
  report: ClipReport | null;
  /** The media types of its tracks; empty if they are not known. */
  mediaTypes: string[];
}

/** What a folder holds, and how much room its disk has. */
export interface FolderInfo {
  count: number;
  bytes: number;
  /** The free bytes of the disk; null if unknown. */
  freeBytes: number | null;
}

/** The number of reports that are kept; older clips are listed without. */
const MAX_REPORTS = 1000;
/** Milliseconds by which times may be ahead of the clock, such as those of a network disk. */
const SKEW_MS = 60_000;
/** Milliseconds between two checks for clips that are too old. */
const CHECK_MS = 60_000;

/** Names, lists, opens, recovers and removes the clips of a folder. */
export class ClipFolder implements Disposable {
  readonly #path: string;
  readonly #events: Events;
  readonly #names = new ClipNames();
  readonly #clips: ClipList;
  /** The reports of the newest clips of this run by name, oldest first. */
  readonly #reports = new Map<string, ClipReport>();
  /** The media types of the clips listed last, by path. */
  readonly #mediaTypes = new Map<string, string[]>();
  /** Undefined if there are no limits. */
  readonly #retention: RetentionPolicy | undefined;
  /** Undefined before the limits apply. */
  #timer: ReturnType<typeof setInterval> | undefined;

  /**
   * Opens a folder, and creates it if it does not exist.
   *
   * @throws {UsageError} If clips cannot be written there.
   */
  static async create(
    path: string,
    limits: ClipLimits | undefined,
    events: Events,
  ): Promise<ClipFolder> {
    try {
      await Deno.mkdir(path, { recursive: true });
      await Deno.remove(await Deno.makeTempFile({ dir: path }));
    } catch (error) {
      if (error instanceof Deno.errors.NotCapable) throw error;
      throw new UsageError(`Cannot write to the folder ${path}: ${(error as Error).message}`);
    }
    return new ClipFolder(path, limits, events);
  }

  private constructor(path: string, limits: ClipLimits | undefined, events: Events) {
    this.#path = path;
    this.#events = events;
    this.#clips = new ClipList(path);
    if (limits === undefined) return;
    this.#retention = new RetentionPolicy({
      ...limits,
      directory: path,
      clips: () => this.#datedClips(),
      onRemoved: (clip) => this.#onRemoved(clip),
      onError: (error) => {
        // removed by another process
        if (!(error instanceof Deno.errors.NotFound)) printError(Deno.inspect(error));
      },
    });
  }

  /** Removes the clips beyond the limits, and does so from now on. */
  async keepLimits(): Promise<void> {
    if (this.#retention === undefined) return;
    this.#timer = setInterval(() => void this.applyLimits(), CHECK_MS);
    await this.applyLimits();
  }

  /** Returns a new path for a clip, which begins with the time. */
  newPath(tee: string, extension: string): string {
    return join(this.#path, this.#names.next(tee, extension));
  }

  /** Adds a finished clip to the list. */
  add(report: ClipReport): void {
    const name = basename(report.path);
    const modifiedAt = new Date(Date.now());
    this.#clips.add({ path: join(this.#path, name), bytes: report.bytes, modifiedAt });
    this.#reports.set(name, report);
    const [oldest] = this.#reports.keys();
    if (this.#reports.size > MAX_REPORTS) this.#reports.delete(oldest!);
  }

  /** Recovers what a killed run left behind, and emits events of that; prints a failure. */
  async recover(signal: AbortSignal, onNote: (text: string) => void): Promise<void> {
    // without locks, what is being written looks like what was left
    if (Deno.build.os === "windows") return;
    const onForbidden = (count: number) =>
      onNote(
        `${count} .part files are left, as Deno does not permit another process (--allow-run): ` +
          `gstp recover ${this.#path}`,
      );
    const onResult = (result: RecoveryResult) => this.#onRecovery(result);
    await recoverParts(this.#path, { onResult, onForbidden }, signal)
      .catch((error) => printError(Deno.inspect(error)));
  }

  async #onRecovery({ recovered, left }: RecoveryResult): Promise<void> {
    for (const { path, frames, duration, bytes, lostBytes, damaged } of recovered) {
      const name = basename(path);
      const clip = await readClip(join(this.#path, name));
      if (clip !== null) this.#clips.add(clip);
      const contents = { frames, duration, bytes, lostBytes, damaged };
      this.#events.emit({ type: "recovered", name, ...contents });
    }
    for (const { partPath, reason, error } of left) {
      if (reason === "in-use") continue;
      const [text = ""] = error.split("\n");
      const name = relative(this.#path, partPath);
      this.#events.emit({ type: "unrecovered", name, reason, error: text });
    }
    if (recovered.length > 0) await this.applyLimits();
  }

  /** Removes the clips beyond the limits, once these apply; prints a failure. */
  async applyLimits(): Promise<void> {
    if (this.#timer !== undefined) {
      await this.#retention?.apply().catch((error) => printError(Deno.inspect(error)));
    }
  }

  #onRemoved({ path, bytes, reason }: RemovedClip): void {
    const name = basename(path);
    this.#reports.delete(name);
    this.#clips.delete(path);
    this.#events.emit({ type: "removed", name, bytes, reason });
  }

  /**
   * The clips, those of the future dated now: after the clock was set back, new clips would count as older than they.
   */
  async #datedClips(): Promise<ClipFile[]> {
    const now = new Date(Date.now());
    const clips = await this.#clips.all();
    for (const [i, clip] of clips.entries()) {
      if (clip.modifiedAt.getTime() <= now.getTime() + SKEW_MS) continue;
      clips[i] = { ...clip, modifiedAt: now };
      this.#clips.add(clips[i]);
      // if that fails, the list is right until the folder is read again
      await Deno.utime(clip.path, now, now).catch(() => {});
    }
    return clips;
  }

  /** Resolves with what the folder holds. */
  async info(): Promise<FolderInfo> {
    return { ...await this.#clips.totals(), freeBytes: await freeBytes(this.#path) };
  }

  /** Resolves with up to `limit` clips, newest first. */
  async newest(limit: number): Promise<ClipInfo[]> {
    const clips = await this.#clips.newest(limit);
    return await Promise.all(clips.map(async ({ path, bytes, modifiedAt }) => {
      const name = basename(path);
      const mediaTypes = await this.#readMediaTypes(path);
      return { name, bytes, modifiedAt, report: this.#reports.get(name) ?? null, mediaTypes };
    }));
  }

  /** Reads the media types of a clip from its record, once. */
  async #readMediaTypes(path: string): Promise<string[]> {
    const known = this.#mediaTypes.get(path);
    if (known !== undefined) return known;
    const clip = await readClip(path).catch(() => null);
    const mediaTypes = clip?.record?.mediaTypes ?? [];
    this.#mediaTypes.set(path, mediaTypes);
    const [oldest] = this.#mediaTypes.keys();
    if (this.#mediaTypes.size > MAX_REPORTS) this.#mediaTypes.delete(oldest!);
    return mediaTypes;
  }

  /** Opens a clip; resolves with null if there is none of this name. The caller closes its file. */
  async open(name: string): Promise<OpenClip | null> {
    return await openClip(this.#path, name);
  }

  /** Stops checking for old clips. */
  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}

async function freeBytes(path: string): Promise<number | null> {
  try {
    const { bavail, bsize } = await statfs(path);
    return bavail * bsize;
  } catch {
    return null;
  }
}
