/**
 * Small file systems, to fill up or to make read-only.
 *
 * @module
 */
import { run } from "../../scripts/lib/run.ts";

/** A mounted file system. */
export interface SmallDisk extends AsyncDisposable {
  path: string;
  /** Makes it read-only. */
  makeReadOnly(): Promise<void>;
}

async function mount(path: string, options: string): Promise<void> {
  const { code, stderr } = await run("mount", ["-t", "tmpfs", "-o", options, "tmpfs", path]);
  if (code !== 0) throw new Error(`Cannot mount a file system: ${stderr}`);
}

/** Mounts an empty file system of `kib` KiB; `await using` unmounts it. */
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

/** Returns whether this user may mount file systems; prints why not. */
export async function canMountDisk(): Promise<boolean> {
  try {
    await using _disk = await smallDisk(4);
    return true;
  } catch (error) {
    console.log(`Skipped tests of full disks: ${(error as Error).message}`);
    return false;
  }
}
