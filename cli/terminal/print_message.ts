/**
 * Prints the messages of a pipeline.
 *
 * @module
 */
import type { Message } from "../../mod.ts";
import type { Display } from "./display.ts";
import { messageLine, problemLines, propertyLine } from "./message_lines.ts";

/** Which messages are printed. */
export interface PrintOptions {
  /** Property changes, and the debug text of errors. */
  verbose: boolean;
  /** Neither warnings nor information. */
  quiet: boolean;
  /** All messages. */
  messages: boolean;
  /** Whether the stream has ended. */
  isFinished: boolean;
}

/**
 * Prints a message as far as the options ask for it. An error ends the run, and the run prints it at its
 * end; here only an error after the end of the stream is printed.
 */
export function printMessage(message: Message, display: Display, options: PrintOptions): void {
  const { verbose, quiet, messages, isFinished } = options;
  if (message.type === "property-notify") {
    if (verbose) display.print(propertyLine(message));
    return;
  }
  if (messages) display.print(messageLine(message));
  if (quiet) return;
  if (message.type === "error" && isFinished) {
    display.note(problemLines("while stopping", message.error, verbose));
  } else if (message.type === "warning" || message.type === "info") {
    display.note(problemLines(message.type, message.error, verbose));
  }
}
