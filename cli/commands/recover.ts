/**
 * Recovers clips that a killed recorder has left.
 *
 * @module
 */
import { type LeftClip, recoverClips, type RecoveredClip, type Recovery } from "../../mod.ts";
import { UsageError } from "../args/usage_error.ts";
import { toJson } from "../terminal/json.ts";
import { readOptions } from "../args/options.ts";

/** What `gstp recover --help` prints. */
export const help = `NAME
  gstp recover - make clips of the .part files that a killed recorder has left

USAGE
  gstp recover [--json] DIRECTORY...

DESCRIPTION
  A clip that is being written has a name that ends in .part. This looks for
  such files in the directories, not in their subfolders, and gives each the
  clip's name. A .webm, .mkv, .mp4 or .mov is written anew, without encoding, so
  that it has a duration and an index. The .part file is removed once the clip
  is complete. A file that exists is never overwritten.

  A file with wrong bytes in its middle, such as from a failing disk, becomes a
  clip of what can be read of it. The .part file is kept then, as NAME.damaged,
  if the clip has not all of it.

  A .part file that a recorder is writing, in whatever process, is left alone,
  and so is one that cannot be read.

OPTIONS
      --json  print JSON
  -h, --help  print this

EXIT STATUS
  0 all are clips now, or are being written; 1 some could not be recovered, or
  were damaged; 2 the command line or a permission is wrong.

EXAMPLES
  gstp recover /var/lib/camera/clips
`;

/** Runs `gstp recover`. */
export async function run(args: string[]): Promise<number> {
  const { on, words: directories } = readOptions(args, { switches: ["json"], settings: [] });
  if (directories.length === 0) throw new UsageError("No directory is given");
  for (const directory of directories) await checkDirectory(directory);
  const all: Recovery = { recovered: [], left: [] };
  for (const directory of directories) {
    const { recovered, left } = await recoverClips(directory);
    all.recovered.push(...recovered);
    all.left.push(...left);
    if (!on.has("json")) print(recovered, left);
  }
  if (on.has("json")) {
    const left = all.left.map(({ error, ...rest }) => ({ ...rest, error: error.message }));
    console.log(toJson({ ...all, left }));
  }
  const isAll = all.left.every(({ reason }) => reason === "in-use") &&
    all.recovered.every(({ damaged }) => !damaged);
  return isAll ? 0 : 1;
}

async function checkDirectory(path: string): Promise<void> {
  const info = await Deno.stat(path).catch((error) => {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  });
  if (info?.isDirectory !== true) throw new UsageError(`There is no directory ${path}`);
}

function print(recovered: RecoveredClip[], left: LeftClip[]): void {
  for (const { path, duration, frames, bytes, lostBytes, damaged, originalPath } of recovered) {
    const size = `${duration.toFixed(1)} s, ${frames} frames, ${bytes} bytes`;
    console.log(`${path}: ${size}; ${lostBytes} bytes lost`);
    const kept = originalPath === null ? "" : ` and is kept as ${originalPath}`;
    if (damaged) console.error(`${path}: what it was made of is damaged${kept}`);
  }
  for (const { partPath, bytes, reason, error } of left) {
    const line = error.message.split("\n", 1)[0];
    console.error(`${partPath}: left alone (${bytes} bytes, ${reason}): ${line}`);
  }
}
