/**
 * Names and paths of GstObjects: elements, pads, factories.
 *
 * @module
 */
import { takeCString } from "../../ffi/cstring.ts";
import { glib, gst } from "../../ffi/gst.ts";

/** Returns an object's name, such as `filesrc0`; the caller keeps the object. */
export function nameOf(object: Deno.PointerObject): string {
  return takeCString(glib(), gst().gst_object_get_name(object)) ?? "";
}

/**
 * Returns an object's path, such as `/GstPipeline:pipeline0/GstFileSrc:filesrc0`; empty for null. The caller keeps the
 * object.
 */
export function pathOf(object: Deno.PointerValue): string {
  return object === null ? "" : takeCString(glib(), gst().gst_object_get_path_string(object)) ?? "";
}
