/**
 * Containers by how they begin.
 *
 * @module
 */

/** A container that clips come in. */
export type ContainerName = "matroska" | "mp4" | "mpeg-ts";

/** The demuxers by container. */
export const DEMUXERS: Record<ContainerName, string> = {
  "matroska": "matroskademux",
  "mp4": "qtdemux",
  "mpeg-ts": "tsdemux",
};

/** Bytes that tell the container. */
export const HEAD_BYTES = 189;

/** Types of boxes that a movie begins with (ISO/IEC 14496-12; QuickTime File Format, "Atoms"). */
const FIRST_BOXES = ["ftyp", "moov", "mdat", "wide", "free", "skip"];

/** The container of a file that begins so; null where it is none of those known here. */
export function sniffContainer(head: Uint8Array): ContainerName | null {
  const begins = (...bytes: number[]) => bytes.every((byte, i) => head[i] === byte);
  if (begins(0x1a, 0x45, 0xdf, 0xa3)) return "matroska"; // the ID of an EBML header, RFC 8794
  // packets of 188 bytes begin with it, ISO/IEC 13818-1
  if (begins(0x47) && head.length >= 188 && (head[188] ?? 0x47) === 0x47) return "mpeg-ts";
  return FIRST_BOXES.includes(String.fromCharCode(...head.subarray(4, 8))) ? "mp4" : null;
}

/** The ID of a Matroska segment (RFC 9559, section 5.1). */
const SEGMENT = [0x18, 0x53, 0x80, 0x67];

/**
 * The size that a Matroska file has when it is whole, by how it begins; null where that does not tell, as in one that is
 * unfinished, and for other containers.
 */
export function statedBytes(head: Uint8Array): number | null {
  if (sniffContainer(head) !== "matroska") return null;
  const header = readSize(head, 4);
  const at = header === null ? head.length : header.next + header.size;
  if (!SEGMENT.every((byte, i) => head[at + i] === byte)) return null;
  const segment = readSize(head, at + SEGMENT.length);
  return segment === null ? null : segment.next + segment.size;
}

/** Reads an EBML element's size (RFC 8794, section 6); null where it is unknown, or not there. */
function readSize(bytes: Uint8Array, at: number): { size: number; next: number } | null {
  const first = bytes[at] ?? 0;
  const length = Math.clz32(first) - 23;
  const rest = bytes.subarray(at + 1, at + length);
  if (first === 0 || rest.length < length - 1) return null;
  const mask = (1 << (8 - length)) - 1;
  const isUnknown = (first & mask) === mask && rest.every((byte) => byte === 0xff);
  const size = rest.reduce((size, byte) => size * 256 + byte, first & mask);
  return isUnknown ? null : { size, next: at + length };
}
