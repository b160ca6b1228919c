/**
 * How NAL units of H.264 and H.265 follow each other.
 *
 * @module
 */

/** What is in front of each NAL unit: a start code (`null`), or its length in so many bytes. */
export type NalLengthBytes = number | null;

/** The position of a NAL unit in bytes. */
export interface NalUnit {
  /** Where its header begins. */
  readonly start: number;
  /** Where it ends; beyond the bytes if its length says so. */
  readonly end: number;
}

/**
 * Yields the NAL units in bytes, but for empty ones.
 *
 * Start codes are those of a byte stream (ITU-T H.264 and H.265, annex B), lengths those of a file (ISO/IEC 14496-15,
 * section 4.3.3). What is in front of the first start code is left out.
 *
 * @example
 * ```ts
 * import { nalUnits } from "./nal_units.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const stream = new Uint8Array([0, 0, 0, 1, 9, 0xf0, 0, 0, 1, 0x65, 0x88]);
 * assertEquals([...nalUnits(stream, null)], [{ start: 4, end: 6 }, { start: 9, end: 11 }]);
 * const file = new Uint8Array([0, 0, 0, 2, 9, 0xf0, 0, 0, 0, 9, 0x65, 0x88]);
 * assertEquals([...nalUnits(file, 4)], [{ start: 4, end: 6 }, { start: 10, end: 19 }]);
 * ```
 */
export function nalUnits(bytes: Uint8Array, lengthBytes: NalLengthBytes): Generator<NalUnit> {
  return lengthBytes === null
    ? unitsBehindStartCodes(bytes)
    : unitsBehindLengths(bytes, lengthBytes);
}

function* unitsBehindStartCodes(bytes: Uint8Array): Generator<NalUnit> {
  let start = afterStartCode(bytes, 0);
  while (start < bytes.length) {
    const next = afterStartCode(bytes, start);
    let end = next > bytes.length ? bytes.length : next - 3;
    // the first byte of a longer start code, and trailing zeros: no NAL unit ends in them (section 7.4.1)
    while (end > start && bytes[end - 1] === 0) end--;
    if (end > start) yield { start, end };
    start = next;
  }
}

/** Returns where the NAL unit behind the next start code begins; beyond the end if there is none. */
function afterStartCode(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(1, from + 2); at >= 0; at = bytes.indexOf(1, at + 1)) {
    if (bytes[at - 1] === 0 && bytes[at - 2] === 0) return at + 1;
  }
  return bytes.length + 1;
}

function* unitsBehindLengths(bytes: Uint8Array, lengthBytes: number): Generator<NalUnit> {
  for (let end = 0; end + lengthBytes < bytes.length;) {
    const start = end + lengthBytes;
    let length = 0;
    for (let at = end; at < start; at++) length = length * 256 + bytes[at]!;
    end = start + length;
    if (length > 0) yield { start, end };
  }
}
