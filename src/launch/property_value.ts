/**
 * The value of a property in a pipeline's text.
 *
 * A value passes two readers. gst_parse_launch() strips double quotes around it and takes backslashes away; then
 * the property's type reads the rest, of which a string takes everything, but for `NULL` and what begins with a quote.
 *
 * @module
 */

/**
 * Properties that hold an element, such as playbin's `video-sink`: GStreamer reads their text as a pipeline's. As long
 * as GStreamer itself is not asked, nothing but the name tells.
 */
export const ELEMENT_PROPERTY: RegExp =
  /(?:sink|src|source|filter|muxer|combiner|dispatcher|plugin|element)$/;

/**
 * Reads a value as gst_parse_launch() does. The items are characters, or anything that stands for one or more of them.
 *
 * @returns The items that are left for the property's type to read.
 */
export function readValue<T>(items: readonly (T | string)[]): (T | string)[] {
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

/** Writes a value so that the property gets exactly this, whatever its type. */
export function writeValue(value: string): string {
  // A backslash before the closing quote would let the string go on to the next quote in the pipeline.
  const text = value === "NULL" || value.startsWith('"') || value.endsWith("\\")
    ? serializeString(value)
    : value;
  return /^[A-Za-z0-9_.,:/+%@=-]+$/.test(text) ? text : `"${text.replace(/["\\]/g, "\\$&")}"`;
}

/** A string as gst_value_deserialize() reads it: in quotes, bytes that are not plain in octal. */
function serializeString(value: string): string {
  const bytes = Array.from(new TextEncoder().encode(value), (byte) => {
    const char = String.fromCharCode(byte);
    return /[A-Za-z0-9_+/:.-]/.test(char) ? char : `\\${byte.toString(8).padStart(3, "0")}`;
  });
  return `"${bytes.join("")}"`;
}
