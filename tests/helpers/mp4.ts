/**
 * Boxes of MP4 files, as lists of bytes.
 *
 * @module
 */

/** Encodes integers of 32 bits. */
export function words(...values: number[]): number[] {
  return values.flatMap((
    value,
  ) => [value >>> 24, value >> 16 & 255, value >> 8 & 255, value & 255]);
}

/** Makes a box. */
export function box(type: string, ...parts: number[][]): number[] {
  const content = parts.flat();
  return [...words(content.length + 8), ...new TextEncoder().encode(type), ...content];
}
