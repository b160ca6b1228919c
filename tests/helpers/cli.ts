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

/** Runs the command to its end. */
export function gstp(args: string[], options?: RunOptions): Promise<RunResult> {
  return run(Deno.execPath(), [...ARGS, ...args], options);
}

/** Starts the command. */
export function startGstp(args: string[], options?: RunOptions): Running {
  return start(Deno.execPath(), [...ARGS, ...args], options);
}
