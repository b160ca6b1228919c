/**
 * Arguments that callers give: what is wrong is said by name, before anything is done with it.
 *
 * @module
 */

/**
 * Checks that an argument is an object that can have options.
 *
 * @throws {TypeError} if it is none.
 */
export function checkObject(name: string, value: unknown): void {
  if (typeof value === "object" && value !== null) return;
  throw new TypeError(`${name} must be an object, got ${value === null ? "null" : typeof value}`);
}

/**
 * Checks that an argument is a function.
 *
 * @throws {TypeError} if it is none.
 */
export function checkFunction(name: string, value: unknown): void {
  if (typeof value !== "function") throw new TypeError(`${name} must be a function`);
}

/**
 * Checks that an argument is text.
 *
 * @throws {TypeError} if it is none.
 */
export function checkText(name: string, value: unknown): void {
  if (typeof value !== "string") throw new TypeError(`${name} must be text, got ${typeof value}`);
}
