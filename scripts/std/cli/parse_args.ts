/**
 * A stand-in for `@std/cli/parse-args`, for networks without JSR.
 *
 * @module
 */

/** Type of one flag, before its default is taken into account. */
type Value<K, B, S, C, N> =
  | (K extends C ? (K extends B ? boolean : K extends S ? string : unknown)[]
    : K extends B ? boolean
    : string)
  | (K extends N ? false : never);

type AliasesOf<K, A> = K extends keyof A ? A[K] extends readonly string[] ? A[K][number] : A[K]
  : never;

/** A flag's own name and its aliases. */
type Names<K, A> = K | Extract<AliasesOf<K, A>, string>;

type Flags<B, S, C, N, D, A> =
  & Record<string, unknown>
  & { [K in Exclude<B | C, keyof D> as Names<K & string, A>]: Value<K, B, S, C, N> }
  & { [K in Exclude<S, keyof D | C> as Names<K & string, A>]?: Value<K, B, S, C, N> }
  & {
    [K in keyof D as Names<K, A>]: K extends B | S | C ? D[K] | Value<K, B, S, C, N> : unknown;
  };

/** What {@linkcode parseArgs} returns: the flags, and in `_` whatever is not a flag. */
export type Args<
  // deno-lint-ignore no-explicit-any -- as untyped as the arguments are
  F extends Record<string, unknown> = Record<string, any>,
  DoubleDash extends boolean | undefined = undefined,
> =
  & F
  & { _: (string | number)[] }
  & (DoubleDash extends true ? { "--": string[] } : unknown);

type AliasMap = Record<string, string | readonly string[]>;

/** What {@linkcode parseArgs} is to know about the flags. */
export interface ParseOptions<
  B extends string | boolean = string | boolean,
  S extends string = string,
  C extends string = string,
  N extends string = string,
  D extends Record<string, unknown> = Record<string, unknown>,
  A extends AliasMap = AliasMap,
  DoubleDash extends boolean | undefined = boolean | undefined,
> {
  /** Keep what follows `--` apart, in `result["--"]`, instead of appending it to `_`. */
  "--"?: DoubleDash;
  /** Other names of a flag. */
  alias?: A;
  /** Flags without a value; `true`: all long flags that have no `=`. */
  boolean?: B | readonly Extract<B, string>[];
  /** Values of the flags that are not given. */
  default?: D;
  /** Take everything after the first positional argument as positional. */
  stopEarly?: boolean;
  /** Flags whose value stays a text even when it looks like a number. */
  string?: S | readonly S[];
  /** Flags that may be repeated. */
  collect?: C | readonly C[];
  /** Flags that `--no-name` sets to false. */
  negatable?: N | readonly N[];
  /** Is shown each unknown flag and each positional argument; `false` leaves it out. */
  unknown?: (arg: string, key?: string, value?: unknown) => unknown;
}

type Nested = { [key: string]: unknown };

function listOf(names: string | readonly string[] | boolean | undefined): readonly string[] {
  if (typeof names === "string") return [names];
  return typeof names === "object" ? names : [];
}

/** Whether a part of a key would lead to what all objects share. */
function isShared(at: Nested, part: string): boolean {
  return part === "__proto__" || part === "constructor" && !Object.hasOwn(at, part);
}

/** The object that holds the last part of a dotted key, and that part; undefined for a key that is ignored. */
function descend(root: Nested, key: string): [parent: Nested, last: string] | undefined {
  const parts = key.split(".");
  const last = parts.pop() as string;
  let parent = root;
  for (const part of parts) {
    if (isShared(parent, part)) return undefined;
    parent = (parent[part] ??= {}) as Nested;
  }
  return isShared(parent, last) ? undefined : [parent, last];
}

function isNumber(text: string): boolean {
  return text.trim() !== "" && Number.isFinite(Number(text));
}

function isBoolean(text: string | undefined): text is "true" | "false" {
  return text === "true" || text === "false";
}

/** The value that a letter among several carries; undefined for none. The first letter takes what follows a later `=`. */
function shortValue(letter: string, rest: string): string | undefined {
  if (rest === "-") return rest;
  if (rest === "=") return "";
  const isLetter = /[a-z]/i.test(letter);
  const given = isLetter ? /=(.+)/.exec(rest)?.[1] : undefined;
  const isValue = isLetter && /\d(\.\d*)?(e-?\d+)?$/.test(rest) ||
    rest.length > 1 && /^\W/.test(rest);
  return given ?? (isValue ? rest : undefined);
}

/** Parses command line arguments the way `@std/cli` does. */
export function parseArgs<
  B extends string | boolean = never,
  S extends string = never,
  C extends string = never,
  N extends string = never,
  D extends Record<string, unknown> = Record<never, never>,
  const A extends AliasMap = Record<never, never>,
  DoubleDash extends boolean | undefined = undefined,
>(
  args: string[],
  options: ParseOptions<B, S, C, N, D, A, DoubleDash> = {},
  // deno-lint-ignore no-explicit-any -- no flag was declared, so nothing is known of any
): Args<[B | S | C] extends [never] ? Record<string, any> : Flags<B, S, C, N, D, A>, DoubleDash> {
  const aliases = new Map<string, string[]>();
  for (const [name, others] of Object.entries(options.alias ?? {})) {
    const all = [name, ...listOf(others)];
    for (const one of all) aliases.set(one, all.filter((other) => other !== one));
  }
  const namesOf = (key: string) => [key, ...aliases.get(key) ?? []];
  const declared = (names: string | readonly string[] | boolean | undefined) =>
    new Set(listOf(names).flatMap(namesOf));

  const booleans = declared(options.boolean);
  const strings = declared(options.string);
  const collected = declared(options.collect);
  const negatable = declared(options.negatable);
  const allBooleans = options.boolean === true;

  const result: Nested & { _: (string | number)[] } = { _: [] };

  function set(key: string, value: unknown): void {
    const [parent, last] = descend(result, key) ?? [{}, ""];
    parent[last] = value;
  }

  function add(key: string, value: unknown): void {
    const [parent, last] = descend(result, key) ?? [{}, ""];
    const earlier = parent[last];
    if (Array.isArray(earlier)) earlier.push(value);
    else parent[last] = earlier ? [earlier, value] : [value];
  }

  function has(key: string): boolean {
    const [parent, last] = descend(result, key) ?? [{}, ""];
    return Object.hasOwn(parent, last);
  }

  /** Notes a flag that was found in `arg`; without a value it is switched on. */
  function found(arg: string, key: string, given?: string | boolean, store = add): void {
    const value = given ?? (strings.has(key) ? "" : true);
    const known = [booleans, strings, collected, aliases].some((names) => names.has(key)) ||
      (allBooleans && /^--[^=]+$/.test(arg));
    if (!known && options.unknown?.(arg, key, value) === false) return;

    const typed = typeof value === "string" && !strings.has(key) && isNumber(value)
      ? Number(value)
      : value;
    for (const name of namesOf(key)) (collected.has(key) ? store : set)(name, typed);
  }

  /** Handles `--name`, `--name=value`, `--no-name`; returns how many of the next arguments it used. */
  function long(arg: string, [, no = "", key = "", value]: string[], next?: string): 0 | 1 {
    if (value !== undefined) {
      found(arg, key, booleans.has(key) ? value !== "false" : value);
      return 0;
    }
    if (no !== "" && negatable.has(key)) {
      found(arg, key, false, set);
      return 0;
    }
    const name = no + key;
    if (next && !booleans.has(name) && !allBooleans && !next.startsWith("-")) {
      found(arg, name, next);
      return 1;
    }
    return booleanOrAlone(arg, name, next);
  }

  /** Handles `-abc`, `-n5`, `-f=value`, `-f./path`; returns how many of the next arguments it used. */
  function short(arg: string, next?: string): 0 | 1 {
    for (let i = 1; i < arg.length - 1; i++) {
      const letter = arg.charAt(i);
      const rest = arg.slice(i + 1);
      const value = shortValue(letter, rest);
      if (value !== undefined) {
        found(arg, letter, value);
        return 0;
      }
      found(arg, letter);
    }
    const last = arg.slice(-1);
    if (next && !booleans.has(last) && !/^--?[^-]/.test(next)) {
      found(arg, last, next);
      return 1;
    }
    return booleanOrAlone(arg, last, next);
  }

  function booleanOrAlone(arg: string, key: string, next: string | undefined): 0 | 1 {
    if (isBoolean(next)) {
      found(arg, key, next === "true");
      return 1;
    }
    found(arg, key);
    return 0;
  }

  const end = args.indexOf("--");
  const flags = end < 0 ? args : args.slice(0, end);
  const afterDoubleDash = end < 0 ? [] : args.slice(end + 1);

  for (let i = 0; i < flags.length; i++) {
    const arg = flags[i] as string;
    const next = flags[i + 1];
    const groups = /^--(no-)?(.+?)(?:=(.*))?$/s.exec(arg);
    if (groups) {
      i += long(arg, groups, next);
    } else if (/^-./s.test(arg)) {
      i += short(arg, next);
    } else {
      if (options.unknown?.(arg) !== false) {
        result._.push(strings.has("_") || !isNumber(arg) ? arg : Number(arg));
      }
      if (options.stopEarly) {
        result._.push(...flags.slice(i + 1));
        break;
      }
    }
  }

  for (const [key, value] of Object.entries(options.default ?? {})) {
    if (!has(key)) { for (const name of namesOf(key)) set(name, value); }
  }
  for (const key of booleans) if (!has(key)) set(key, collected.has(key) ? [] : false);
  for (const key of strings) if (collected.has(key) && !has(key)) set(key, []);

  if (options["--"]) result["--"] = afterDoubleDash;
  else result._.push(...afterDoubleDash);
  return result as ReturnType<typeof parseArgs<B, S, C, N, D, A, DoubleDash>>;
}
