/**
 * The commands of `gstp`.
 *
 * @module
 */
import { didYouMean } from "../../mod.ts";
import type { Command } from "../args/command.ts";
import { UsageError } from "../args/usage_error.ts";
import {
  COMPLETION_OPTIONS,
  DOCTOR_OPTIONS,
  GRAPH_OPTIONS,
  INSPECT_OPTIONS,
  RECORD_OPTIONS,
  RECOVER_OPTIONS,
  RUN_OPTIONS,
  SETUP_OPTIONS,
} from "../args/options.ts";
import { VERIFY_OPTIONS } from "../args/verify_options.ts";

/** `gstp` without a command. */
export const RUN: Command = {
  summary: "run a pipeline",
  takes: "pipeline",
  options: RUN_OPTIONS,
};

/** `gstp help COMMAND`, which is another way to write `gstp COMMAND --help`. */
export const HELP: Command = {
  summary: "print this help, or that of a command",
  takes: "command",
  options: {},
};

/** The commands by name, which is the first argument. */
export const COMMANDS = {
  completion: {
    summary: "complete commands, options and files in the shell",
    takes: "shell",
    options: COMPLETION_OPTIONS,
  },
  doctor: {
    summary: "list what works here, and what to install for the rest",
    takes: "nothing",
    options: DOCTOR_OPTIONS,
  },
  graph: {
    summary: "draw a pipeline",
    takes: "pipeline",
    options: GRAPH_OPTIONS,
  },
  inspect: {
    summary: "list the installed elements, or describe one",
    takes: "element",
    options: INSPECT_OPTIONS,
  },
  record: {
    summary: "keep the last seconds of a stream, and write clips at a trigger",
    takes: "pipeline",
    options: RECORD_OPTIONS,
  },
  recover: {
    summary: "turn what a killed recorder left behind into clips",
    takes: "files",
    options: RECOVER_OPTIONS,
  },
  setup: {
    summary: "fetch all libraries, so that gstp runs without a network",
    takes: "nothing",
    options: SETUP_OPTIONS,
  },
  verify: {
    summary: "check that clips are complete",
    takes: "files",
    options: VERIFY_OPTIONS,
  },
} as const satisfies Readonly<Record<string, Command>>;

/** The name of a command. */
export type CommandName = keyof typeof COMMANDS;

/** Returns whether an argument is the name of a command. */
export function isCommand(arg: string): arg is CommandName {
  return Object.hasOwn(COMMANDS, arg);
}

/**
 * Checks that the first word of a command line is not a misspelled command.
 *
 * @throws {UsageError} If it is, and the next one does not continue a pipeline.
 */
export function checkSpelling([first = "", second]: readonly string[]): void {
  const isPipeline = second === "!" || second?.includes("=") && !second.startsWith("-");
  const question = didYouMean(first, Object.keys(COMMANDS));
  if (isPipeline || question === "") return;
  throw new UsageError(`Unknown command "${first}"${question}`);
}
