/**
 * Random texts for GStreamer's parser, and a process that parses them.
 *
 * FUZZ_SEED and FUZZ_COUNT in the environment try other texts, and more of them.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import type { Case, Outcome } from "../children/parse_cases.ts";
import { runChild } from "./script.ts";

/** The seed of random texts. */
export const SEED = Number(Deno.env.get("FUZZ_SEED") ?? 1);
/** How many random texts to try. */
export const COUNT = Number(Deno.env.get("FUZZ_COUNT") ?? 300);

/** Pieces of texts: what GStreamer's lexer or a property's type gives a meaning to, and some that they do not. */
export const PIECES: readonly string[] = [
  ..."abfix019_-%:!=\"'\\/.,;(){}[]<>#@+$~ \t\n\v\f\r",
  ...["! ", " ! ", "\\!", "! a/b", " = ", "\\\\", '\\"', "\\'", "\\ ", '" ', "://", "a/b", ", "],
  ...["::", "{{", "}}"],
  ...["filesink", "queue", "location=/tmp/evil", "name=evil", "num-buffers=5", "video/x-raw"],
  ...["é", "\u00a0", "\u2028", "日", "😀", "\u0001", "\u007f", "NULL", "\\303", "c.", "c. ! "],
];

/** Returns up to ten pieces in a row. */
export function randomText(random: (limit: number) => number, pieces = PIECES): string {
  return Array.from({ length: 1 + random(10) }, () => pieces[random(pieces.length)]).join("");
}

/** Parses pipelines in a child process; after a crash, the error names the pipeline that caused it. */
export async function parseAll(
  cases: readonly Case[],
  env: Record<string, string> = {},
): Promise<Outcome[]> {
  const { code, stdout, stderr } = await runChild("parse_cases.ts", [], {
    stdin: JSON.stringify(cases),
    timeoutSec: 120 + cases.length / 20,
    env: { G_MESSAGES_DEBUG: "", ...env },
  });
  const outcomes = stdout.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
  const next = JSON.stringify(cases[outcomes.length]?.text);
  assertEquals(code, 0, `GStreamer's process ended at ${next}:\n${stderr.slice(-2000)}`);
  assertEquals(outcomes.length, cases.length);
  return outcomes;
}
