/**
 * Medians.
 *
 * @module
 */

/** Returns the median of numbers, of an even count the upper one; `null` if there are none. */
export function median(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
