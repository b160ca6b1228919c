/**
 * What a command is, as far as its command line goes.
 *
 * @module
 */
import type { OptionTable } from "./option.ts";

/** A command of `gstp`. */
export interface Command {
  /** What it does, in a few words. */
  readonly summary: string;
  /** What it takes besides options. */
  readonly takes: "pipeline" | "element" | "files" | "shell" | "command" | "nothing";
  /** Its options. */
  readonly options: OptionTable;
}
