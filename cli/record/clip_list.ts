/**
 * Which clips a folder has.
 *
 * @module
 */
import { byAge, type ClipEntry, listClips } from "../../src/storage/retention.ts";

/** Milliseconds until others' changes of the folder are looked for again. */
const LIST_MS = 1000;
/** A large folder takes seconds to list, so that it is left alone for so many times as long. */
const REST = 20;

type Entries = Map<string, ClipEntry>;

/**
 * The clips of a folder. What this program does to it is known at once, what others do after a second, and after a while where the folder
 * is large; only those who are to remove clips wait for that then.
 */
export class ClipList {
  readonly #path: string;
  /** Undefined before somebody has asked. */
  #entries: Entries | undefined;
  #listing: Promise<Entries> | undefined;
  /** What the listing under way may have missed. */
  readonly #changes: ((entries: Entries) => void)[] = [];
  #dueMs = 0;
  /** Whether nobody minds waiting for a look at the folder. */
  #isSmall = false;

  /** The folder is not looked at until somebody asks. */
  constructor(path: string) {
    this.#path = path;
  }

  /** Takes note of a new clip. */
  add(clip: ClipEntry): void {
    this.#change((entries) => entries.set(clip.name, clip));
  }

  /** Takes note of a clip that was removed. */
  delete(name: string): void {
    this.#change((entries) => entries.delete(name));
  }

  /** How many clips there are, and how large all of them are. */
  async totals(): Promise<{ count: number; bytes: number }> {
    const entries = await this.#get();
    let bytes = 0;
    for (const clip of entries.values()) bytes += clip.bytes;
    return { count: entries.size, bytes };
  }

  /** All clips, in no order, after a look at the folder where one is due; the list is the caller's. */
  async all(): Promise<ClipEntry[]> {
    const known = await this.#get();
    return [...(await this.#listing ?? known).values()];
  }

  /** The newest clips, up to so many, newest first. */
  async newest(limit: number): Promise<ClipEntry[]> {
    const clips = [...(await this.#get()).values()].sort(byAge);
    return clips.reverse().slice(0, limit);
  }

  #change(change: (entries: Entries) => void): void {
    if (this.#entries !== undefined) change(this.#entries);
    if (this.#listing !== undefined) this.#changes.push(change);
  }

  async #get(): Promise<Entries> {
    if (this.#listing === undefined && performance.now() >= this.#dueMs) {
      this.#listing = this.#list();
      // where nobody waits for it, the next who ask hear of it
      this.#listing.catch(() => {});
    }
    const known = this.#isSmall ? undefined : this.#entries;
    return known ?? await this.#listing ?? this.#entries!;
  }

  async #list(): Promise<Entries> {
    const startMs = performance.now();
    try {
      const clips = await listClips(this.#path, console.error);
      const entries = new Map(clips.map((clip) => [clip.name, clip]));
      for (const change of this.#changes) change(entries);
      const restMs = REST * (performance.now() - startMs);
      this.#isSmall = restMs < LIST_MS;
      this.#dueMs = performance.now() + Math.max(LIST_MS, restMs);
      return this.#entries = entries;
    } catch (error) {
      this.#entries = undefined;
      throw error;
    } finally {
      this.#changes.length = 0;
      this.#listing = undefined;
    }
  }
}
