/**
 * Text in XML, such as SVG.
 *
 * @module
 */

/** Returns text with the characters escaped that would begin or end markup. */
export function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
