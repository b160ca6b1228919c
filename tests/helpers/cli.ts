/**
 * The `gstp` command as a child process.
 *
 * @module
 */
import { ROOT } from "../../scripts/lib/paths.ts";
import {
  run,
  type Running,
  type RunOptions,
  type RunResult,
  start,
} from "../../scripts/lib/run.ts";

/** The path of the command's file. */
export const CLI = `${ROOT}cli.ts`;
const ARGS = ["run", "-A", CLI];
/** The words that run the command. */
export const COMMAND = [Deno.execPath(), ...ARGS];
/** The same for a shell. */
export const COMMAND_LINE = COMMAND.map((word) => `"${word}"`).join(" ");

/**
 * Writes an import map that makes the command load @std from scripts/std, so that an empty cache of Deno is enough whether
 * JSR can be reached or not, and returns the flag for it.
 */
export async function standInFlag(folder: string): Promise<string> {
  const path = `${folder}/imports.json`;
  const parseArgs = `file://${ROOT}scripts/std/cli/parse_args.ts`;
  const imports = { "jsr:@std/cli@^1/parse-args": parseArgs };
  await Deno.writeTextFile(path, JSON.stringify({ imports }));
  return `--import-map=${path}`;
}

/** Runs the command to its end. */
export function gstp(args: string[], options?: RunOptions): Promise<RunResult> {
  return run(Deno.execPath(), [...ARGS, ...args], options);
}

/** Starts the command. */
export function startGstp(args: string[], options?: RunOptions): Running {
  return start(Deno.execPath(), [...ARGS, ...args], options);
}
