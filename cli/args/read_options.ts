/**
 * Parses the options of a command line.
 *
 * @module
 */
// the whole specifier: a command that is installed or run by URL has no deno.json to map it
import { parseArgs } from "jsr:@std/cli@^1/parse-args";
import { didYouMean } from "../../mod.ts";
import type { Option, OptionTable, OptionValues } from "./option.ts";
import { UsageError } from "./usage_error.ts";

/** A parsed command line. */
export interface ParsedOptions<T extends OptionTable> {
  /** The values of the options: undefined, false or empty for those that are not given. */
  values: OptionValues<T>;
  /** The arguments that are not options. */
  words: string[];
}

/**
 * Parses a command line. The arguments after `--` are words.
 *
 * @throws {UsageError} If an option is unknown, lacks its value, or does not take the one that it has.
 */
export function readOptions<T extends OptionTable>(
  args: readonly string[],
  table: T,
): ParsedOptions<T> {
  for (const arg of optionsOf(args)) {
    const { name, value } = splitOption(arg);
    if (!Object.hasOwn(table, name)) throw unknownOption(name, table);
    if (table[name]!.placeholder === undefined && value !== undefined) {
      throw new UsageError(`--${name} takes no value`);
    }
  }
  const options = Object.entries(table);
  const isSwitch = ([, { placeholder }]: [string, Option]) => placeholder === undefined;
  const switches = options.filter(isSwitch).map(([name]) => name);
  const settings = options.filter((option) => !isSwitch(option)).map(([name]) => name);
  const letters = options.flatMap(([name, { letter }]) => letter ? [[name, letter]] : []);
  const words: string[] = [];
  const end = args.indexOf("--");
  const parsed: Record<string, unknown> = parseArgs(end < 0 ? [...args] : args.slice(0, end), {
    boolean: switches,
    string: settings,
    collect: settings,
    alias: Object.fromEntries(letters),
    unknown: (arg, key) => {
      if (key !== undefined) throw new UsageError(`Unknown option ${arg}`);
      // not in the parser's `_`: that is also where it puts the value of -_
      words.push(arg);
      return false;
    },
  });
  const values = options.map(([name, option]) => [name, readValue(name, option, parsed[name])]);
  const after = end < 0 ? [] : args.slice(end + 1);
  return { values: Object.fromEntries(values), words: [...words, ...after] };
}

/** Returns the error of an option that a table lacks. */
export function unknownOption(name: string, table: OptionTable, note = ""): UsageError {
  const names = Object.entries(table).flatMap(([each, { isHidden }]) => isHidden ? [] : [each]);
  return new UsageError(`Unknown option --${name}${note}${didYouMean(name, names, "--")}`);
}

/** The arguments of the form `--name` and `--name=value`. */
function optionsOf(args: readonly string[]): string[] {
  const end = args.indexOf("--");
  return args.slice(0, end < 0 ? args.length : end).filter((arg) => arg.startsWith("--"));
}

/** Splits `--name=value`; the value is undefined if there is no `=`. */
export function splitOption(arg: string): { name: string; value: string | undefined } {
  const text = arg.replace(/^--/, "");
  const equals = text.indexOf("=");
  return equals < 0
    ? { name: text, value: undefined }
    : { name: text.slice(0, equals), value: text.slice(equals + 1) };
}

/** Reads what the parser found of an option: a boolean of a switch, a list of texts of a setting. */
function readValue(name: string, option: Option, found: unknown): unknown {
  if (option.placeholder === undefined) {
    if (typeof found !== "boolean") throw new UsageError(`--${name} takes no value`);
    return found;
  }
  const texts = Array.isArray(found) ? found : [];
  const values = texts.map((text) => {
    if (typeof text === "string" && text !== "") return option.read(name, text);
    throw new UsageError(`--${name} needs a value: --${name}=${option.placeholder}`);
  });
  if (option.isRepeatable) return values;
  if (values.length > 1) throw new UsageError(`--${name} is given more than once`);
  return values[0];
}
