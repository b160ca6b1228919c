/**
 * The output of `--json`.
 *
 * @module
 */

/** Formats a value as indented JSON; a 64-bit integer that a double cannot hold exactly becomes a string. */
export function toJson(value: unknown): string {
  return JSON.stringify(value, (_, part) => typeof part === "bigint" ? fromBigint(part) : part, 2);
}

function fromBigint(value: bigint): number | string {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}
