/**
 * The command line of `gstp record`, read.
 *
 * @module
 */
import type { RetentionOptions } from "../../mod.ts";
import { type Arguments, isOption, readArguments } from "./run_arguments.ts";
import { readEnv } from "../terminal/display.ts";
import { UsageError } from "./usage_error.ts";
import { readOptions } from "./options.ts";
import { type Address, isLoopback, readAddress } from "./address.ts";
import { readBytes, readCount, readSeconds, readSpan } from "./units.ts";

const SWITCHES = ["encoded", "copy-frames", "json"] as const;
const SETTINGS = [
  ...["window", "before", "after", "max-clip", "out", "container", "max-ring-bytes"] as const,
  ...["max-files", "max-bytes", "max-age", "listen", "token", "status"] as const,
];
/** May be repeated. */
const TEE = "tee";
/** All of them, as far as names go. */
const NAMES: readonly string[] = [TEE, ...SWITCHES, ...SETTINGS];
/** The containers that clips can have. */
const CONTAINERS = ["mp4", "webm", "mkv", "mov", "ts"];
/** A day. */
const MAX_WINDOW_SEC = 86_400;
/** A shorter one could be guessed. */
const MIN_TOKEN_LENGTH = 16;

/** What a command line asks for. */
export interface RecordArguments {
  /** What running a pipeline has, too. */
  run: Arguments;
  /** The tees' names; empty: each tee with a name. */
  tees: string[];
  windowSec: number;
  /** The window of a trigger that tells none. */
  beforeSec: number;
  /** Same. */
  afterSec: number;
  /** What triggers may make a clip last; Infinity: for ever. */
  maxClipSec: number;
  /** The folder for the clips. */
  folder: string;
  /** With the dot; undefined: what the stream fits into. */
  extension: string | undefined;
  isEncoded: boolean;
  copyFrames: boolean;
  maxRingBytes: number;
  retention: Limits;
  /** Undefined: no server. */
  listen: Address | undefined;
  token: string | undefined;
  isJson: boolean;
  /** Seconds from one status among the lines of JSON to the next; undefined: none. */
  statusSec: number | undefined;
}

/** What a folder of clips may hold; empty: anything. */
export type Limits = Pick<RetentionOptions, "maxFiles" | "maxBytes" | "maxAgeSec">;

/**
 * Reads a command line.
 *
 * @throws {UsageError} if it makes no sense.
 */
export function readRecordArguments(args: string[]): RecordArguments {
  const { own, tees, others } = sort(args);
  const { on, values } = readOptions(own, { switches: SWITCHES, settings: SETTINGS });
  /** The value of an option as `read` has it. */
  const read = <T>(name: keyof typeof values, read: (name: string, text: string) => T) => {
    const text = values[name];
    return text === undefined ? undefined : read(name, text);
  };
  const sec = (max: number, min = 0) => (name: string, text: string) =>
    readSeconds(name, text, min, max);
  const windowSec = read("window", sec(MAX_WINDOW_SEC, 0.001)) ?? 5;
  const beforeSec = read("before", sec(windowSec)) ?? windowSec;
  const afterSec = read("after", sec(MAX_WINDOW_SEC)) ?? windowSec;
  const listen = read("listen", readAddress);
  return {
    run: readArguments(others),
    tees,
    windowSec,
    beforeSec,
    afterSec,
    maxClipSec: read("max-clip", sec(MAX_WINDOW_SEC, beforeSec + afterSec)) ?? Infinity,
    folder: values.out ?? "clips",
    extension: read("container", readContainer),
    isEncoded: on.has("encoded"),
    copyFrames: on.has("copy-frames"),
    maxRingBytes: read("max-ring-bytes", readBytes) ?? Infinity,
    retention: {
      maxFiles: read("max-files", readCount) ?? Infinity,
      maxBytes: read("max-bytes", readBytes) ?? Infinity,
      maxAgeSec: read("max-age", readSpan) ?? Infinity,
    },
    listen,
    token: readToken(values.token, listen),
    isJson: on.has("json"),
    statusSec: read("status", sec(MAX_WINDOW_SEC, 0.1)),
  };
}

/** Whether a placeholder's flag would be taken for an option of recording: such a flag goes after `--`. */
export function isRecordOption(name: string): boolean {
  return NAMES.includes(name) || isOption(name);
}

/** Parts the options of recording from what running a pipeline takes, too. */
function sort(args: string[]): { own: string[]; tees: string[]; others: string[] } {
  const own: string[] = [];
  const tees = new Set<string>();
  const others: string[] = [];
  const rest = [...args];
  for (let arg; (arg = rest.shift()) !== undefined;) {
    const [, name = "", value] = /^--([^=]+)(?:=([^]*))?$/.exec(arg) ?? [];
    if (name === TEE) {
      tees.add((value ?? rest.shift()) || needsValue());
    } else if (isSwitch(name)) {
      if (value !== undefined) throw new UsageError(`--${name} takes no value`);
      own.push(arg);
    } else if (NAMES.includes(name)) {
      own.push(value === undefined ? `${arg}=${rest.shift() ?? ""}` : arg);
    } else {
      others.push(arg);
    }
    if (arg === "--") others.push(...rest.splice(0));
  }
  return { own, tees: [...tees], others };
}

function isSwitch(name: string): boolean {
  return SWITCHES.some((one) => one === name);
}

function needsValue(): never {
  throw new UsageError(`--${TEE} needs a value: --${TEE}=NAME`);
}

function readContainer(name: string, text: string): string {
  const container = text.replace(/^\./, "");
  if (CONTAINERS.includes(container)) return `.${container}`;
  throw new UsageError(`--${name} is one of ${CONTAINERS.join(", ")}, not "${text}"`);
}

/** The token that requests must have; without one, only this machine may send any. */
function readToken(given: string | undefined, listen: Address | undefined): string | undefined {
  if (listen === undefined) return undefined;
  const token = given ?? (readEnv("GSTP_TOKEN") || undefined);
  if (token === undefined) {
    if (isLoopback(listen.hostname)) return undefined;
    throw new UsageError(
      `--listen=${listen.hostname} lets other machines in: it needs a token, by GSTP_TOKEN in the environment or --token`,
    );
  }
  if (token.length < MIN_TOKEN_LENGTH || !/^[\x21-\x7e]+$/.test(token)) {
    throw new UsageError(
      `The token must have at least ${MIN_TOKEN_LENGTH} characters, all of them ASCII without blanks`,
    );
  }
  return token;
}
