/**
 * The packets of MPEG transport streams (ISO/IEC 13818-1, section 2.4.3).
 *
 * @module
 */

/** The size of a packet. */
export const TS_PACKET_BYTES = 188;
/** The first byte of each packet. */
export const TS_SYNC_BYTE = 0x47;

/** Returns whether bytes begin with a packet, followed by the start of another one or by their end. */
export function beginsWithTsPacket(bytes: Uint8Array): boolean {
  return bytes.length >= TS_PACKET_BYTES && bytes[0] === TS_SYNC_BYTE &&
    (bytes[TS_PACKET_BYTES] ?? TS_SYNC_BYTE) === TS_SYNC_BYTE;
}
