/**
 * The options in a help text.
 *
 * @module
 */
import type { Command } from "../args/command.ts";
import type { Option } from "../args/option.ts";
import { formatRows, type Row } from "./help_layout.ts";

/** The section of options that name no other. */
const DEFAULT_SECTION = "OPTIONS";
/** Follows the options of a command that takes a pipeline. */
const END_OF_OPTIONS: Row = [
  "--",
  "the end of the options: after it, --NAME=VALUE sets a placeholder even if NAME is an option",
];

/** Returns the sections of a command's options by title, as lines. */
export function optionSections({ options, takes }: Command): Map<string, string[]> {
  const sections = new Map<string, [name: string, option: Option][]>();
  for (const [name, option] of Object.entries(options)) {
    if (option.isHidden) continue;
    const { section = DEFAULT_SECTION } = option;
    sections.set(section, [...sections.get(section) ?? [], [name, option]]);
  }
  return new Map([...sections].map(([title, entries], i) => {
    const isLast = i === sections.size - 1;
    return [title, formatRows(rowsOf(entries, isLast && takes === "pipeline"))];
  }));
}

function rowsOf(options: readonly [name: string, option: Option][], hasEnd: boolean): Row[] {
  const hasLetters = options.some(([, { letter }]) => letter !== undefined);
  const align = (label: string) => hasLetters ? `    ${label}` : label;
  const rows = options.map(([name, { letter, placeholder, description }]): Row => {
    const label = placeholder === undefined ? `--${name}` : `--${name}=${placeholder}`;
    return [letter === undefined ? align(label) : `-${letter}, ${label}`, description];
  });
  const [end, description] = END_OF_OPTIONS;
  return hasEnd ? [...rows, [align(end), description]] : rows;
}
