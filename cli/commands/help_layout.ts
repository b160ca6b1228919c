/**
 * The layout of help texts.
 *
 * @module
 */
import { indent } from "../terminal/format.ts";

/** The width of a help text. */
const WIDTH = 80;
/** The indentation of all but titles. */
const INDENT = 2;
/** A longer label has a line of its own. */
const MAX_LABEL = 21;

/** A label, and what it stands for. */
export type Row = readonly [label: string, description: string];

/** Formats rows as two columns. */
export function formatRows(rows: readonly Row[]): string[] {
  const widths = rows.map(([label]) => label.length).filter((width) => width <= MAX_LABEL);
  const column = INDENT + Math.max(...widths) + 2;
  return rows.flatMap(([label, description]) => {
    const [first = "", ...more] = wrap(description, WIDTH - column);
    const [left] = indent(INDENT, [label]) as [string];
    const start = left.length + 2 > column
      ? [left, ...indent(column, [first])]
      : [left.padEnd(column) + first];
    return [...start, ...indent(column, more)];
  });
}

/** Formats paragraphs, which blank lines separate. */
export function formatProse(text: string): string[] {
  const paragraphs = text.trim().split(/\n\s*\n/);
  const lines = paragraphs.map((paragraph) => wrap(paragraph, WIDTH - INDENT));
  return indent(INDENT, lines.flatMap((paragraph, i) => i === 0 ? paragraph : ["", ...paragraph]));
}

/** Breaks a text into lines of at most `width` characters. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.trim().split(/\s+/)) {
    const line = lines.at(-1);
    if (line === undefined || line.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${line} ${word}`;
  }
  return lines;
}
