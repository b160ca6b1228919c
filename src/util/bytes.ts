/**
 * Byte arrays that native code reads.
 *
 * @module
 */

const byteLength = Object.getOwnPropertyDescriptor(
  Object.getPrototypeOf(Uint8Array.prototype),
  "byteLength",
)!.get!;

/**
 * Returns how many bytes an array really has. Its own `length` may be another property, and C would read beyond the end.
 *
 * @throws {TypeError} If it is not a typed array.
 */
export function byteLengthOf(bytes: Uint8Array): number {
  return byteLength.call(bytes);
}
