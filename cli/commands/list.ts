/**
 * The commands beside running a pipeline.
 *
 * @module
 */

/** A command: its first argument is its name. */
export interface Command {
  /** What it does, in a line of the help on the whole. */
  summary: string;
  /** What it takes beside options, for completion. */
  takes?: "pipeline" | "element" | "files" | "shell";
  /** Loads it, with the libraries that only it needs. */
  load: () => Promise<CommandModule>;
}

/** What the file of a command exports. */
export interface CommandModule {
  /** What `gstp NAME --help` prints. */
  help: string;
  /**
   * Runs the command.
   *
   * @param args The command line after the command's name.
   * @returns The exit status.
   */
  run: (args: string[]) => Promise<number>;
}

/** The commands by name. */
export const COMMANDS: Record<string, Command> = {
  completion: {
    summary: "have the shell complete commands, options and files",
    takes: "shell",
    load: () => import("./completion.ts"),
  },
  doctor: {
    summary: "what works on this machine, and what to install for the rest",
    load: () => import("./doctor.ts"),
  },
  graph: {
    summary: "a pipeline as a picture",
    takes: "pipeline",
    load: () => import("./graph.ts"),
  },
  inspect: {
    summary: "what elements there are, and what they take",
    takes: "element",
    load: () => import("./inspect.ts"),
  },
  record: {
    summary: "keep the last seconds, and write them when something happens",
    takes: "pipeline",
    load: () => import("./record.ts"),
  },
  recover: {
    summary: "make clips of what a killed recorder has left",
    takes: "files",
    load: () => import("./recover.ts"),
  },
  verify: {
    summary: "whether clips are whole",
    takes: "files",
    load: () => import("./verify.ts"),
  },
};
