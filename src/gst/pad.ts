/**
 * Pads of elements.
 *
 * @module
 */
import { cString } from "../../ffi/cstring.ts";
import { gst } from "../../ffi/gst.ts";
import { nameOf } from "./object.ts";

/**
 * Calls a function with a static pad of an element, and returns what it returns.
 *
 * The reference that `gst_element_get_static_pad` returns (transfer full) is dropped after the call, so the pad is valid
 * only during it (GStreamer: Core Library, "GstElement").
 *
 * @param element A GstElement; the caller keeps it.
 * @param name The pad's name, such as `sink`.
 * @throws {RangeError} If the element does not have the pad.
 */
export function withStaticPad<T>(
  element: Deno.PointerObject,
  name: string,
  use: (pad: Deno.PointerObject) => T,
): T {
  const pad = gst().gst_element_get_static_pad(element, cString(name));
  if (pad === null) throw new RangeError(`${nameOf(element)} has no pad "${name}"`);
  try {
    return use(pad);
  } finally {
    gst().gst_object_unref(pad);
  }
}
