/**
 * Prints what makes shells complete the command.
 *
 * @module
 */
import { complete } from "../completion/complete.ts";
import bash from "../completion/gstp.bash" with { type: "text" };
import fish from "../completion/gstp.fish" with { type: "text" };
import zsh from "../completion/gstp.zsh" with { type: "text" };
import { UsageError } from "../args/usage_error.ts";
import { readOptions } from "../args/options.ts";

/** What `gstp completion --help` prints. */
export const help = `NAME
  gstp completion - have the shell complete commands, options and files

USAGE
  gstp completion bash|zsh|fish

DESCRIPTION
  Prints a script for the shell. It completes commands, options, .gstp files,
  the placeholders of the file that stands on the line, and the names of
  elements after gstp inspect. The command must be on the PATH as gstp.

OPTIONS
  -h, --help  print this

EXIT STATUS
  0 it is printed; 2 the command line is wrong.

EXAMPLES
  in ~/.bashrc:                  source <(gstp completion bash)
  in ~/.zshrc, after compinit:   source <(gstp completion zsh)
  in ~/.config/fish/config.fish: gstp completion fish | source
`;

const SCRIPTS: Record<string, string> = { bash, zsh, fish };

/** Runs `gstp completion`; with `--complete`, for the scripts, it completes the last word that follows `--`. */
export async function run(args: string[]): Promise<number> {
  const { on, words } = readOptions(args, { switches: ["complete"], settings: [] });
  if (on.has("complete")) return await printCompletion(words);
  const [shell = "", extra] = words;
  if (extra !== undefined) throw new UsageError(`Unexpected argument "${extra}"`);
  if (!Object.hasOwn(SCRIPTS, shell)) {
    throw new UsageError(`The shell is one of ${Object.keys(SCRIPTS).join(", ")}`);
  }
  console.log(SCRIPTS[shell]!.trimEnd());
  return 0;
}

/** Prints a line for each candidate, with its description after a tab, and what files fit. */
async function printCompletion(words: readonly string[]): Promise<number> {
  const { candidates, files } = await complete(words);
  const lines = candidates.map(({ word, description }) => `${word}\t${description}`);
  if (files !== undefined) lines.push(files === "gstp" ? ":gstp" : ":files");
  if (lines.length > 0) console.log(lines.join("\n"));
  return 0;
}
