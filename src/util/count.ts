/**
 * Numbers of things.
 *
 * @module
 */

/** More than memory can hold. */
const MAX_COUNT = 1_000_000;

/**
 * Checks a number of things to keep, given by a caller.
 *
 * @throws {TypeError} if it is no number.
 * @throws {RangeError} if it is not an integer from 1 on.
 */
export function checkCount(name: string, count: number): number {
  if (typeof count !== "number") {
    throw new TypeError(`${name} must be a number, got ${typeof count}`);
  }
  if (!(Number.isInteger(count) && count >= 1 && count <= MAX_COUNT)) {
    throw new RangeError(`${name} must be an integer from 1 to ${MAX_COUNT}, got ${count}`);
  }
  return count;
}
