/**
 * SEI messages of H.264 and H.265.
 *
 * @module
 */
import type { BitReader } from "./bit_reader.ts";

/** The type of a recovery point (ITU-T H.264, section D.1.1; ITU-T H.265, section D.2.1). */
const RECOVERY_POINT = 6;

/**
 * Reads up to the payload of the first recovery point.
 *
 * @param reader At the payload of a NAL unit of SEI messages.
 * @returns Whether there is one; the reader is at its payload then.
 */
export function findRecoveryPoint(reader: BitReader): boolean {
  while (reader.hasMore) {
    const type = readCode(reader);
    const size = readCode(reader);
    if (type === RECOVERY_POINT) return true;
    reader.skip(size);
  }
  return false;
}

/** Reads a type or a size: bytes of 255 add up (ITU-T H.264, section 7.3.2.3.1). */
function readCode(reader: BitReader): number {
  let sum = 0;
  let byte;
  do {
    byte = reader.u(8);
    sum += byte;
  } while (byte === 255);
  return sum;
}
