/**
 * What can stand at the end of a command line.
 *
 * @module
 */
import { GstError, installedElements, type Placeholder } from "../../mod.ts";
import { isOption } from "../args/run_arguments.ts";
import { type Command, COMMANDS } from "../commands/list.ts";
import { readEnv } from "../terminal/display.ts";
import { usage } from "../commands/help.ts";
import { readPipelineFile } from "../pipeline_file/pipeline_file.ts";

/** Something that a word can be completed to. */
export interface Candidate {
  /** The whole word; one that ends in `=` wants a value. */
  word: string;
  description: string;
}

/** What a word can be completed to. */
export interface Completion {
  candidates: Candidate[];
  /** Whether files fit as well, and which. */
  files: "gstp" | "any" | undefined;
}

/**
 * Completes the last word of a command line.
 *
 * @param words The words after `gstp`; the last one is incomplete, and may be empty.
 */
export async function complete(words: readonly string[]): Promise<Completion> {
  const [first = ""] = words;
  const isCommand = words.length > 1 && Object.hasOwn(COMMANDS, first);
  const command = isCommand ? COMMANDS[first] : undefined;
  const before = words.slice(isCommand ? 1 : 0, -1);
  const current = words.at(-1) ?? "";

  const options = readOptionLines(command === undefined ? usage() : (await command.load()).help);
  const takesPipeline = command === undefined || command.takes === "pipeline";
  const placeholders = takesPipeline ? await placeholdersOf(before) : [];
  const end = before.indexOf("--");
  const found = end >= 0
    ? placeholders
    : current.startsWith("-")
    ? [...options, ...placeholders.filter(({ word }) => isFree(word, options))]
    : positional(command, before);
  const isName = end < 0 && !current.startsWith("-");
  const given = before.filter((word) => word.startsWith("--")).map(nameOf);
  return {
    candidates: found.filter(({ word, description }) =>
      word.startsWith(current) &&
      (!given.includes(nameOf(word)) || description.includes("may be repeated"))
    ),
    files: isName ? filesOf(command) : undefined,
  };
}

/** The name of an option, with its dashes. */
function nameOf(word: string): string {
  return word.split("=")[0]!;
}

/** The options that a help text lists, each at the start of a line. */
function readOptionLines(help: string): Candidate[] {
  const lines = help.matchAll(/^ {2,6}(?:-\w, )?(--[a-z][\w-]*)(=\S*)?(?: +(.*))?$/gm);
  return [...lines].map(([, name, value, description = ""]) => ({
    word: `${name}${value === undefined ? "" : "="}`,
    description,
  }));
}

/** Whether a placeholder's flag is none of the options. */
function isFree(word: string, options: readonly Candidate[]): boolean {
  const name = nameOf(word);
  return !isOption(name.slice(2)) && !options.some((option) => nameOf(option.word) === name);
}

/** What can stand where no option does. */
function positional(command: Command | undefined, before: readonly string[]): Candidate[] {
  if (command === undefined) {
    if (before.length > 0) return [];
    return Object.entries(COMMANDS).map(([word, { summary }]) => ({ word, description: summary }));
  }
  switch (command.takes) {
    case "element":
      return elements();
    case "shell":
      return ["bash", "zsh", "fish"].map((word) => ({ word, description: `for ${word}` }));
    default:
      return [];
  }
}

function filesOf(command: Command | undefined): Completion["files"] {
  if (command === undefined || command.takes === "pipeline") return "gstp";
  return command.takes === "files" ? "any" : undefined;
}

/** Nobody can answer a question about permissions here. */
function isPermitted(permission: Deno.PermissionDescriptor): boolean {
  return Deno.permissions.querySync(permission).state === "granted";
}

function elements(): Candidate[] {
  if (!isPermitted({ name: "ffi" })) return [];
  try {
    return installedElements().map(({ name, longName }) => ({ word: name, description: longName }));
  } catch (error) {
    if (error instanceof GstError) return [];
    throw error;
  }
}

/** The placeholders of the file that stands on a line. */
async function placeholdersOf(words: readonly string[]): Promise<Candidate[]> {
  const file = words.map(fileOf).find((path) => path !== undefined);
  if (file === undefined || !isPermitted({ name: "read", path: file })) return [];
  // a file that cannot be read, or is malformed, has nothing to offer yet
  const read = await readPipelineFile(file).catch(() => undefined);
  return read?.template.placeholders.map((placeholder) => ({
    word: `--${placeholder.name}=`,
    description: describe(placeholder),
  })) ?? [];
}

/** The path of a pipeline file, from a word as it was typed; undefined where it is none. */
function fileOf(word: string): string | undefined {
  const plain = word.replaceAll(/\\(.)|["']/g, "$1");
  const path = plain.replace(/^--file=/, "");
  if (path === plain && !path.endsWith(".gstp")) return undefined;
  return path.replace(/^~(?=\/)/, readEnv("HOME") ?? "~");
}

function describe({ required, default: value }: Placeholder): string {
  return required ? "required" : `default: ${value}`;
}
