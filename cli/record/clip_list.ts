/**
 * The clips of a folder, kept in memory.
 *
 * @module
 */
import { type ClipFile, listClips } from "../../mod.ts";

/** Milliseconds until the folder is read again, for the changes of other programs. */
const LIST_MS = 1000;
/** A large folder takes seconds to read: it is left alone for so many times as long. */
const REST = 20;

type Clips = Map<string, ClipFile>;

/**
 * A list of the clips of a folder. Changes by this program are in it at once, those of others after a second, or after a while
 * if the folder is large. While the folder is read, callers get the list as it was; only {@link all} waits.
 */
export class ClipList {
  readonly #path: string;
  /** By path; undefined before the first read. */
  #clips: Clips | undefined;
  #listing: Promise<Clips> | undefined;
  /** Changes that the listing under way may have missed. */
  readonly #changes: ((clips: Clips) => void)[] = [];
  #dueMs = 0;
  /** Whether reading the folder is so fast that everybody can wait for it. */
  #isSmall = false;

  /** Reads the folder at the first call, not here. */
  constructor(path: string) {
    this.#path = path;
  }

  /** Adds a clip, or replaces the one of its path. */
  add(clip: ClipFile): void {
    this.#change((clips) => clips.set(clip.path, clip));
  }

  /** Removes a clip. */
  delete(path: string): void {
    this.#change((clips) => clips.delete(path));
  }

  /** Resolves with the number of clips and their total size. */
  async totals(): Promise<{ count: number; bytes: number }> {
    const clips = await this.#get();
    let bytes = 0;
    for (const clip of clips.values()) bytes += clip.bytes;
    return { count: clips.size, bytes };
  }

  /** Resolves with all clips, in no particular order, after the folder was read if that is due. */
  async all(): Promise<ClipFile[]> {
    const known = await this.#get();
    return [...(await this.#listing ?? known).values()];
  }

  /** Resolves with up to `limit` clips, newest first. */
  async newest(limit: number): Promise<ClipFile[]> {
    const clips = [...(await this.#get()).values()];
    const byAge = (a: ClipFile, b: ClipFile) =>
      b.modifiedAt.getTime() - a.modifiedAt.getTime() || (a.path < b.path ? 1 : -1);
    return clips.sort(byAge).slice(0, limit);
  }

  #change(change: (clips: Clips) => void): void {
    if (this.#clips !== undefined) change(this.#clips);
    if (this.#listing !== undefined) this.#changes.push(change);
  }

  async #get(): Promise<Clips> {
    if (this.#listing === undefined && performance.now() >= this.#dueMs) {
      this.#listing = this.#list();
      // a failure that no caller awaits is not unhandled: the next caller reads the folder again
      this.#listing.catch(() => {});
    }
    const known = this.#isSmall ? undefined : this.#clips;
    return known ?? await this.#listing ?? this.#clips!;
  }

  async #list(): Promise<Clips> {
    const startMs = performance.now();
    try {
      const files = await listClips(this.#path);
      const clips = new Map(files.map((clip) => [clip.path, clip]));
      for (const change of this.#changes) change(clips);
      const restMs = REST * (performance.now() - startMs);
      this.#isSmall = restMs < LIST_MS;
      this.#dueMs = performance.now() + Math.max(LIST_MS, restMs);
      return this.#clips = clips;
    } catch (error) {
      this.#clips = undefined;
      throw error;
    } finally {
      this.#changes.length = 0;
      this.#listing = undefined;
    }
  }
}
