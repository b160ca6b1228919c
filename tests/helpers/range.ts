/**
 * Consecutive numbers.
 *
 * @module
 */

/** Returns `count` consecutive numbers, from `from` on. */
export function range(count: number, from = 0): number[] {
  return Array.from({ length: count }, (_, i) => from + i);
}
