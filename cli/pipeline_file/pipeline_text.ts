/**
 * The text of the pipeline that a command line names.
 *
 * @module
 */
import { didYouMean } from "../../mod.ts";
import type { OptionTable } from "../args/option.ts";
import type { PipelineArguments, PlaceholderFlag } from "../args/pipeline_arguments.ts";
import { unknownOption } from "../args/read_options.ts";
import { UsageError } from "../args/usage_error.ts";
import { joinWords } from "./launch_text.ts";
import { type PipelineFile, readPipelineFile } from "./pipeline_file.ts";
import { placeholderHelp } from "./placeholder_help.ts";

/**
 * Returns the text of the pipeline, with all placeholders filled in.
 *
 * @param options The options of the command: a placeholder of the same name is set after `--`.
 * @throws {UsageError} If there is no pipeline, or a flag is wrong.
 * @throws {TemplateError} If the file is malformed or does not take the values.
 */
export async function pipelineText(
  { source, flags }: PipelineArguments,
  options: OptionTable,
): Promise<string> {
  if (source === undefined) throw new UsageError("Missing pipeline");
  const text = "words" in source
    ? wordsText(source.words, flags, options)
    : fillIn(await readPipelineFile(source.file), flags, options);
  if (text.trim() === "") throw new UsageError("The pipeline is empty");
  if (text.includes("\0")) throw new UsageError("The pipeline has a NUL character");
  return text;
}

function wordsText(
  words: readonly string[],
  [flag]: readonly PlaceholderFlag[],
  options: OptionTable,
): string {
  if (flag === undefined) return joinWords(words);
  throw unknownOption(flag.name, options, " (placeholders need a pipeline file)");
}

function fillIn(
  file: PipelineFile,
  flags: readonly PlaceholderFlag[],
  options: OptionTable,
): string {
  const { placeholders } = file.template;
  const refuse = (problem: string): never => {
    throw new UsageError(`${problem}\n${placeholderHelp(file, options)}`);
  };
  const values = new Map<string, string>();
  for (const { name, value } of flags) {
    if (!placeholders.some((placeholder) => placeholder.name === name)) {
      const names = [
        ...placeholders.map((placeholder) => placeholder.name),
        ...Object.keys(options),
      ];
      const question = didYouMean(name, names, "--");
      refuse(`Unknown option --${name}: ${file.name} has no placeholder {${name}}${question}`);
    }
    if (values.has(name)) refuse(`--${name} is given more than once`);
    values.set(name, value ?? refuse(`--${name} needs a value: --${name}=VALUE`));
  }
  for (const { name, required } of placeholders) {
    if (required && Object.hasOwn(options, name) && !values.has(name)) {
      refuse(`{${name}} has no value. --${name} alone is an option: add -- --${name}=VALUE`);
    }
  }
  return file.template.format(Object.fromEntries(values));
}
