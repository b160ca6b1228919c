/**
 * Messages and errors of a pipeline as lines to read.
 *
 * @module
 */
import type { GstError, Message, PropertyMessage } from "../mod.ts";

/** A change of a property, in the form in which gst-launch-1.0 prints it. */
export function propertyLine({ source, property, value }: PropertyMessage): string {
  return `${source}: ${property} = ${value ?? "(no value)"}`;
}

/** Any message. */
export function messageLine(message: Message): string {
  return `message ${message.type} from ${message.source || "(nobody)"}: ${details(message)}`;
}

function details(message: Message): string {
  switch (message.type) {
    case "error":
    case "warning":
    case "info":
      return message.error.message;
    case "state-changed": {
      const { oldState, newState, pendingState } = message;
      return `${oldState} to ${newState}${pendingState ? `, then ${pendingState}` : ""}`;
    }
    case "property-notify":
      return propertyLine(message);
    default:
      return message.structure ?? "(no details)";
  }
}

/** An error, a warning or a piece of information; with the debug text where that is wanted. */
export function problemLines(label: string, error: GstError, withDebug: boolean): string {
  const debug = withDebug && error.debug ? `\ndebug: ${error.debug}` : "";
  return `${label}: ${error.message}${debug}`;
}
