/**
 * Pads of elements.
 *
 * @module
 */
import { cString } from "../../ffi/cstring.ts";
import { gst } from "../../ffi/gst.ts";

/**
 * Calls a function with an always pad of an element, and returns what it returns.
 *
 * The reference that `gst_element_get_static_pad` returns (transfer full) is dropped after the call, so the pad is valid
 * only during it (GStreamer: Core Library, "GstElement").
 *
 * @param element A GstElement that has the pad; it stays the caller's.
 * @param name The pad's name, such as `sink`.
 */
export function withStaticPad<T>(
  element: Deno.PointerObject,
  name: string,
  use: (pad: Deno.PointerObject) => T,
): T {
  const pad = gst().gst_element_get_static_pad(element, cString(name))!;
  try {
    return use(pad);
  } finally {
    gst().gst_object_unref(pad);
  }
}
