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

/** Runs the command to its end. */
export function gstp(args: string[], options?: RunOptions): Promise<RunResult> {
  return run(Deno.execPath(), ["run", "-A", CLI, ...args], options);
}

/** Starts the command. */
export function startGstp(args: string[], options?: RunOptions): Running {
  return start(Deno.execPath(), ["run", "-A", CLI, ...args], options);
}
