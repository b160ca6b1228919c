/**
 * Prints text that may have names, paths and messages of others in it.
 *
 * @module
 */

/** Control characters (C0, DEL, C1), and those that reorder text: a terminal would obey them. */
// deno-lint-ignore no-control-regex
const CONTROL = /[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** Returns a text as one line without control characters: each becomes an escape such as `\u001b`, also within JSON. */
export function printable(text: string): string {
  return text.replaceAll(CONTROL, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** The same for a text of several lines, with tabs. */
export function printableText(text: string): string {
  return text.split("\n").map((line) => line.split("\t").map(printable).join("\t")).join("\n");
}

/** Prints a text to standard output. */
export function print(text: string): void {
  console.log(printableText(text));
}

/** Prints a text to standard error. */
export function printError(text: string): void {
  console.error(printableText(text));
}

/** Prints a text for programs to standard output: unchanged, but on a terminal. */
export function printRaw(text: string): void {
  console.log(Deno.stdout.isTerminal() ? printableText(text) : text);
}
