/**
 * Values on the command line: numbers with units, names of a list, and names of files.
 *
 * @module
 */
import { CLIP_EXTENSIONS } from "../../mod.ts";
import type { ValueReader } from "./option.ts";
import { UsageError } from "./usage_error.ts";

const BYTES = { B: 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12 };
const SECONDS = { s: 1, m: 60, h: 3600, d: 86_400 };
/** The longest that a timer can wait, in seconds. */
const MAX_TIMEOUT_SEC = 2_147_483;

/** Reads a text as it is. */
export function readText(_name: string, text: string): string {
  return text;
}

/** Makes a reader of sizes such as `500M` from `min` bytes, in bytes. */
export function bytesFrom(min: number, minText: string): ValueReader<number> {
  return (name, text) => {
    const bytes = Math.round(readWithUnit(text, BYTES) ?? 0);
    if (bytes >= min) return bytes;
    return refuse(name, `a size such as 500M or 20G, from ${minText}`, text);
  };
}

/** Reads a time such as `7d`, in seconds. */
export function readTime(name: string, text: string): number {
  return readWithUnit(text, SECONDS) ?? refuse(name, "a time such as 90s, 12h or 7d", text);
}

/** Reads a whole number from 1. */
export function readCount(name: string, text: string): number {
  const count = Number(text);
  if (/^\d+$/.test(text) && count >= 1) return count;
  return refuse(name, "a whole number from 1", text);
}

/** Reads a number of seconds from 0. */
export function readSeconds(name: string, text: string): number {
  const sec = Number(text);
  return sec >= 0 ? sec : refuse(name, "a number of seconds", text);
}

/** Reads the number of seconds that a timer waits. */
export function readTimeout(name: string, text: string): number {
  const sec = Number(text);
  if (sec > 0 && sec <= MAX_TIMEOUT_SEC) return sec;
  return refuse(name, `a number of seconds above 0 and up to ${MAX_TIMEOUT_SEC}`, text);
}

/** Makes a reader of seconds from `min` to `max`, as a decimal number. */
export function secondsFrom(min: number, max: number): ValueReader<number> {
  return (name, text) =>
    checkSeconds(name, /^\d*\.?\d+$/.test(text) ? Number(text) : NaN, min, max, text);
}

/**
 * Checks that a number of seconds is from `min` to `max`, and returns it.
 *
 * @throws {UsageError} If it is not.
 */
export function checkSeconds(
  name: string,
  sec: number,
  min: number,
  max: number,
  text = String(sec),
): number {
  if (sec >= min && sec <= max) return sec;
  return refuse(name, `a number of seconds from ${min} to ${max}`, text);
}

/** Makes a reader of one of some names. */
export function oneOf<const T extends string>(names: readonly T[]): ValueReader<T> {
  return (name, text) =>
    names.find((one) => one === text) ?? refuse(name, `one of ${names.join(", ")}`, text);
}

/** Reads a number with its unit; undefined if the text is something else. Without a unit, 7 could be days or seconds. */
function readWithUnit(text: string, units: Record<string, number>): number | undefined {
  const [, number = "", unit = ""] = /^(\d*\.?\d+)([a-zA-Z])$/.exec(text) ?? [];
  return Object.hasOwn(units, unit) ? Number(number) * units[unit]! : undefined;
}

function refuse(name: string, what: string, text: string): never {
  const isBare = /^\d*\.?\d+$/.test(text) && what.includes("such as");
  throw new UsageError(`--${name} takes ${what}, not "${text}"${isBare ? ": add a unit" : ""}`);
}

/** Reads the name of a container, with or without a dot, as an extension. */
export function readContainer(name: string, text: string): string {
  const names = CLIP_EXTENSIONS.map((extension) => extension.slice(1));
  return `.${oneOf(names)(name, text.replace(/^\./, ""))}`;
}

/** Reads the name of a file for a picture. */
export function readPictureName(name: string, text: string): string {
  if (/\.(svg|dot)$/.test(text)) return text;
  throw new UsageError(`--${name} takes a name that ends in .svg or .dot, not "${text}"`);
}
