/**
 * The file of a clip: under a temporary name until it is complete.
 *
 * @module
 */
import { basename, dirname, join } from "node:path";

/** Ending of the name of a clip that is not complete; also the folder for those whose name has no room for that. */
export const PART_SUFFIX = ".part";
/** Bytes of a file name at most, on the file systems in use (Linux: NAME_MAX in limits.h). */
const MAX_NAME_BYTES = 255;
/** The folder for long names goes with the last of its files, perhaps between two steps of another clip. */
const CREATE_TRIES = 3;

/** Where a clip is while it is being written. */
export function partPathOf(path: string): string {
  return suffixed(path, PART_SUFFIX);
}

/** A path with an ending more; one that leaves no room for that is in a folder of that name. */
export function suffixed(path: string, suffix: string): string {
  const bytes = new TextEncoder().encode(basename(path) + suffix).length;
  const isLong = bytes > MAX_NAME_BYTES;
  return isLong ? join(dirname(path), suffix, basename(path)) : path + suffix;
}

/** A clip's file on its way. */
export class PartFile {
  /** Where the clip will be. */
  readonly path: string;
  /** Where it is while it is being written, in the same directory. */
  readonly partPath: string;
  /** Has the lock that tells others that the clip is being written; null once that is over. */
  #lock: Deno.FsFile | null;

  private constructor(path: string, lock: Deno.FsFile) {
    this.path = path;
    this.partPath = partPathOf(path);
    this.#lock = lock;
  }

  /**
   * Makes the directory and an empty file under the temporary name, which is locked until {@link release}.
   *
   * @throws {Deno.errors.AlreadyExists} if there is such a clip, or one is being written.
   * @throws {Error} if the name is longer than the file system takes.
   */
  static async reserve(path: string): Promise<PartFile> {
    if (exists(path)) throw new Deno.errors.AlreadyExists(`There is a file ${path} already`);
    return new PartFile(path, await createFile(partPathOf(path)));
  }

  /** Nothing more is written: others may do with the file what they like. May be called twice. */
  release(): void {
    this.#lock?.close();
    this.#lock = null;
  }

  /** Bytes written so far; 0 where the file is out of reach. */
  get size(): number {
    try {
      return Deno.statSync(this.partPath).size;
    } catch {
      return 0;
    }
  }

  /**
   * Gives the complete file its name; one that has appeared there meanwhile is left alone. Blocks for two file system
   * calls, so that a process about to end can do it, too.
   *
   * @returns The file's size in bytes.
   */
  commit(): number {
    const { partPath } = this;
    if (!exists(partPath)) {
      throw new Deno.errors.NotFound(`${partPath} was removed while it was being written`);
    }
    const { size } = Deno.statSync(partPath);
    renameNew(partPath, this.path);
    this.release();
    this.#removeFolder();
    return size;
  }

  /** Removes the file. */
  async remove(): Promise<void> {
    // gone, or out of reach: nothing to tidy
    await Deno.remove(this.partPath).catch(() => {});
    this.release();
    this.#removeFolder();
  }

  /** Removes the folder for long names, once nothing else is in there. */
  #removeFolder(): void {
    if (this.partPath !== this.path + PART_SUFFIX) removeEmpty(dirname(this.partPath));
  }

  /**
   * Gives up: an empty file is removed, one with something in it stays under its temporary name, and locked until
   * {@link release}.
   *
   * @returns Whether there is something left.
   */
  async abandon(): Promise<boolean> {
    const info = await Deno.stat(this.partPath).catch(() => null);
    if (info?.size === 0) await this.remove();
    return (info?.size ?? 0) > 0;
  }
}

/** Makes an empty file with a lock, and its folder where that is the one for long names. */
async function createFile(partPath: string): Promise<Deno.FsFile> {
  for (let tries = 1;; tries++) {
    await Deno.mkdir(dirname(partPath), { recursive: true });
    try {
      const file = await Deno.open(partPath, { write: true, createNew: true });
      // Windows keeps everyone else from writing to a locked file; some file systems have no locks
      if (Deno.build.os !== "windows") await file.lock(true).catch(() => {});
      if (await isAt(file, partPath)) return file;
      file.close();
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound) || tries === CREATE_TRIES) throw error;
    }
  }
}

/** Whether a path still leads to a file that was opened by it. */
export async function isAt(file: Deno.FsFile, path: string): Promise<boolean> {
  const info = await Deno.lstat(path).catch(() => null);
  return info !== null && info.ino === (await file.stat()).ino;
}

/**
 * Gives a file another name, where there is no file yet.
 *
 * @throws {Deno.errors.AlreadyExists} if there is one.
 */
export function renameNew(from: string, to: string): void {
  try {
    // a rename would overwrite, a link never does
    Deno.linkSync(from, to);
    Deno.removeSync(from);
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists || exists(to)) throw error;
    Deno.renameSync(from, to);
  }
}

/** Removes a folder, unless something is in there. */
export function removeEmpty(folder: string): void {
  try {
    if (Deno.lstatSync(folder).isDirectory) Deno.removeSync(folder);
  } catch {
    // other clips are
  }
}

/** Whether there is something of that name. */
export function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
