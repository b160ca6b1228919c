/**
 * Loads a command, with the libraries that only it needs.
 *
 * @module
 */
import { GstError } from "../../mod.ts";
import type { CommandHelp } from "./help.ts";
import type { CommandName } from "./list.ts";

/** The module of a command. */
export interface CommandModule {
  /** The prose of its help. */
  help: CommandHelp;
  /**
   * Runs the command.
   *
   * @param args The arguments after the command's name.
   * @returns The exit status.
   */
  run(args: string[]): Promise<number>;
}

const LOADERS: Readonly<Record<CommandName, () => Promise<CommandModule>>> = {
  completion: () => import("./completion.ts"),
  doctor: () => import("./doctor.ts"),
  graph: () => import("./graph.ts"),
  inspect: () => import("./inspect.ts"),
  record: () => import("./record.ts"),
  recover: () => import("./recover.ts"),
  setup: () => import("./setup.ts"),
  verify: () => import("./verify.ts"),
};

/**
 * Loads a command.
 *
 * @throws {GstError} If a library is neither in Deno's cache nor can be downloaded.
 */
export async function loadCommand(name: CommandName): Promise<CommandModule> {
  return await explainMissing(LOADERS[name]());
}

/**
 * Loads what `gstp` without a command does.
 *
 * @throws {GstError} If a library is neither in Deno's cache nor can be downloaded.
 */
export async function loadRun(): Promise<Pick<CommandModule, "run">> {
  return await explainMissing(import("./run.ts"));
}

async function explainMissing<T>(loading: Promise<T>): Promise<T> {
  try {
    return await loading;
  } catch (cause) {
    if ((cause as { code?: unknown }).code !== "ERR_MODULE_NOT_FOUND") throw cause;
    const [problem] = (cause as Error).message.split("\n", 1);
    throw new GstError(
      `Cannot load a library of the command: ${problem} Run it once where jsr.io can be reached, ` +
        "which fills Deno's cache; in a checkout, `make setup` provides a stand-in.",
      { cause },
    );
  }
}
