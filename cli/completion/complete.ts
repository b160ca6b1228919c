/**
 * Completes a command line.
 *
 * @module
 */
import { GstError, installedElements } from "../../mod.ts";
import type { Command } from "../args/command.ts";
import { readEnv } from "../args/env.ts";
import type { OptionTable } from "../args/option.ts";
import { splitOption } from "../args/read_options.ts";
import { readPipelineFile } from "../pipeline_file/pipeline_file.ts";
import { describePlaceholder } from "../pipeline_file/placeholder_help.ts";
import { SCRIPTS } from "./scripts.ts";

/** A word that completes another one. */
export interface Candidate {
  /** The whole word; one that ends in `=` needs a value. */
  word: string;
  description: string;
}

/** What completes a word. */
export interface Completion {
  candidates: Candidate[];
  /** The files that complete it as well: pipeline files, or any. */
  files: "gstp" | "any" | undefined;
}

/**
 * Completes the last word of a command line.
 *
 * @param words The words after `gstp`; the last one is incomplete, and may be empty.
 * @param commands The commands by name.
 * @param run What `gstp` takes without a command.
 */
export async function complete(
  words: readonly string[],
  commands: Readonly<Record<string, Command>>,
  run: Command,
): Promise<Completion> {
  const [first = ""] = words;
  const isCommand = words.length > 1 && Object.hasOwn(commands, first);
  const command = isCommand ? commands[first]! : run;
  const before = words.slice(isCommand ? 1 : 0, -1);
  const current = words.at(-1) ?? "";
  const matching = (candidates: Candidate[]) =>
    candidates.filter(({ word }) => word.startsWith(current));

  if (before.includes("--")) {
    return { candidates: matching(await placeholderFlags(command, before)), files: undefined };
  }
  if (current.startsWith("-")) {
    const flags = await placeholderFlags(command, before);
    const free = flags.filter(({ word }) => !Object.hasOwn(command.options, nameOf(word)));
    const options = optionFlags(command.options, before);
    return { candidates: matching([...options, ...free]), files: undefined };
  }
  const names = command === run && before.length === 0 ? commandNames(commands) : [];
  return {
    candidates: matching([...names, ...operands(command, commands)]),
    files: filesOf(command),
  };
}

/** The name of an option, without its dashes and value. */
function nameOf(word: string): string {
  return splitOption(word).name;
}

/** The names of the options on a line. */
function namesOn(words: readonly string[]): string[] {
  return words.filter((word) => word.startsWith("--")).map(nameOf);
}

function commandNames(commands: Readonly<Record<string, Command>>): Candidate[] {
  return Object.entries(commands).map(([word, { summary }]) => ({ word, description: summary }));
}

/** The options that can still be given. */
function optionFlags(options: OptionTable, before: readonly string[]): Candidate[] {
  const given = namesOn(before);
  return Object.entries(options).flatMap(([name, option]) => {
    if (option.isHidden) return [];
    const { placeholder, description } = option;
    if (placeholder === undefined) {
      return given.includes(name) ? [] : [{ word: `--${name}`, description }];
    }
    const isUsed = given.includes(name) && !option.isRepeatable;
    return isUsed ? [] : [{ word: `--${name}=`, description }];
  });
}

/** The placeholders that can still be set, of the file that stands on a line. */
async function placeholderFlags(
  { takes }: Command,
  before: readonly string[],
): Promise<Candidate[]> {
  const path = before.map(filePath).find((path) => path !== undefined);
  if (takes !== "pipeline" || path === undefined || !isPermitted({ name: "read", path })) return [];
  // a file that cannot be read, or is malformed, has nothing to offer yet
  const file = await readPipelineFile(path).catch(() => undefined);
  const given = namesOn(before);
  return (file?.template.placeholders ?? [])
    .filter(({ name }) => !given.includes(name))
    .map((placeholder) => ({
      word: `--${placeholder.name}=`,
      description: describePlaceholder(placeholder),
    }));
}

/** The path of a pipeline file, from a word as it was typed; undefined for any other word. */
function filePath(word: string): string | undefined {
  const plain = word.replaceAll(/\\(.)|["']/g, "$1");
  const path = plain.replace(/^--file=/, "");
  if (path === plain && !path.endsWith(".gstp")) return undefined;
  return path.replace(/^~(?=\/)/, readEnv("HOME") ?? "~");
}

/** What a command takes besides options and files. */
function operands(
  { takes }: Command,
  commands: Readonly<Record<string, Command>>,
): Candidate[] {
  switch (takes) {
    case "command":
      return commandNames(commands);
    case "element":
      return elementNames();
    case "shell":
      return Object.keys(SCRIPTS).map((word) => ({ word, description: `for ${word}` }));
    default:
      return [];
  }
}

function filesOf({ takes }: Command): Completion["files"] {
  return takes === "pipeline" ? "gstp" : takes === "files" ? "any" : undefined;
}

function elementNames(): Candidate[] {
  if (!isPermitted({ name: "ffi" })) return [];
  try {
    return installedElements().map(({ name, longName }) => ({ word: name, description: longName }));
  } catch (error) {
    if (error instanceof GstError) return [];
    throw error;
  }
}

/** Whether Deno permits something without a prompt, which a user could not answer here. */
function isPermitted(permission: Deno.PermissionDescriptor): boolean {
  return Deno.permissions.querySync(permission).state === "granted";
}
