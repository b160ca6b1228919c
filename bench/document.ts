/**
 * Documents that hold what was measured.
 *
 * @module
 */

/**
 * Replaces what stands between the markers of a name.
 *
 * @throws {RangeError} if the document does not have them.
 */
export function replaceMarked(document: string, name: string, text: string): string {
  const begin = `<!-- bench: ${name} -->\n`;
  const end = "\n<!-- bench: end -->";
  const from = document.indexOf(begin);
  const to = document.indexOf(end, from);
  if (from < 0 || to < 0) throw new RangeError(`No markers for "${name}"`);
  return `${document.slice(0, from + begin.length)}\n${text}\n${document.slice(to)}`;
}
