/**
 * What `--help` and `--version` print.
 *
 * @module
 */
import { GstError, gstVersion, type Placeholder } from "../../mod.ts";
import config from "../../deno.json" with { type: "json" };
import { isOption } from "../args/run_arguments.ts";
import { COMMANDS } from "./list.ts";
import { STOP_LIMIT_SEC } from "../terminal/shutdown.ts";

const USAGE = `usage: gstp [OPTION]... FILE.gstp [--NAME=VALUE]...
       gstp [OPTION]... --file=FILE [--NAME=VALUE]...
       gstp [OPTION]... - [--NAME=VALUE]...
       gstp [OPTION]... ELEMENT [PROPERTY=VALUE]... ! ELEMENT ...

Runs a GStreamer pipeline: from a file, from standard input (-), or from its
text as for gst-launch-1.0. --NAME=VALUE sets the placeholder {NAME} of a file;
--help with a file lists them.

options:
      --file=FILE      the file, whatever its name
      --timeout=SEC    send EOS after SEC seconds of playing, and finish
      --dry-run        print the pipeline, and do not run it
  -v, --verbose        print negotiated caps and changes of properties, and the
                       debug text of errors
  -m, --messages       print the messages of the pipeline's bus
  -q, --quiet          print errors only
      --obs=ELEMENT    give the frames that leave an element to code of yours:
      --ext=MODULE:EXPORT
                       a function that finds something in each, and
      --proc=MODULE:EXPORT
                       one that gets what was found
      --obs-fatal      stop at the first error of these, with exit status 1
  -e, --eos-on-shutdown
                       for gst-launch-1.0's sake: it is always done
  -h, --help           print this
      --version        print the versions of gstp, Deno and GStreamer
      --               what follows belongs to the file: -- --timeout=5 sets
                       its placeholder {timeout}

Ctrl-C, SIGTERM or the end of the terminal (SIGHUP; not under nohup) sends EOS,
so that files are finished, and waits ${STOP_LIMIT_SEC} s for it; a second Ctrl-C or SIGTERM stops
at once.

exit status: 0 end of the stream, or a clean interrupt; 1 the pipeline failed,
or did not start or finish in time; 2 the command line, the file or a permission
is wrong; 129, 130 or 143 forced by SIGHUP, Ctrl-C or SIGTERM.
`;

/** The help on the command. */
export function usage(): string {
  const names = Object.keys(COMMANDS);
  if (names.length === 0) return USAGE;
  const width = Math.max(...names.map((name) => name.length));
  const lines = names.map((name) => `  ${name.padEnd(width)}  ${COMMANDS[name]!.summary}`);
  return `${USAGE}\ncommands (gstp COMMAND --help tells more):\n${lines.join("\n")}\n`;
}

/**
 * The placeholders of a file, and how to set each.
 *
 * @param isOwn Whether a placeholder's flag would be taken for an option of the command.
 */
export function fileHelp(
  file: string,
  placeholders: readonly Placeholder[],
  isOwn: (name: string) => boolean = isOption,
): string {
  if (placeholders.length === 0) return `${file} has no placeholders.\n`;
  const flags = placeholders.map(({ name }) => `${isOwn(name) ? "-- " : ""}--${name}=VALUE`);
  const width = Math.max(...flags.map((flag) => flag.length));
  const lines = placeholders.map((placeholder, i) =>
    `  ${flags[i]!.padEnd(width)}  ${describe(placeholder)}`
  );
  return `${file} takes:\n${lines.join("\n")}\n`;
}

function describe({ required, default: value, raw }: Placeholder): string {
  const text = required ? "required" : `default: ${value}`;
  return raw ? `${text} (taken as pipeline text)` : text;
}

/** The versions in use. */
export function versions(): string {
  return `gstp ${config.version}\nDeno ${Deno.version.deno}\nGStreamer ${gstreamerVersion()}\n`;
}

function gstreamerVersion(): string {
  try {
    const { major, minor, micro } = gstVersion();
    return `${major}.${minor}.${micro}`;
  } catch (error) {
    if (error instanceof GstError) return "not found";
    throw error;
  }
}
