/**
 * `gstp completion`: completes command lines in shells.
 *
 * @module
 */
import { COMPLETION_OPTIONS } from "../args/options.ts";
import { readOptions } from "../args/read_options.ts";
import { UsageError } from "../args/usage_error.ts";
import { complete } from "../completion/complete.ts";
import { SCRIPTS } from "../completion/scripts.ts";
import type { CommandHelp } from "./help.ts";
import { COMMANDS, HELP, RUN } from "./list.ts";
import { print } from "../terminal/print.ts";

/** The prose of the help. */
export const help: CommandHelp = {
  usage: [Object.keys(SCRIPTS).join("|")],
  description: `
Prints a script for the shell. It completes commands, options, .gstp files, the
placeholders of the file on the line, and the names of elements after
gstp inspect. The command must be on the PATH as gstp.`,
  exitStatus: `
0 the script is printed; 2 the command line is wrong.`,
  examples: [
    "in ~/.bashrc:                  source <(gstp completion bash)",
    "in ~/.zshrc, after compinit:   source <(gstp completion zsh)",
    "in ~/.config/fish/config.fish: gstp completion fish | source",
  ],
};

/** Prints the script of a shell or, for such a script, what completes a command line. */
export async function run(args: string[]): Promise<number> {
  const { values, words } = readOptions(args, COMPLETION_OPTIONS);
  if (values.complete) return await printCompletion(words);
  const [shell = "", extra] = words;
  if (extra !== undefined) throw new UsageError(`Unexpected argument "${extra}"`);
  if (!Object.hasOwn(SCRIPTS, shell)) {
    throw new UsageError(`The shell must be one of ${Object.keys(SCRIPTS).join(", ")}`);
  }
  print(SCRIPTS[shell]!.trimEnd());
  return 0;
}

/** Prints a line for each candidate, with its description after a tab, and one for the files that fit. */
async function printCompletion(words: readonly string[]): Promise<number> {
  const { candidates, files } = await complete(words, { ...COMMANDS, help: HELP }, RUN);
  const lines = candidates.map(({ word, description }) => `${word}\t${description}`);
  if (files !== undefined) lines.push(files === "gstp" ? ":gstp" : ":files");
  if (lines.length > 0) print(lines.join("\n"));
  return 0;
}
