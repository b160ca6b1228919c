/**
 * Elements of bins, and their pads.
 *
 * @module
 */
import { gobject, gst } from "../../ffi/gst.ts";
import { ENUMS, SIZES } from "../../ffi/layout.ts";
import { nameOf } from "./object.ts";

/**
 * Lists the elements of a bin, including those of nested bins.
 *
 * @returns GstElements; the caller owns a reference to each.
 */
export function listElements(bin: Deno.PointerObject): Deno.PointerObject[] {
  return collect(gst().gst_bin_iterate_recurse(bin));
}

/**
 * Lists the sinks of a bin, without those of nested bins.
 *
 * @returns GstElements; the caller owns a reference to each.
 */
export function listSinks(bin: Deno.PointerObject): Deno.PointerObject[] {
  return collect(gst().gst_bin_iterate_sinks(bin));
}

/**
 * Lists the source pads that an element has at the moment.
 *
 * @returns GstPads; the caller owns a reference to each.
 */
export function listSrcPads(element: Deno.PointerObject): Deno.PointerObject[] {
  return collect(gst().gst_element_iterate_src_pads(element));
}

/** Flushes the pads of a bin's sources, so that none of them is blocked by data downstream and they can be stopped. */
export async function flushSources(bin: Deno.PointerObject): Promise<void> {
  for (const source of collect(gst().gst_bin_iterate_sources(bin))) {
    for (const pad of listSrcPads(source)) {
      await gst().gst_pad_push_event_async(pad, gst().gst_event_new_flush_start());
      gst().gst_object_unref(pad);
    }
    const isBin = gobject().g_type_check_instance_is_a(source, gst().gst_bin_get_type());
    if (isBin) await flushSources(source);
    gst().gst_object_unref(source);
  }
}

/** Returns the name of an element's factory, such as `videotestsrc`; empty if it has none. */
export function factoryName(element: Deno.PointerObject): string {
  const factory = gst().gst_element_get_factory(element);
  return factory === null ? "" : nameOf(factory);
}

/** Collects the objects of a GstIterator, with a reference to each, and frees the iterator. */
function collect(iterator: Deno.PointerValue): Deno.PointerObject[] {
  const found: Deno.PointerObject[] = [];
  const item = new Uint8Array(SIZES.GValue);
  for (;;) {
    const result = gst().gst_iterator_next(iterator, item);
    if (result === ENUMS.GST_ITERATOR_OK) {
      const object = gobject().g_value_get_object(item)!;
      gst().gst_object_ref(object);
      gobject().g_value_unset(item);
      found.push(object);
    } else if (result === ENUMS.GST_ITERATOR_RESYNC) {
      // the bin or the element has changed: start again
      for (const object of found.splice(0)) gst().gst_object_unref(object);
      gst().gst_iterator_resync(iterator);
    } else {
      gst().gst_iterator_free(iterator);
      return found;
    }
  }
}
