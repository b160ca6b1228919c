/**
 * Promises with a time limit.
 *
 * @module
 */
import { GstTimeoutError } from "./errors.ts";

/** The longest delay of a timer, 24 days: a longer one fires at once. */
const MAX_MS = 2 ** 31 - 1;

/**
 * Resolves with `promise`, or rejects with a {@link GstTimeoutError} after `sec` seconds. The promise itself is not
 * canceled.
 *
 * @param sec Seconds; `Infinity` for no limit.
 * @param message The message of the timeout error.
 */
export async function deadline<T>(promise: Promise<T>, sec: number, message: string): Promise<T> {
  if (sec === Infinity) return await promise;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<never>((_, reject) => {
    const ms = Math.min(sec * 1000, MAX_MS);
    timer = setTimeout(() => reject(new GstTimeoutError(message)), ms);
  });
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
