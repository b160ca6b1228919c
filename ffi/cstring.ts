/**
 * Text between JavaScript and C: UTF-8 with a terminating NUL.
 *
 * @module
 */
import type { glibSymbols } from "./glib_symbols.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * Encodes text as a C string. The caller keeps the array referenced for as long as C reads it.
 *
 * @throws {TypeError} If `text` is not a string, contains a NUL (where C would cut it), or is not well-formed Unicode.
 */
export function cString(text: string): Uint8Array<ArrayBuffer> {
  if (typeof text !== "string") throw new TypeError(`Expected a string, got ${typeof text}`);
  if (text.includes("\0")) throw new TypeError("Text for GStreamer must not contain a NUL");
  if (!text.isWellFormed()) throw new TypeError("Text for GStreamer must be well-formed Unicode");
  return encoder.encode(text + "\0");
}

/** Reads a C string that C keeps; bytes that are not UTF-8 become U+FFFD. */
export function readCString(pointer: Deno.PointerObject): string {
  const view = new Deno.UnsafePointerView(pointer);
  try {
    return view.getCString();
  } catch {
    let length = 0;
    while (view.getUint8(length) !== 0) length++;
    return decoder.decode(view.getArrayBuffer(length));
  }
}

/** Reads a C string and frees it with `g_free`; returns null for a null pointer. */
export function takeCString(
  glib: Pick<Deno.DynamicLibrary<typeof glibSymbols>["symbols"], "g_free">,
  pointer: Deno.PointerValue,
): string | null {
  if (pointer === null) return null;
  const text = readCString(pointer);
  glib.g_free(pointer);
  return text;
}
