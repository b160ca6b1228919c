/**
 * Sections as Markdown.
 *
 * @module
 */
import type { Cell, Goal, Section, Table } from "./section.ts";
import type { Figure } from "./statistics.ts";

/** A number with three digits that mean something. */
export function digits(value: number): string {
  if (Number.isInteger(value)) return String(value);
  const magnitude = Math.abs(value);
  return value.toFixed(magnitude >= 99.95 ? 0 : magnitude >= 9.995 ? 1 : 2);
}

function spread({ low, high }: Figure): string {
  const [from, to] = [digits(low), digits(high)];
  return from === to ? "" : ` (${from} to ${to})`;
}

/** A value with its spread; where it is compared, its ratio with that one's spread. */
function cellText({ value, ratio }: Cell): string {
  if (ratio === undefined) return digits(value.median) + spread(value);
  return `${digits(value.median)}: ${digits(ratio.median)} times${spread(ratio)}`;
}

/** Lines of cells as a Markdown table, its columns aligned. */
export function markdownTable(head: readonly string[], lines: readonly string[][]): string {
  const widths = head.map((text, i) => Math.max(3, text.length, ...lines.map((l) => l[i]!.length)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((text, i) => text.padEnd(widths[i]!)).join(" | ")} |`;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...lines.map(line)]
    .join("\n");
}

/** A table under its quantity. */
export function tableText({ quantity, of, rows }: Table): string {
  const subjects = Object.keys(rows[0]!.cells);
  const lines = rows.map(({ label, cells }) => [
    label,
    ...subjects.map((name) => cellText(cells[name]!)),
  ]);
  return `${quantity}:\n\n${markdownTable([of, ...subjects], lines)}`;
}

/** All of a section. */
export function sectionText({ tables, words }: Section): string {
  const list = words.map((sentence) => `- ${sentence}`).join("\n");
  return [...tables.map(tableText), ...(list === "" ? [] : [list])].join("\n\n");
}

/** What is to be reached, and what was. */
export function goalsText(goals: readonly Goal[]): string {
  const lines = goals.map(({ what, limit, measured, unit }) => [
    what,
    `${limit}${unit}`,
    `${digits(measured)}${unit}`,
    measured <= limit ? "yes" : "no",
  ]);
  return markdownTable(["what", "at most", "measured", "reached"], lines);
}
