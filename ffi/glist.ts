/**
 * GLists as arrays.
 *
 * @module
 */
import { OFFSETS } from "./layout.ts";

/** Returns the data pointers of a GList; the caller keeps the list. */
export function listItems(list: Deno.PointerValue): Deno.PointerObject[] {
  const items: Deno.PointerObject[] = [];
  for (let node = list; node !== null;) {
    const view = new Deno.UnsafePointerView(node);
    items.push(view.getPointer(OFFSETS["GList.data"])!);
    node = view.getPointer(OFFSETS["GList.next"]);
  }
  return items;
}
