/**
 * Checks of arguments. Each error names the argument.
 *
 * @module
 */

/** The largest number of things to keep in memory. */
const MAX_COUNT = 1_000_000;

/**
 * Checks that an argument is an object, such as options.
 *
 * @throws {TypeError} If it is not.
 */
export function checkObject(name: string, value: unknown): void {
  if (typeof value === "object" && value !== null) return;
  throw new TypeError(`${name} must be an object, got ${value === null ? "null" : typeof value}`);
}

/**
 * Checks that an argument is a function.
 *
 * @throws {TypeError} If it is not.
 */
export function checkFunction(name: string, value: unknown): void {
  if (typeof value !== "function") throw new TypeError(`${name} must be a function`);
}

/**
 * Checks that an argument is a string.
 *
 * @throws {TypeError} If it is not.
 */
export function checkText(name: string, value: unknown): void {
  if (typeof value !== "string") {
    throw new TypeError(`${name} must be a string, got ${typeof value}`);
  }
}

/**
 * Checks that an argument is a number of things: an integer from 1 to 1,000,000.
 *
 * @returns The argument.
 * @throws {TypeError} If it is not a number.
 * @throws {RangeError} If it is not such an integer.
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

/**
 * Checks that an argument is a number of seconds: 0 or more, `Infinity` included.
 *
 * @returns The argument.
 * @throws {TypeError} If it is not a number.
 * @throws {RangeError} If it is negative or NaN.
 */
export function checkSec(name: string, sec: number): number {
  if (typeof sec !== "number") {
    throw new TypeError(`${name} must be a number of seconds, got ${typeof sec}`);
  }
  if (!(sec >= 0)) throw new RangeError(`${name} must be 0 or more seconds, got ${sec}`);
  return sec;
}
