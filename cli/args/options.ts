/**
 * The options of a command.
 *
 * @module
 */
// the whole specifier, as deno.json is not there for a command that was installed or is run by URL
import { parseArgs } from "jsr:@std/cli@^1/parse-args";
import { UsageError } from "./usage_error.ts";

/** What a command takes beside words. */
export interface OptionNames<Switch extends string, Setting extends string> {
  /** Options without a value. */
  switches: readonly Switch[];
  /** Options with one. */
  settings: readonly Setting[];
}

/** A command's line, read. */
export interface Options<Switch extends string, Setting extends string> {
  /** The switches that are given. */
  on: ReadonlySet<Switch>;
  /** The values of the settings that are given. */
  values: { readonly [name in Setting]?: string };
  /** What is no option. */
  words: string[];
}

/**
 * Reads a command's line; what follows `--` is no option.
 *
 * @throws {UsageError} if there is an option that the command does not have, or one without its value.
 */
export function readOptions<Switch extends string, Setting extends string>(
  args: readonly string[],
  { switches, settings }: OptionNames<Switch, Setting>,
): Options<Switch, Setting> {
  const boolean: readonly string[] = switches;
  const string: readonly string[] = [...settings, "_"];
  const collect: readonly string[] = settings;
  const read: Record<string, unknown> & { _: (string | number)[] } = parseArgs([...args], {
    boolean,
    string,
    collect,
    unknown: (arg, key) => {
      if (key !== undefined) throw new UsageError(`There is no option ${arg}`);
    },
  });
  const values: { [name in Setting]?: string } = {};
  for (const name of settings) {
    const [value, ...more] = read[name] as string[];
    if (more.length > 0) throw new UsageError(`--${name} is given more than once`);
    if (value === "") throw new UsageError(`--${name} needs a value: --${name}=VALUE`);
    if (value !== undefined) values[name] = value;
  }
  return {
    on: new Set(switches.filter((name) => read[name] === true)),
    values,
    words: read._.map(String),
  };
}
