/**
 * From what the command line names to the pipeline's text.
 *
 * @module
 */
import { Template } from "../../mod.ts";
import { type Flag, isOption, type Source } from "../args/run_arguments.ts";
import { UsageError } from "../args/usage_error.ts";
import { fileHelp } from "../commands/help.ts";
import { joinWords } from "./launch_text.ts";

/** A pipeline file, read. */
export interface PipelineFile {
  /** Its name, for messages. */
  name: string;
  template: Template;
}

/**
 * Reads a pipeline file; `-` is standard input.
 *
 * @throws {UsageError} if it cannot be read.
 * @throws {TemplateError} if it is malformed.
 */
export async function readPipelineFile(path: string): Promise<PipelineFile> {
  const name = path === "-" ? "standard input" : path;
  const text = await readText(path).catch((error: Error) => {
    if (error instanceof Deno.errors.NotCapable) throw error;
    throw new UsageError(`Cannot read ${name}: ${error.message}`);
  });
  return { name, template: Template.parse(text, { file: name }) };
}

function readText(path: string): Promise<string> {
  return path === "-" ? new Response(Deno.stdin.readable).text() : Deno.readTextFile(path);
}

/**
 * The text of the pipeline, with all values in place.
 *
 * @param isOwn Whether a placeholder's flag would be taken for an option of the command.
 * @throws {UsageError} if there is none, or a flag makes no sense.
 * @throws {TemplateError} if the file is malformed or does not take the values.
 */
export async function pipelineText(
  source: Source,
  flags: readonly Flag[],
  isOwn: (name: string) => boolean = isOption,
): Promise<string> {
  const text = "words" in source
    ? wordsText(source.words, flags)
    : fillIn(await readPipelineFile(source.file), flags, isOwn);
  if (text.trim() === "") throw new UsageError("The pipeline is empty");
  if (text.includes("\0")) throw new UsageError("The pipeline holds a NUL character");
  return text;
}

function wordsText(words: readonly string[], flags: readonly Flag[]): string {
  const flag = flags[0];
  if (flag !== undefined) {
    throw new UsageError(`There is no option --${flag.name}, and only a file has placeholders`);
  }
  return joinWords(words);
}

function fillIn(
  { name: file, template }: PipelineFile,
  flags: readonly Flag[],
  isOwn: (name: string) => boolean,
): string {
  const values = new Map<string, string>();
  const refuse = (problem: string): never => {
    throw new UsageError(`${problem}\n${fileHelp(file, template.placeholders, isOwn).trimEnd()}`);
  };
  for (const { name, value } of flags) {
    if (!template.placeholders.some((placeholder) => placeholder.name === name)) {
      refuse(`There is no option --${name}, and ${file} has no placeholder {${name}}`);
    }
    if (values.has(name)) refuse(`--${name} is given more than once`);
    values.set(name, value ?? refuse(`--${name} needs a value: --${name}=VALUE`));
  }
  for (const { name, required } of template.placeholders) {
    if (required && isOwn(name) && !values.has(name)) {
      refuse(`{${name}} has no value. --${name} alone is an option: add -- --${name}=VALUE`);
    }
  }
  return template.format(Object.fromEntries(values));
}
