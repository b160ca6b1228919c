/**
 * The options of a command: each is declared once, and that drives parsing, help and completion.
 *
 * @module
 */

/**
 * Returns what the text of an option's value stands for.
 *
 * @throws {UsageError} If the option does not take the text; the message names the option.
 */
export type ValueReader<T> = (name: string, text: string) => T;

/** What switches and settings have in common. */
interface OptionBase {
  /** Its letter: `v` makes `-v` short for `--verbose`. */
  readonly letter?: string;
  /** What it does, for help and completion. */
  readonly description: string;
  /** The title of its section of the help. Defaults to `OPTIONS`. */
  readonly section?: string;
  /** Whether help and completion leave it out. */
  readonly isHidden?: true;
}

/** An option without a value. */
export interface Switch extends OptionBase {
  readonly placeholder?: undefined;
}

/** An option with a value. */
export interface Setting<T> extends OptionBase {
  /** What the help calls the value, such as `SEC`. */
  readonly placeholder: string;
  /** Reads the value. */
  readonly read: ValueReader<T>;
  /** Whether it may be given more than once. */
  readonly isRepeatable?: true;
}

/** An option of a command. */
export type Option = Switch | Setting<unknown>;

/** The options of a command by name, in the order in which the help lists them. */
export type OptionTable = Readonly<Record<string, Option>>;

/** What an option of a command line amounts to. */
type OptionValue<O extends Option> = O extends Setting<infer T>
  ? O extends { readonly isRepeatable: true } ? T[] : T | undefined
  : boolean;

/** What the options of a command line amount to, by name. */
export type OptionValues<T extends OptionTable> = { readonly [N in keyof T]: OptionValue<T[N]> };

/** Returns the same options in a section of the help. */
export function inSection<T extends OptionTable>(section: string, options: T): T {
  const entries = Object.entries(options).map(([name, option]) => [name, { ...option, section }]);
  return Object.fromEntries(entries);
}
