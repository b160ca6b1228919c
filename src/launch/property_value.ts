/**
 * Assignments of properties in a pipeline's text: `name=value`.
 *
 * A value passes two readers. gst_parse_launch() strips the double quotes around it and removes backslashes; then the
 * property's type reads the rest. A string takes all of that, except for `NULL` and for what begins with a quote.
 *
 * @module
 */
import { BLANK } from "./lexer.ts";

/**
 * Names of properties that hold an element, such as playbin's `video-sink`: GStreamer parses their text as a pipeline.
 * Only the name shows it, as GStreamer is not asked.
 */
export const ELEMENT_PROPERTY: RegExp =
  /(?:sink|src|source|filter|muxer|mixer|combiner|dispatcher|plugin|element)$/;

/** Names of properties that hold a structure with descriptions of elements, such as rtpbin's `fec-encoders`. */
export const ELEMENTS_PROPERTY: RegExp = /(?:^|:)fec-(?:en|de)coders$/;

const ASSIGNMENT = new RegExp(`^([^=]*?)${BLANK}*=${BLANK}*([^]*)$`);

/** Splits an assignment into the property's name and the value as it is written, quotes included. */
export function splitAssignment(assignment: string): { name: string; value: string } {
  const [, name, value] = ASSIGNMENT.exec(assignment)!;
  return { name: name!, value: value! };
}

/** Returns a written value as gst_parse_launch() passes it to the property's type. */
export function readValue(value: string): string {
  return readItems([...value]).join("");
}

/**
 * Reads a written value whose items are characters, or anything that stands for one or more of them.
 *
 * @returns The items that are left for the property's type to read.
 */
export function readItems<T>(items: readonly (T | string)[]): (T | string)[] {
  const isQuoted = items.length > 1 && items[0] === '"' && items.at(-1) === '"';
  const text = isQuoted ? items.slice(1, -1) : items;
  const result: (T | string)[] = [];
  let inQuotes = false;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === "\\" && !inQuotes) {
      if (++at === text.length) break;
    } else if (text[at] === '"' && !(inQuotes && text[at - 1] === "\\")) {
      inQuotes = !inQuotes;
    }
    result.push(text[at]!);
  }
  return result;
}

/** Writes a value so that the property gets exactly this text, whatever its type. */
export function writeValue(value: string): string {
  // a backslash before the closing quote would extend the string up to the next quote in the pipeline
  const text = value === "NULL" || value.startsWith('"') || value.endsWith("\\")
    ? serializeString(value)
    : value;
  return /^[A-Za-z0-9_.,:/+%@=-]+$/.test(text) ? text : `"${text.replace(/["\\]/g, "\\$&")}"`;
}

/** Writes a string as gst_value_deserialize() reads it: in quotes, with special bytes in octal. */
function serializeString(value: string): string {
  const bytes = Array.from(new TextEncoder().encode(value), (byte) => {
    const char = String.fromCharCode(byte);
    return /[A-Za-z0-9_+/:.-]/.test(char) ? char : `\\${byte.toString(8).padStart(3, "0")}`;
  });
  return `"${bytes.join("")}"`;
}
