/**
 * Promises with a time limit.
 *
 * @module
 */
import { GstTimeoutError } from "./errors.ts";

/** The longest that a timer can wait, 24 days: what exceeds it would fire at once. */
const MAX_MS = 2 ** 31 - 1;

/**
 * A promise's outcome, or a time-out where that comes later. The promise itself goes on.
 *
 * @param sec Seconds; `Infinity` for no limit.
 * @throws {GstTimeoutError} with `message` after `sec` seconds.
 */
export async function deadline<T>(promise: Promise<T>, sec: number, message: string): Promise<T> {
  if (sec === Infinity) return await promise;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    const ms = Math.min(sec * 1000, MAX_MS);
    timer = setTimeout(() => reject(new GstTimeoutError(message)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Checks a number of seconds given by a caller.
 *
 * @throws {TypeError} if it is no number.
 * @throws {RangeError} if it is negative or not a number that can be waited for.
 */
export function checkSec(name: string, sec: number): number {
  if (typeof sec !== "number") {
    throw new TypeError(`${name} must be a number of seconds, got ${typeof sec}`);
  }
  if (!(sec >= 0)) throw new RangeError(`${name} must be 0 or more seconds, got ${sec}`);
  return sec;
}
