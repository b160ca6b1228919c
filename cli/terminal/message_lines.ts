/**
 * Messages and errors of a pipeline as lines to read.
 *
 * @module
 */
import type { GstError, Message, ObservationError, PropertyMessage } from "../../mod.ts";

/** A change of a property, in the form in which gst-launch-1.0 prints it. */
export function propertyLine({ source, property, value }: PropertyMessage): string {
  return `${source}: ${property} = ${value ?? "(no value)"}`;
}

/** Any other message. */
export function messageLine(message: Exclude<Message, PropertyMessage>): string {
  return `message ${message.type} from ${message.source || "(nobody)"}: ${details(message)}`;
}

function details(message: Exclude<Message, PropertyMessage>): string {
  switch (message.type) {
    case "error":
    case "warning":
    case "info":
      return message.error.message;
    case "state-changed": {
      const { oldState, newState, pendingState } = message;
      return `${oldState} to ${newState}${pendingState ? `, then ${pendingState}` : ""}`;
    }
    default:
      return message.structure ?? "(no details)";
  }
}

/** An error, a warning or a piece of information; with the debug text where that is wanted. */
export function problemLines(label: string, error: GstError, withDebug: boolean): string {
  const lines = [`${label}: ${error.message}`];
  if (error.debug !== undefined) {
    lines.push(withDebug ? `debug: ${error.debug}` : "(-v prints the debug text)");
  }
  return lines.join("\n");
}

/** An error of the user's code; with the stack where that is wanted. */
export function observerLines({ message, cause }: ObservationError, withStack: boolean): string {
  const stack = withStack && cause instanceof Error ? `\n${cause.stack}` : "";
  return `error: ${message}${stack}`;
}
