/**
 * Lists within lists.
 *
 * @module
 */

/** Opening brackets that a text may have. */
export const MAX_BRACKETS = 1000;

/** Whether text opens so many lists that GStreamer, which reads them by recursion, could overflow its stack. */
export function isNestedTooDeeply(text: string): boolean {
  return (text.match(/[[{<]/g)?.length ?? 0) > MAX_BRACKETS;
}
