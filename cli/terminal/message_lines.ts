/**
 * Messages and errors of a pipeline as lines of text.
 *
 * @module
 */
import type { GstError, Message, ObservationError, PropertyMessage } from "../../mod.ts";

/** Formats the change of a property as gst-launch-1.0 does. */
export function propertyLine({ source, property, value }: PropertyMessage): string {
  return `${source}: ${property} = ${value ?? "(no value)"}`;
}

/** Formats any other message. */
export function messageLine(message: Exclude<Message, PropertyMessage>): string {
  return `message ${message.type} from ${message.source || "(no source)"}: ${details(message)}`;
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

/** Formats an error, a warning or an information, with its debug text if that is wanted. */
export function problemLines(label: string, error: GstError, withDebug: boolean): string {
  const lines = [`${label}: ${error.message}`];
  if (error.debug !== undefined) {
    lines.push(withDebug ? `debug: ${error.debug}` : "(-v prints the debug text)");
  }
  return lines.join("\n");
}

/** Formats an error of the user's code, with its stack if that is wanted. */
export function observerLines({ message, cause }: ObservationError, withStack: boolean): string {
  const stack = withStack && cause instanceof Error ? `\n${cause.stack}` : "";
  return `error: ${message}${stack}`;
}
