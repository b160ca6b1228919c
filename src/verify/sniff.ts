/**
 * Containers by the first bytes of a file.
 *
 * @module
 */
import type { ContainerName } from "../media/containers.ts";
import { MATROSKA_ID, MAX_SIZE_BYTES, readUint, readVint, vintLength } from "../media/matroska.ts";
import { FIRST_BOXES } from "../media/mp4.ts";
import { beginsWithTsPacket, TS_PACKET_BYTES } from "../media/mpeg_ts.ts";

/** The number of first bytes that identify a container. */
export const HEAD_BYTES = TS_PACKET_BYTES + 1;

/** The length of the ids of EBML and Segment. */
const ID_BYTES = 4;

/** Returns the container of a file by its first bytes; `null` if it is none of those known here. */
export function sniffContainer(head: Uint8Array): ContainerName | null {
  if (hasId(head, 0, MATROSKA_ID.ebml)) return "matroska";
  if (beginsWithTsPacket(head)) return "mpeg-ts";
  return FIRST_BOXES.includes(String.fromCharCode(...head.subarray(4, 8))) ? "mp4" : null;
}

/**
 * Returns the size that a Matroska file states in its first bytes; `null` if it states none, as an unfinished one, and for
 * other containers.
 */
export function statedBytes(head: Uint8Array): number | null {
  if (sniffContainer(head) !== "matroska") return null;
  const ebml = readSize(head, ID_BYTES);
  if (ebml === null || !hasId(head, ebml.next + ebml.size, MATROSKA_ID.segment)) return null;
  const segment = readSize(head, ebml.next + ebml.size + ID_BYTES);
  return segment === null ? null : segment.next + segment.size;
}

function hasId(bytes: Uint8Array, at: number, id: number): boolean {
  return at + ID_BYTES <= bytes.length && readUint(viewOf(bytes), at, ID_BYTES) === id;
}

/** Reads an element's size (RFC 8794, section 6); `null` if it is unknown, or not within the bytes. */
function readSize(bytes: Uint8Array, at: number): { size: number; next: number } | null {
  const length = vintLength(bytes[at] ?? 0);
  if (length > MAX_SIZE_BYTES || at + length > bytes.length) return null;
  const size = readVint(viewOf(bytes), at, length);
  // all bits set stand for an unknown size
  const isUnknown = size === 2 ** (7 * length) - 1;
  return isUnknown ? null : { size, next: at + length };
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
