/**
 * The help of the commands.
 *
 * @module
 */
import type { Command } from "../args/command.ts";
import { formatColumns, indent } from "../terminal/format.ts";
import { STOP_LIMIT_SEC } from "../terminal/shutdown.ts";
import { formatProse, formatRows, type Row } from "./help_layout.ts";
import { COMMANDS, HELP, RUN } from "./list.ts";
import { optionSections } from "./option_help.ts";

/** The help of a command, but for its options; blank lines separate the paragraphs of its texts. */
export interface CommandHelp {
  /** The forms of the command line, after `gstp NAME`. */
  usage: string[];
  description: string;
  /** What follows the options of a section, by its title: texts, and tables of two columns. */
  notes?: Readonly<Record<string, readonly (string | readonly Row[])[]>>;
  exitStatus: string;
  /** Command lines. */
  examples: string[];
}

/** Returns the help of a command, in the form of a manual page. */
export function commandHelp(name: string, command: Command, help: CommandHelp): string {
  const { usage, description, notes = {}, exitStatus, examples } = help;
  const options = [...optionSections(command)].map(([title, lines]) => {
    const more = (notes[title] ?? []).map((note) =>
      typeof note === "string" ? formatProse(note) : formatRows(note)
    );
    return [title, [...lines, ...more.flatMap((note) => ["", ...note])]] as const;
  });
  const sections: (readonly [title: string, lines: readonly string[]])[] = [
    ["NAME", [`  gstp ${name} - ${command.summary}`]],
    ["USAGE", usage.map((line) => `  gstp ${name} ${line}`)],
    ["DESCRIPTION", formatProse(description)],
    ...options,
    ["EXIT STATUS", formatProse(exitStatus)],
    ["EXAMPLES", indent(2, examples)],
  ];
  return sections.map(([title, lines]) => `${title}\n${lines.join("\n")}`).join("\n\n");
}

/** Returns the help of `gstp` without a command. */
export function usage(): string {
  const options = [...optionSections(RUN).values()].flat();
  const commands = Object.entries({ ...COMMANDS, help: HELP })
    .map(([name, { summary }]) => [name, summary] as const);
  return `usage: gstp [OPTION]... FILE.gstp [--NAME=VALUE]...
       gstp [OPTION]... --file=FILE [--NAME=VALUE]...
       gstp [OPTION]... - [--NAME=VALUE]...
       gstp [OPTION]... ELEMENT [PROPERTY=VALUE]... ! ELEMENT ...
       gstp COMMAND ...

Runs a GStreamer pipeline: from a file, from standard input (-), or from its
text as for gst-launch-1.0. --NAME=VALUE sets the placeholder {NAME} of a file;
--help with a file lists them.

options:
${options.join("\n")}

Ctrl-C, SIGTERM and SIGHUP (when the terminal closes; not under nohup) send EOS,
so that files are finished, and wait ${STOP_LIMIT_SEC} s for it; a second Ctrl-C or SIGTERM
stops at once.

exit status: 0 end of the stream, or a clean interrupt; 1 the pipeline failed,
or did not start or finish in time; 2 the command line, the file or a permission
is wrong; 129, 130 or 143 if it did not finish after SIGHUP, Ctrl-C or SIGTERM.

commands (gstp help COMMAND prints more):
${indent(2, formatColumns(commands)).join("\n")}`;
}
