/**
 * Sections as Markdown.
 *
 * @module
 */
import { markdownTable } from "../scripts/lib/markdown.ts";
import type { Cell, Goal, Section, Table } from "./section.ts";
import type { Figure } from "./statistics.ts";

/** Formats a number with three significant digits. */
export function digits(value: number): string {
  if (Number.isInteger(value)) return String(value);
  const magnitude = Math.abs(value);
  return value.toFixed(magnitude >= 99.95 ? 0 : magnitude >= 9.995 ? 1 : 2);
}

function spread({ low, high }: Figure): string {
  const [from, to] = [digits(low), digits(high)];
  return from === to ? "" : ` (${from} to ${to})`;
}

/** Formats a value with its spread; where it is compared, with the ratio and the spread of that. */
function cellText({ value, ratio }: Cell): string {
  if (ratio === undefined) return digits(value.median) + spread(value);
  return `${digits(value.median)}: ${digits(ratio.median)} times${spread(ratio)}`;
}

/** Formats a table under its quantity. */
export function tableText({ quantity, of, rows }: Table): string {
  const subjects = Object.keys(rows[0]!.cells);
  const lines = rows.map(({ label, cells }) => [
    label,
    ...subjects.map((name) => cellText(cells[name]!)),
  ]);
  return `${quantity}:\n\n${markdownTable([of, ...subjects], lines)}`;
}

/** Formats a section: its tables, then its notes. */
export function sectionText({ tables, notes }: Section): string {
  const list = notes.map((sentence) => `- ${sentence}`).join("\n");
  return [...tables.map(tableText), ...(list === "" ? [] : [list])].join("\n\n");
}

/** Formats the goals, with what was measured. */
export function goalsText(goals: readonly Goal[]): string {
  const lines = goals.map(({ what, limit, measured, unit }) => [
    what,
    `${limit}${unit}`,
    `${digits(measured)}${unit}`,
    measured <= limit ? "yes" : "no",
  ]);
  return markdownTable(["goal", "at most", "measured", "reached"], lines);
}
