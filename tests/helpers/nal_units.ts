/**
 * Streams of NAL units.
 *
 * @module
 */

/** Joins NAL units to a byte stream, with start codes of four and three bytes in turn. */
export function behindStartCodes(units: readonly number[][]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(
    units.flatMap((unit, index) => [...(index % 2 === 0 ? [0, 0, 0, 1] : [0, 0, 1]), ...unit]),
  );
}

/** Joins NAL units, each behind its length in so many bytes. */
export function behindLengths(
  units: readonly number[][],
  lengthBytes: number,
): Uint8Array<ArrayBuffer> {
  return new Uint8Array(units.flatMap((unit) => {
    const length = Array.from({ length: lengthBytes }, (_, i) => unit.length >> 8 * i & 255);
    return [...length.reverse(), ...unit];
  }));
}
