/**
 * What `--json` prints.
 *
 * @module
 */

/** A value as JSON text over several lines; a 64-bit integer that JSON's readers would round is text. */
export function toJson(value: unknown): string {
  return JSON.stringify(value, (_, part) => typeof part === "bigint" ? fromBigint(part) : part, 2);
}

function fromBigint(value: bigint): number | string {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}
