/**
 * Documents with measured results.
 *
 * @module
 */
import { replaceBetween } from "../scripts/lib/markdown.ts";

/**
 * Replaces what stands between the markers of a name.
 *
 * @throws {RangeError} If the document lacks them.
 */
export function replaceMarked(document: string, name: string, text: string): string {
  return replaceBetween(document, `<!-- bench: ${name} -->`, "<!-- bench: end -->", text);
}
