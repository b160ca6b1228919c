/**
 * The command line, read.
 *
 * @module
 */
// the whole specifier, as deno.json is not there for a command that was installed or is run by URL
import { parseArgs } from "jsr:@std/cli@^1/parse-args";
import { UsageError } from "./usage_error.ts";
import type { ObserveArguments } from "../observe/observer.ts";

/** Options without a value. */
const SWITCHES = [
  ...["help", "version", "dry-run", "verbose", "quiet", "messages", "eos-on-shutdown"],
  "obs-fatal",
];
/** Options with one. */
const SETTINGS = ["file", "timeout", "obs", "ext", "proc"];
const LETTERS = {
  help: "h",
  verbose: "v",
  quiet: "q",
  messages: "m",
  "eos-on-shutdown": "e",
};
/** What a timer can wait for, in seconds. */
const MAX_TIMEOUT_SEC = 2_147_483;

/** A `--name=value` that is none of the command's own options. */
export interface Flag {
  name: string;
  /** Undefined where there is no `=`. */
  value: string | undefined;
}

/** Where the pipeline comes from: a file (`-` is standard input), or words as for gst-launch-1.0. */
export type Source = { file: string } | { words: string[] };

/** What a command line asks for. */
export interface Arguments {
  help: boolean;
  version: boolean;
  dryRun: boolean;
  verbose: boolean;
  quiet: boolean;
  messages: boolean;
  timeoutSec: number | undefined;
  /** Undefined when there is nothing to observe. */
  observe: ObserveArguments | undefined;
  /** Undefined when the command line names none. */
  source: Source | undefined;
  /** Meant for the file's placeholders. */
  flags: Flag[];
}

/**
 * Reads a command line.
 *
 * @throws {UsageError} if it makes no sense.
 */
export function readArguments(args: string[]): Arguments {
  const end = args.indexOf("--");
  const before = end < 0 ? args : args.slice(0, end);
  const after = end < 0 ? [] : args.slice(end + 1);
  const own = before.filter((arg) => !isForFile(arg));
  own.forEach(checkSwitch);

  const options: Record<string, unknown> & { _: (string | number)[] } = parseArgs(own, {
    boolean: SWITCHES,
    string: [...SETTINGS, "_"],
    collect: SETTINGS,
    alias: LETTERS,
    unknown: (arg, key) => {
      if (key !== undefined) throw new UsageError(unknownOption(arg));
    },
  });
  const isOn = (name: string) => options[name] === true;
  const value = (name: string) => single(name, options[name]);
  const timeout = value("timeout");
  return {
    help: isOn("help"),
    version: isOn("version"),
    dryRun: isOn("dry-run"),
    verbose: isOn("verbose"),
    quiet: isOn("quiet"),
    messages: isOn("messages"),
    timeoutSec: timeout === undefined ? undefined : readSeconds(timeout),
    observe: readObserve(value, isOn("obs-fatal")),
    ...sourceAndFlags(
      value("file"),
      options._.map(String),
      before.filter(isForFile).map(readFlag),
      after,
    ),
  };
}

/** Whether a placeholder's flag would be taken for an option: such a flag goes after `--`. */
export function isOption(name: string): boolean {
  return SWITCHES.includes(name) || SETTINGS.includes(name);
}

function isForFile(arg: string): boolean {
  return arg.startsWith("--") && !isOption(readFlag(arg).name);
}

function readFlag(arg: string): Flag {
  const text = arg.replace(/^--/, "");
  const equals = text.indexOf("=");
  return equals < 0
    ? { name: text, value: undefined }
    : { name: text.slice(0, equals), value: text.slice(equals + 1) };
}

function checkSwitch(arg: string): void {
  const { name, value } = readFlag(arg);
  if (arg.startsWith("--") && SWITCHES.includes(name) && value !== undefined) {
    throw new UsageError(
      `--${name} takes no value. Is it a placeholder of the file? Then put it after --: -- ${arg}`,
    );
  }
}

function unknownOption(arg: string): string {
  const { name } = readFlag(arg);
  return isOption(name) ? needsValue(name) : `There is no option ${arg}`;
}

function needsValue(name: string): string {
  return `--${name} needs a value: --${name}=VALUE`;
}

/** The value of an option that may be given once. */
function single(name: string, given: unknown): string | undefined {
  const values = Array.isArray(given) ? given : [];
  if (values.length === 0) return undefined;
  if (values.length > 1) throw new UsageError(`--${name} is given more than once`);
  if (typeof values[0] !== "string" || values[0] === "") throw new UsageError(needsValue(name));
  return values[0];
}

function readSeconds(text: string): number {
  const sec = Number(text);
  if (!(sec > 0 && sec <= MAX_TIMEOUT_SEC)) {
    throw new UsageError(
      `--timeout takes a number of seconds above 0 and up to ${MAX_TIMEOUT_SEC}, not "${text}"`,
    );
  }
  return sec;
}

/** What to observe: three options that need each other. */
function readObserve(
  value: (name: string) => string | undefined,
  isFatal: boolean,
): ObserveArguments | undefined {
  const [obs, ext, proc] = ["obs", "ext", "proc"].map(value);
  if (obs === undefined && ext === undefined && proc === undefined && !isFatal) return undefined;
  if (obs !== undefined && ext !== undefined && proc !== undefined) {
    return { obs, ext, proc, isFatal };
  }
  throw new UsageError(
    "To observe an element takes all of --obs=ELEMENT --ext=MODULE:EXPORT --proc=MODULE:EXPORT. " +
      "Is one of them a placeholder of the file? Then put it after --: -- --obs=VALUE",
  );
}

/** Sorts out what stands before and after `--`. */
function sourceAndFlags(
  file: string | undefined,
  positional: string[],
  flags: Flag[],
  after: string[],
): { source: Source | undefined; flags: Flag[] } {
  const [first, ...rest] = positional;
  if (file === undefined && (first === undefined || !isFile(first))) {
    const words = [...positional, ...after];
    return { source: words.length > 0 ? { words } : undefined, flags };
  }
  const extra = file === undefined ? rest[0] : first;
  if (extra !== undefined) throw new UsageError(unexpected(extra));
  for (const arg of after) {
    if (!arg.startsWith("--")) throw new UsageError(unexpected(arg));
  }
  return { source: { file: file ?? first! }, flags: [...flags, ...after.map(readFlag)] };
}

function isFile(arg: string): boolean {
  return arg === "-" || arg.endsWith(".gstp");
}

function unexpected(arg: string): string {
  return `Unexpected argument "${arg}": after a file come its values, as --NAME=VALUE`;
}
