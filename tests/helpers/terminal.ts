/**
 * The command on a terminal.
 *
 * @module
 */
import { run, type Running, start } from "../../scripts/lib/run.ts";

/** Returns why nothing can run on a terminal here, or null. */
export async function terminalMissing(): Promise<string | null> {
  if (Deno.build.os !== "linux") return "only util-linux has a suitable `script`";
  const { code } = await run("sh", ["-c", "command -v script"]);
  return code === 0 ? null : "`script` of util-linux is not installed";
}

/**
 * Starts a line of the shell on a terminal of its own.
 *
 * @param keys A named pipe with the keys to press. Defaults to none.
 * @param env More variables of its environment; by default, it is not that of a CI job.
 */
export function startOnTerminal(
  line: string,
  { keys, env }: { keys?: string; env?: Record<string, string> } = {},
): Running {
  // exec, so that Ctrl-C ends no shell in between
  const script = 'exec script -qefc "$0" /dev/null' + (keys === undefined ? "" : ' < "$1"');
  const args = ["-c", script, line, ...(keys === undefined ? [] : [keys])];
  return start("sh", args, { env: { CI: "", TERM: "xterm", ...env } });
}
