/**
 * Disks that are small, to be filled or made read-only.
 *
 * @module
 */
import { run } from "./run.ts";

/** A small file system of its own. */
export interface SmallDisk extends AsyncDisposable {
  path: string;
  /** Allows nothing more to be written there. */
  makeReadOnly(): Promise<void>;
}

async function mount(path: string, options: string): Promise<void> {
  const { code, stderr } = await run("mount", ["-t", "tmpfs", "-o", options, "tmpfs", path]);
  if (code !== 0) throw new Error(`Cannot mount a file system: ${stderr}`);
}

/** Mounts an empty file system of so many KiB; `await using` takes it away. */
export async function smallDisk(kib: number): Promise<SmallDisk> {
  const path = await Deno.makeTempDir({ prefix: "gstp-" });
  try {
    await mount(path, `size=${kib}k`);
  } catch (error) {
    await Deno.remove(path);
    throw error;
  }
  return {
    path,
    makeReadOnly: () => mount(path, "remount,ro"),
    [Symbol.asyncDispose]: async () => {
      await run("umount", [path]);
      await Deno.remove(path);
    },
  };
}

/** Whether this user may have small disks; prints why not. */
export async function maySmallDisk(): Promise<boolean> {
  try {
    await using _disk = await smallDisk(4);
    return true;
  } catch (error) {
    console.log(`Tests of full disks are skipped: ${(error as Error).message}`);
    return false;
  }
}
