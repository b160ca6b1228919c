/**
 * `gstp recover`: turns what a killed recorder left behind into clips.
 *
 * @module
 */
import { listParts, type RecoveredClip } from "../../mod.ts";
import { RECOVER_OPTIONS } from "../args/options.ts";
import { readOptions } from "../args/read_options.ts";
import { UsageError } from "../args/usage_error.ts";
import { toJson } from "../terminal/json.ts";
import { recoverPart } from "../record/recover_parts.ts";
import { FileWorker } from "../worker/file_worker.ts";
import type { LeftFile, RecoveryResult } from "../worker/tasks.ts";
import type { CommandHelp } from "./help.ts";
import { print, printable, printError } from "../terminal/print.ts";

/** The prose of the help. */
export const help: CommandHelp = {
  usage: ["[--json] DIRECTORY|FILE.part..."],
  description: `
A clip that is being written has a name that ends in .part. This command turns
the .part files in the directories, but not in their subdirectories, into clips.
A .webm, .mkv, .mp4 or .mov is remuxed, without encoding,
so that it has a duration and an index. The .part file is removed once the clip
is complete. An existing file is never overwritten.

A file with wrong bytes in its middle, such as from a failing disk, becomes a
clip of what can be read of it. If the clip lacks something, the .part file is
kept as NAME.damaged.

In a directory, only files are touched that gstp provably wrote: they have a
record beside them (NAME.json), or a name as gstp record gives. Downloads of
other programs have names that end in .part, too. Name a file itself to recover
it whoever wrote it.

A .part file that a recorder is still writing, in any process, is left alone, and
so is one that cannot be read.`,
  exitStatus: `
0 all were recovered, or are still being written; 1 some could not be recovered, or
were damaged; 2 the command line or a permission is wrong.`,
  examples: [
    "gstp recover /var/lib/camera/clips",
    "gstp recover other.mp4.part",
  ],
};

/** Recovers clips. */
export async function run(args: string[]): Promise<number> {
  const { values, words: paths } = readOptions(args, RECOVER_OPTIONS);
  if (paths.length === 0) throw new UsageError("Missing directory or .part file");
  const parts = await Promise.all(paths.map(partsOf));
  const all: RecoveryResult = { recovered: [], left: [] };
  await using worker = new FileWorker();
  for (const part of parts.flat()) {
    const { recovered, left } = await recoverPart(worker, part);
    all.recovered.push(...recovered);
    all.left.push(...left);
    if (!values.json) printResults(recovered, left);
  }
  if (values.json) print(toJson(all));
  const isComplete = all.left.every(({ reason }) => reason === "in-use") &&
    all.recovered.every(({ damaged }) => !damaged);
  return isComplete ? 0 : 1;
}

/** Lists the `.part` files of a path of the command line. */
async function partsOf(path: string): Promise<string[]> {
  try {
    await Deno.stat(path);
    return await listParts(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    if (error instanceof Deno.errors.NotFound) {
      throw new UsageError(`No such directory or file: ${path}`);
    }
    const { message } = error as Error;
    throw new UsageError(error instanceof TypeError ? message : `Cannot read ${path}: ${message}`);
  }
}

function printResults(recovered: RecoveredClip[], left: LeftFile[]): void {
  for (const { path, duration, frames, bytes, lostBytes, damaged, originalPath } of recovered) {
    const size = `${duration.toFixed(1)} s, ${frames} frames, ${bytes} bytes`;
    print(printable(`${path}: ${size}; ${lostBytes} bytes lost`));
    const kept = originalPath === null ? "" : ` and is kept as ${originalPath}`;
    if (damaged) printError(printable(`${path}: its .part file was damaged${kept}`));
  }
  for (const { partPath, bytes, reason, error } of left) {
    const line = error.split("\n", 1)[0];
    printError(printable(`${partPath}: left alone (${bytes} bytes, ${reason}): ${line}`));
  }
}
