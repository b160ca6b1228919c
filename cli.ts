#!/usr/bin/env -S deno run -A
/**
 * The `gstp` command: arguments in, exit status out.
 *
 * @module
 */
import { checkDenoVersion, commandLine, GstError, TemplateError } from "./mod.ts";
import { UsageError } from "./cli/args/usage_error.ts";
import { commandHelp } from "./cli/commands/help.ts";
import { checkSpelling, type CommandName, COMMANDS, isCommand } from "./cli/commands/list.ts";
import { loadCommand, loadRun } from "./cli/commands/load.ts";
import { print, printError } from "./cli/terminal/print.ts";
import { WORKER } from "./cli/worker/file_worker.ts";

/**
 * Runs the command.
 *
 * @param args The command line, without the program's name.
 * @returns The exit status.
 */
export async function main(args: string[]): Promise<number> {
  if (args[0] === WORKER) return await (await import("./cli/worker/worker.ts")).serveTasks();
  const words = args[0] === "help" ? withoutHelp(args) : args;
  const [first = "", ...rest] = words;
  try {
    // it reports an old Deno itself
    if (first !== "doctor") checkDenoVersion();
    if (isCommand(first)) return await runCommand(first, rest);
    checkSpelling(words);
    const { run } = await loadRun();
    return await run(words);
  } catch (error) {
    const command = commandLine();
    return reportError(error, isCommand(first) ? `${command} ${first}` : command);
  }
}

/** Returns what `help COMMAND` stands for. */
function withoutHelp([, ...words]: readonly string[]): string[] {
  return words[0] === undefined || words[0] === "help" ? ["--help"] : [...words, "--help"];
}

/** Runs a command; `--help` prints its help even if the rest of the command line is wrong. */
async function runCommand(name: CommandName, args: string[]): Promise<number> {
  const command = await loadCommand(name);
  const end = args.indexOf("--");
  const options = end < 0 ? args : args.slice(0, end);
  if (!options.some((arg) => arg === "--help" || arg === "-h")) return await command.run(args);
  print(commandHelp(name, COMMANDS[name], command.help));
  return 0;
}

/** Prints an error that users can do something about, and returns the exit status; throws any other. */
function reportError(error: unknown, command: string): number {
  if (error instanceof UsageError || error instanceof TemplateError) {
    printError(`error: ${error.message}\nRun \`${command} --help\` for usage.`);
    return 2;
  }
  if (error instanceof Deno.errors.NotCapable) {
    printError(`error: Deno does not permit this. ${error.message}`);
    return 2;
  }
  if (error instanceof GstError) {
    printError(`error: ${error.message}`);
    return 1;
  }
  throw error;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
