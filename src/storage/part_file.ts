/**
 * The file of a clip, which has a temporary name until it is complete.
 *
 * @module
 */
import { dirname } from "node:path";
import { exists, isAt, removeSuffixFolder, renameNew, suffixed } from "./file_system.ts";

/** The suffix of the name of an incomplete clip, and the folder for names that leave no room for it. */
export const PART_SUFFIX = ".part";
/** The folder for long names is removed with the last of its files, which can be between two steps of another clip. */
const CREATE_TRIES = 3;

/** The file of a clip that is being written. */
export class PartFile {
  /** The path of the complete clip. */
  readonly path: string;
  /** The path of the file until then, on the same file system. */
  readonly partPath: string;
  /** Open to hold the lock that marks the file as being written; `null` after {@link release}. */
  #lock: Deno.FsFile | null;

  private constructor(path: string, partPath: string, lock: Deno.FsFile) {
    this.path = path;
    this.partPath = partPath;
    this.#lock = lock;
  }

  /**
   * Creates the directory and an empty file under the temporary name, which is locked until {@link release}.
   *
   * @throws {Deno.errors.AlreadyExists} If the clip exists, or is being written.
   * @throws {Error} If the name is too long for the file system.
   */
  static async reserve(path: string): Promise<PartFile> {
    if (exists(path)) throw new Deno.errors.AlreadyExists(`The file ${path} already exists`);
    const partPath = suffixed(path, PART_SUFFIX);
    return new PartFile(path, partPath, await createFile(partPath));
  }

  /** Unlocks the file once nothing more is written to it. May be called twice. */
  release(): void {
    this.#lock?.close();
    this.#lock = null;
  }

  /** The bytes written so far; 0 if the file cannot be reached. */
  get size(): number {
    try {
      return Deno.statSync(this.partPath).size;
    } catch {
      return 0;
    }
  }

  /**
   * Gives the complete file the clip's name, and unlocks it. Blocks for the file system's calls, so that it works in a
   * process that is about to exit.
   *
   * @returns The file's size in bytes.
   * @throws {Deno.errors.AlreadyExists} If there is a file of that name by now, which stays as it is.
   * @throws {Deno.errors.NotFound} If the file was removed while it was being written.
   */
  commit(): number {
    const { partPath } = this;
    if (!exists(partPath)) {
      throw new Deno.errors.NotFound(`${partPath} was removed while it was being written`);
    }
    const { size } = Deno.statSync(partPath);
    renameNew(partPath, this.path);
    this.release();
    removeSuffixFolder(this.partPath, this.path);
    return size;
  }

  /** Removes and unlocks the file. */
  async remove(): Promise<void> {
    // it may be gone, or out of reach
    await Deno.remove(this.partPath).catch(() => {});
    this.release();
    removeSuffixFolder(this.partPath, this.path);
  }

  /**
   * Ends an incomplete clip: removes the file if it is empty; otherwise it keeps its temporary name, and its lock until
   * {@link release}.
   *
   * @returns Whether the file is kept.
   */
  async abandon(): Promise<boolean> {
    const info = await Deno.stat(this.partPath).catch(() => null);
    if (info?.size === 0) await this.remove();
    return (info?.size ?? 0) > 0;
  }
}

/** Creates an empty file and its directory, and locks it. */
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
