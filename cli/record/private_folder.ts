/**
 * Who else may read and write the clips.
 *
 * @module
 */
import { UsageError } from "../args/usage_error.ts";

/** The permissions that new files and folders do not get: others get none, the group reads at most. */
const UMASK = 0o077;
const GROUP_UMASK = 0o027;
/** Permission bits of a folder (chmod(2)). */
const OTHERS_WRITE = 0o002;
const GROUP_WRITES = 0o020;
const ROOT = 0;

/** Keeps the files that this process creates from other users, but for the group if it is to read them. */
export function keepPrivate(isForGroup: boolean): void {
  if (Deno.build.os === "windows") return;
  ifPermitted(() => Deno.umask(isForGroup ? GROUP_UMASK : UMASK));
}

/**
 * Checks that no other user may write to a folder: who may can put a link in the place of a clip, and have any file of this
 * user overwritten.
 *
 * @throws {UsageError} If one may.
 */
export async function checkPrivate(path: string): Promise<void> {
  const uid = ifPermitted(() => Deno.uid());
  const gid = ifPermitted(() => Deno.gid());
  // on Windows, and where Deno does not permit to ask who this user is
  if (uid === null || gid === null) return;
  const link = await Deno.lstat(path);
  const folder = await Deno.stat(path);
  const owner = [link, folder].map((info) => info.uid).find((one) => one !== uid && one !== ROOT);
  if (owner !== undefined) refuse(path, `belongs to another user (${owner})`);
  const mode = folder.mode ?? 0;
  if (mode & OTHERS_WRITE) refuse(path, "can be written to by all users");
  // the user's own group has nobody else, as a rule
  if (mode & GROUP_WRITES && folder.gid !== gid) {
    refuse(path, `can be written to by another group (${folder.gid})`);
  }
}

function refuse(path: string, why: string): never {
  throw new UsageError(
    `The folder ${path} ${why}, who could replace its files by links to yours. ` +
      "Choose another one by --out, or accept that by --shared-folder",
  );
}

/** Returns what a function does, or `null` where Deno does not permit that. */
function ifPermitted<T>(call: () => T): T | null {
  try {
    return call();
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) return null;
    throw error;
  }
}
