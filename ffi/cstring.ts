/**
 * Text to C and back: UTF-8, ended by a NUL.
 *
 * @module
 */
import type { glibSymbols } from "./glib_symbols.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * Text as a C string. C sees it only while the array is referenced here.
 *
 * @throws {TypeError} if `text` is not a string, holds a NUL (C would cut it there) or half of a surrogate pair.
 */
export function cString(text: string): Uint8Array<ArrayBuffer> {
  if (typeof text !== "string") throw new TypeError(`Expected a string, got ${typeof text}`);
  if (text.includes("\0")) throw new TypeError("Text for GStreamer cannot hold a NUL character");
  if (!text.isWellFormed()) throw new TypeError("Text for GStreamer must be well-formed Unicode");
  return encoder.encode(text + "\0");
}

/** Reads a C string that stays C's; bytes that are not UTF-8 become U+FFFD. */
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

/** Reads a C string and frees it (`g_free`); null is null. */
export function takeCString(
  glib: Pick<Deno.DynamicLibrary<typeof glibSymbols>["symbols"], "g_free">,
  pointer: Deno.PointerValue,
): string | null {
  if (pointer === null) return null;
  const text = readCString(pointer);
  glib.g_free(pointer);
  return text;
}
