/**
 * GList, read into JavaScript.
 *
 * @module
 */
import { OFFSETS } from "./layout.ts";

/** The pointers in a GList, which stays the caller's. */
export function listItems(list: Deno.PointerValue): Deno.PointerObject[] {
  const items: Deno.PointerObject[] = [];
  for (let node = list; node !== null;) {
    const view = new Deno.UnsafePointerView(node);
    items.push(view.getPointer(OFFSETS["GList.data"])!);
    node = view.getPointer(OFFSETS["GList.next"]);
  }
  return items;
}
