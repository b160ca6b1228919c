/**
 * Numbers with units on the command line.
 *
 * @module
 */
import { UsageError } from "./usage_error.ts";

const BYTES = { "": 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12 };
const SECONDS = { "": 1, s: 1, m: 60, h: 3600, d: 86_400 };

/** Reads a size such as `500M`. */
export function readBytes(name: string, text: string): number {
  return Math.round(readUnit(text, BYTES) ?? refuse(name, "a size such as 500M or 20G", text));
}

/** Reads a span such as `7d`, in seconds. */
export function readSpan(name: string, text: string): number {
  return readUnit(text, SECONDS) ?? refuse(name, "a time such as 90s, 12h or 7d", text);
}

/** Reads a whole number from 1. */
export function readCount(name: string, text: string): number {
  const count = Number(text);
  if (/^\d+$/.test(text) && count >= 1) return count;
  return refuse(name, "a whole number from 1", text);
}

/** Reads seconds from `min` to `max`. */
export function readSeconds(name: string, text: string, min: number, max: number): number {
  const sec = /^\d*\.?\d+$/.test(text) ? Number(text) : NaN;
  if (sec >= min && sec <= max) return sec;
  return refuse(name, `a number of seconds from ${min} to ${max}`, text);
}

/** A number above 0 with a unit; undefined where it is none. */
function readUnit(text: string, units: Record<string, number>): number | undefined {
  const [, number = "", unit = ""] = /^(\d*\.?\d+)([a-zA-Z]?)$/.exec(text) ?? [];
  if (number === "" || !Object.hasOwn(units, unit) || Number(number) === 0) return undefined;
  return Number(number) * units[unit]!;
}

function refuse(name: string, what: string, text: string): never {
  throw new UsageError(`--${name} takes ${what}, not "${text}"`);
}

/** Bytes as `1.2 GB`. */
export function formatBytes(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let unit = 0;
  for (; bytes >= 1000 && unit < units.length - 1; unit++) bytes /= 1000;
  return `${unit === 0 || bytes >= 100 ? Math.round(bytes) : bytes.toFixed(1)} ${units[unit]}`;
}
