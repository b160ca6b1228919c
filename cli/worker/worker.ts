/**
 * A process that does tasks: it reads each as a line of JSON from standard input, and writes the answer as one to standard
 * output. It ends with the process that started it.
 *
 *     deno run --allow-ffi --allow-read --allow-write --allow-env --allow-sys worker.ts COMMAND
 *
 * COMMAND is how the user calls the command, for hints.
 *
 * @module
 */
import { setPriority } from "node:os";
import { print } from "../terminal/print.ts";
import { setCommandLine } from "../../mod.ts";
import { linesOf } from "./lines.ts";
import { type Answer, runTask } from "./tasks.ts";

/** The most memory of a worker in bytes; tasks of clips take a fraction of it. */
const MAX_BYTES = 1 << 30;
/** Milliseconds between two looks at it. */
const CHECK_MS = 100;
/** Recorders come first. */
const NICENESS = 10;

/** Does tasks until standard input ends. */
export async function serveTasks(): Promise<never> {
  try {
    setPriority(NICENESS);
  } catch {
    // not permitted: then all have the same one
  }
  setInterval(() => {
    if (Deno.memoryUsage().rss > MAX_BYTES) Deno.exit(1);
  }, CHECK_MS);
  // a task does not hold up the loop, which ends with the other process
  for await (const line of linesOf(Deno.stdin.readable)) void answer(line);
  Deno.exit(0);
}

async function answer(line: string): Promise<void> {
  const answer: Answer = await runTask(JSON.parse(line)).then(
    (result) => ({ result }),
    (error: Error) => ({ error: error.message }),
  );
  print(JSON.stringify(answer));
}

if (import.meta.main) {
  setCommandLine(Deno.args[0]!);
  await serveTasks();
}
