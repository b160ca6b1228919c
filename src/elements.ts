/**
 * The elements of a bin.
 *
 * @module
 */
import { gobject, gst } from "../ffi/gst.ts";
import { ENUMS, SIZES } from "../ffi/layout.ts";

/**
 * All elements of a bin, also those in bins within it.
 *
 * @returns GstElements; the caller owns a reference to each.
 */
export function listElements(bin: Deno.PointerObject): Deno.PointerObject[] {
  const iterator = gst().gst_bin_iterate_recurse(bin);
  const found: Deno.PointerObject[] = [];
  const item = new Uint8Array(SIZES.GValue);
  for (;;) {
    const result = gst().gst_iterator_next(iterator, item);
    if (result === ENUMS.GST_ITERATOR_OK) {
      const element = gobject().g_value_get_object(item)!;
      gst().gst_object_ref(element);
      gobject().g_value_unset(item);
      found.push(element);
    } else if (result === ENUMS.GST_ITERATOR_RESYNC) {
      // the bin changed meanwhile: start over
      for (const element of found.splice(0)) gst().gst_object_unref(element);
      gst().gst_iterator_resync(iterator);
    } else {
      gst().gst_iterator_free(iterator);
      return found;
    }
  }
}
