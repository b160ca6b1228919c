/**
 * `gstp recover`: turns what a killed recorder left behind into clips.
 *
 * @module
 */
import { type LeftClip, recoverClips, type RecoveredClip, type Recovery } from "../../mod.ts";
import { RECOVER_OPTIONS } from "../args/options.ts";
import { readOptions } from "../args/read_options.ts";
import { UsageError } from "../args/usage_error.ts";
import { toJson } from "../terminal/json.ts";
import type { CommandHelp } from "./help.ts";

/** The prose of the help. */
export const help: CommandHelp = {
  usage: ["[--json] DIRECTORY..."],
  description: `
A clip that is being written has a name that ends in .part. This command looks
for such files in the directories, not in their subdirectories, and gives each
the name of its clip. A .webm, .mkv, .mp4 or .mov is remuxed, without encoding,
so that it has a duration and an index. The .part file is removed once the clip
is complete. An existing file is never overwritten.

A file with wrong bytes in its middle, such as from a failing disk, becomes a
clip of what can be read of it. If the clip lacks something, the .part file is
kept as NAME.damaged.

A .part file that a recorder of any process is writing is left alone, and so is
one that cannot be read.`,
  exitStatus: `
0 all are clips now, or are being written; 1 some could not be recovered, or
were damaged; 2 the command line or a permission is wrong.`,
  examples: [
    "gstp recover /var/lib/camera/clips",
  ],
};

/** Recovers clips. */
export async function run(args: string[]): Promise<number> {
  const { values, words: directories } = readOptions(args, RECOVER_OPTIONS);
  if (directories.length === 0) throw new UsageError("Missing directory");
  for (const directory of directories) await checkDirectory(directory);
  const all: Recovery = { recovered: [], left: [] };
  for (const directory of directories) {
    const { recovered, left } = await recoverClips(directory);
    all.recovered.push(...recovered);
    all.left.push(...left);
    if (!values.json) print(recovered, left);
  }
  if (values.json) {
    const left = all.left.map(({ error, ...rest }) => ({ ...rest, error: error.message }));
    console.log(toJson({ ...all, left }));
  }
  const isComplete = all.left.every(({ reason }) => reason === "in-use") &&
    all.recovered.every(({ damaged }) => !damaged);
  return isComplete ? 0 : 1;
}

async function checkDirectory(path: string): Promise<void> {
  try {
    for await (const _ of Deno.readDir(path)) break;
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    const { NotFound, NotADirectory } = Deno.errors;
    const isMissing = error instanceof NotFound || error instanceof NotADirectory;
    throw new UsageError(
      isMissing
        ? `There is no directory ${path}`
        : `Cannot read ${path}: ${(error as Error).message}`,
    );
  }
}

function print(recovered: RecoveredClip[], left: LeftClip[]): void {
  for (const { path, duration, frames, bytes, lostBytes, damaged, originalPath } of recovered) {
    const size = `${duration.toFixed(1)} s, ${frames} frames, ${bytes} bytes`;
    console.log(`${path}: ${size}; ${lostBytes} bytes lost`);
    const kept = originalPath === null ? "" : ` and is kept as ${originalPath}`;
    if (damaged) console.error(`${path}: its .part file was damaged${kept}`);
  }
  for (const { partPath, bytes, reason, error } of left) {
    const line = error.message.split("\n", 1)[0];
    console.error(`${partPath}: left alone (${bytes} bytes, ${reason}): ${line}`);
  }
}
