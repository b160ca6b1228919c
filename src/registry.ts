/**
 * What is installed.
 *
 * @module
 */
import { cString } from "../ffi/cstring.ts";
import { gst } from "../ffi/gst.ts";

/**
 * Whether an element is installed.
 *
 * @example
 * ```ts
 * import { hasElement } from "@gstp/gstp";
 * import { assert } from "@std/assert";
 *
 * assert(hasElement("tee"));
 * assert(!hasElement("nosuchelement"));
 * ```
 *
 * @throws {TypeError} if the name is not a string that C can hold.
 */
export function hasElement(name: string): boolean {
  const factory = gst().gst_element_factory_find(cString(name));
  if (factory !== null) gst().gst_object_unref(factory);
  return factory !== null;
}
