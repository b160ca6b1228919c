/**
 * Tags of a stream, such as its orientation.
 *
 * @module
 */
import { cString, takeCString } from "../../ffi/cstring.ts";
import { glib, gst } from "../../ffi/gst.ts";
import { ENUMS } from "../../ffi/layout.ts";

const pointer = new BigUint64Array(1);

/**
 * Returns a tag with a text that has passed a pad; null if there is none.
 *
 * @param pad A GstPad; the caller keeps it.
 * @param tag The tag's name, such as `image-orientation`.
 */
export function readTag(pad: Deno.PointerObject, tag: string): string | null {
  // lists of several scopes are kept at once
  for (let index = 0;; index++) {
    const event = gst().gst_pad_get_sticky_event(pad, ENUMS.GST_EVENT_TAG, index);
    if (event === null) return null;
    const text = textOf(event, tag);
    gst().gst_mini_object_unref(event);
    if (text !== null) return text;
  }
}

function textOf(event: Deno.PointerObject, tag: string): string | null {
  gst().gst_event_parse_tag(event, pointer);
  const list = Deno.UnsafePointer.create(pointer[0]!);
  if (!gst().gst_tag_list_get_string(list, cString(tag), pointer)) return null;
  return takeCString(glib(), Deno.UnsafePointer.create(pointer[0]!));
}
