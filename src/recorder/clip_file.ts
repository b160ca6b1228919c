/**
 * The file of a clip: under a temporary name until it is complete.
 *
 * @module
 */
import { dirname } from "node:path";

/** Ending of the name of a clip that is not complete. */
export const PART_SUFFIX = ".part";

/** A clip's file on its way. */
export class ClipFile {
  /** Where the clip will be. */
  readonly path: string;
  /** Where it is while it is being written, in the same directory. */
  readonly partPath: string;

  private constructor(path: string) {
    this.path = path;
    this.partPath = path + PART_SUFFIX;
  }

  /**
   * Makes the directory and an empty file under the temporary name.
   *
   * @throws {Deno.errors.AlreadyExists} if there is such a clip, or one is being written.
   */
  static async reserve(path: string): Promise<ClipFile> {
    const file = new ClipFile(path);
    await Deno.mkdir(dirname(path), { recursive: true });
    if (exists(path)) throw new Deno.errors.AlreadyExists(`There is a file ${path} already`);
    (await Deno.open(file.partPath, { write: true, createNew: true })).close();
    return file;
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
    const { size } = Deno.statSync(this.partPath);
    try {
      // a rename would overwrite, a link never does
      Deno.linkSync(this.partPath, this.path);
      Deno.removeSync(this.partPath);
    } catch (error) {
      if (error instanceof Deno.errors.AlreadyExists || exists(this.path)) throw error;
      Deno.renameSync(this.partPath, this.path);
    }
    return size;
  }

  /** Removes the file. */
  async remove(): Promise<void> {
    // gone, or out of reach: nothing to tidy
    await Deno.remove(this.partPath).catch(() => {});
  }

  /**
   * Gives up: an empty file is removed, one with something in it stays under its temporary name.
   *
   * @returns Whether there is something left.
   */
  async abandon(): Promise<boolean> {
    const info = await Deno.stat(this.partPath).catch(() => null);
    if (info?.size === 0) await this.remove();
    return (info?.size ?? 0) > 0;
  }
}

function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
