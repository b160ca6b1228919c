/**
 * Scripts in processes of their own, which may crash or end.
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

/** How to run a script of tests/children. */
export interface ChildOptions extends RunOptions {
  /** Whether the script gets a gc() function. Defaults to false. */
  exposeGc?: boolean;
}

/**
 * Runs TypeScript text as if it were a file beside mod.ts.
 *
 * @param permissions Defaults to all permissions.
 */
export function runScript(
  source: string,
  options: RunOptions = {},
  permissions = ["-A"],
): Promise<RunResult> {
  const args = ["run", "--no-prompt", ...permissions, "-"];
  return run(Deno.execPath(), args, { cwd: ROOT, ...options, stdin: source });
}

/** Starts a script of tests/children. */
export function startChild(
  name: string,
  args: string[] = [],
  { exposeGc = false, ...options }: ChildOptions = {},
): Running {
  const flags = exposeGc ? ["--v8-flags=--expose-gc"] : [];
  return start(Deno.execPath(), ["run", "-A", ...flags, childPath(name), ...args], options);
}

/** Runs a script of tests/children to its end. */
export function runChild(
  name: string,
  args: string[] = [],
  options: ChildOptions = {},
): Promise<RunResult> {
  return startChild(name, args, options).result;
}

/** Returns the path of a script of tests/children. */
export function childPath(name: string): string {
  return `${ROOT}tests/children/${name}`;
}
