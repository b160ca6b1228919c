/**
 * What pads have negotiated.
 *
 * @module
 */
import { cString, readCString } from "../ffi/cstring.ts";
import { gst } from "../ffi/gst.ts";

/** The name of media, such as `video/x-raw`, or of its n-th alternative. The caps stay the caller's. */
export function mediaTypeOf(caps: Deno.PointerValue, index = 0): string {
  const structure = gst().gst_caps_get_structure(caps, index);
  return readCString(gst().gst_structure_get_name(structure)!);
}

/** Frames per second; null where the caps tell no fixed rate. They stay the caller's. */
export function frameRateOf(caps: Deno.PointerValue): number | null {
  const fraction = new Int32Array(2);
  const isThere = gst().gst_structure_get_fraction(
    gst().gst_caps_get_structure(caps, 0),
    cString("framerate"),
    fraction.subarray(0, 1),
    fraction.subarray(1, 2),
  );
  const [numerator = 0, denominator = 0] = fraction;
  return isThere && numerator > 0 && denominator > 0 ? numerator / denominator : null;
}

/** Reads what a pad has negotiated; null where that is nothing yet. */
export function readPadCaps<T>(
  pad: Deno.PointerObject,
  read: (caps: Deno.PointerObject) => T,
): T | null {
  const caps = gst().gst_pad_get_current_caps(pad);
  if (caps === null) return null;
  try {
    return read(caps);
  } finally {
    gst().gst_mini_object_unref(caps);
  }
}
