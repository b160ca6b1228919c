/**
 * Loads a command, with the libraries that only it needs.
 *
 * @module
 */
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

/** Loads a command. */
export function loadCommand(name: CommandName): Promise<CommandModule> {
  return LOADERS[name]();
}
