/**
 * Scripts in a process of their own, for what could end this one.
 *
 * @module
 */
import { fromFileUrl } from "@std/path";
import { run, type RunOptions, type RunResult } from "./run.ts";

/** The folder that holds mod.ts. */
export const ROOT = fromFileUrl(new URL("../../", import.meta.url));

/** Runs TypeScript text as if it were a file beside mod.ts, with all permissions unless told. */
export function runScript(
  source: string,
  options: RunOptions = {},
  permissions = ["-A"],
): Promise<RunResult> {
  const args = ["run", "--no-prompt", ...permissions, "-"];
  return run(Deno.execPath(), args, { cwd: ROOT, ...options, stdin: source });
}

/** Runs a script of tests/children. */
export function runFile(
  name: string,
  args: string[] = [],
  options: RunOptions = {},
): Promise<RunResult> {
  const file = fromFileUrl(new URL(`../children/${name}`, import.meta.url));
  return run(Deno.execPath(), ["run", "-A", file, ...args], options);
}
