/**
 * Nested lists in text for GStreamer.
 *
 * @module
 */

/** Opening brackets that a text may have. */
export const MAX_BRACKETS = 1000;

/** Returns whether text opens so many lists that GStreamer's recursive parser could overflow the stack. */
export function isNestedTooDeeply(text: string): boolean {
  return (text.match(/[[{<]/g)?.length ?? 0) > MAX_BRACKETS;
}
