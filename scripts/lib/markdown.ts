/**
 * Tables in Markdown, and pages with generated parts.
 *
 * @module
 */

/** Formats a table with aligned columns. */
export function markdownTable(head: readonly string[], rows: readonly string[][]): string {
  const widths = head.map((text, i) =>
    Math.max(3, text.length, ...rows.map((row) => row[i]!.length))
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((text, i) => text.padEnd(widths[i]!)).join(" | ")} |`;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}

/**
 * Replaces what stands between two markers of a page.
 *
 * @throws {RangeError} If the page lacks the markers.
 */
export function replaceBetween(page: string, begin: string, end: string, text: string): string {
  const from = page.indexOf(begin);
  const to = page.indexOf(end, from);
  if (from < 0 || to < 0) throw new RangeError(`The page lacks "${begin}" or, after it, "${end}"`);
  return `${page.slice(0, from + begin.length)}\n\n${text}\n\n${page.slice(to)}`;
}
