#!/usr/bin/env -S deno run -A
/**
 * The command: arguments in, exit status out.
 *
 * @module
 */
import { GstError, TemplateError } from "./mod.ts";
import { type Arguments, readArguments } from "./cli/args/run_arguments.ts";
import { COMMANDS } from "./cli/commands/list.ts";
import { UsageError } from "./cli/args/usage_error.ts";
import { fileHelp, usage, versions } from "./cli/commands/help.ts";
import { runPipeline } from "./cli/commands/run.ts";
import { pipelineText, readPipelineFile } from "./cli/pipeline_file/pipeline_file.ts";

/**
 * Runs the command.
 *
 * @param args The command line, without the program's name.
 * @returns The exit status.
 */
export async function main(args: string[]): Promise<number> {
  try {
    const [first = "", ...rest] = args;
    if (Object.hasOwn(COMMANDS, first)) return await runCommand(first, rest);
    return await dispatch(readArguments(args));
  } catch (error) {
    return reportFailure(error);
  }
}

/** Runs a command; its `--help` needs nothing else to be right. */
async function runCommand(name: string, args: string[]): Promise<number> {
  const { help, run } = await COMMANDS[name]!.load();
  const end = args.indexOf("--");
  const options = end < 0 ? args : args.slice(0, end);
  return options.some((arg) => arg === "--help" || arg === "-h") ? print(help) : await run(args);
}

async function dispatch(args: Arguments): Promise<number> {
  if (args.help) return await printHelp(args);
  if (args.version) return print(versions());
  if (args.source === undefined) throw new UsageError("No pipeline is given");
  const text = await pipelineText(args.source, args.flags);
  return args.dryRun ? print(`${text.trim()}\n`) : await runPipeline(text, args);
}

async function printHelp({ source }: Arguments): Promise<number> {
  if (source === undefined || !("file" in source)) return print(usage());
  const { name, template } = await readPipelineFile(source.file);
  return print(`${usage()}\n${fileHelp(name, template.placeholders)}`);
}

function print(text: string): number {
  console.log(text.trimEnd());
  return 0;
}

/** Says what went wrong where that was to be expected; anything else is a defect, and thrown on. */
function reportFailure(error: unknown): number {
  if (error instanceof UsageError || error instanceof TemplateError) {
    console.error(`error: ${error.message}\n(--help tells how to call gstp)`);
    return 2;
  }
  if (error instanceof Deno.errors.NotCapable) {
    console.error(`error: Deno does not permit this. ${error.message}`);
    return 2;
  }
  if (error instanceof GstError) {
    console.error(`error: ${error.message}`);
    return 1;
  }
  throw error;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
