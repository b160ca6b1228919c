/**
 * The elements of Matroska files (RFC 9559), and how EBML writes numbers (RFC 8794).
 *
 * @module
 */

/** The ids of elements (RFC 8794, section 11.2; RFC 9559, section 5.1). */
export const MATROSKA_ID = {
  ebml: 0x1a45dfa3,
  void: 0xec,
  segment: 0x18538067,
  seekHead: 0x114d9b74,
  info: 0x1549a966,
  tracks: 0x1654ae6b,
  chapters: 0x1043a770,
  attachments: 0x1941a469,
  tags: 0x1254c367,
  cues: 0x1c53bb6b,
  cluster: 0x1f43b675,
  timestamp: 0xe7,
  position: 0xa7,
  prevSize: 0xab,
  simpleBlock: 0xa3,
  blockGroup: 0xa0,
  block: 0xa1,
  blockAdditions: 0x75a1,
  blockDuration: 0x9b,
  referencePriority: 0xfa,
  referenceBlock: 0xfb,
  codecState: 0xa4,
  discardPadding: 0x75a2,
  seek: 0x4dbb,
  seekPosition: 0x53ac,
  trackEntry: 0xae,
  trackNumber: 0xd7,
  trackType: 0x83,
  cuePoint: 0xbb,
  cueTime: 0xb3,
  cueTrackPositions: 0xb7,
  cueTrack: 0xf7,
  cueClusterPosition: 0xf1,
} as const;

/** The maximum length of an element's id. */
export const MAX_ID_BYTES = 4;
/** The maximum length of an element's size. */
export const MAX_SIZE_BYTES = 8;

/** Returns the length of a variable-size integer by its first byte (RFC 8794, section 4); 9 if it is none. */
export function vintLength(firstByte: number): number {
  return Math.clz32(firstByte) - 23;
}

/** Reads a variable-size integer of a known length, without its marker bit. It is exact up to 2^53. */
export function readVint(view: DataView, at: number, bytes: number): number {
  const first = view.getUint8(at) & (0xff >> bytes);
  return first * 256 ** (bytes - 1) + readUint(view, at + 1, bytes - 1);
}

/** Reads an unsigned integer of up to 8 bytes. It is exact up to 2^53. */
export function readUint(view: DataView, at: number, bytes: number): number {
  let value = 0;
  for (let i = 0; i < bytes; i++) value = value * 256 + view.getUint8(at + i);
  return value;
}

/** Returns an element: its id, its size, its content. */
export function writeElement(id: number, content: Uint8Array): Uint8Array<ArrayBuffer> {
  return concat(uintBytes(id), sizeBytes(content.length), content);
}

/** Returns an element with an unsigned integer. */
export function writeUintElement(id: number, value: number): Uint8Array<ArrayBuffer> {
  return writeElement(id, uintBytes(value));
}

/** Returns bytes in a row. */
export function concat(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** Returns an unsigned integer, up to 2^53, in as few bytes as it takes. */
function uintBytes(value: number): Uint8Array<ArrayBuffer> {
  const bytes = [value % 256];
  for (let rest = Math.floor(value / 256); rest > 0; rest = Math.floor(rest / 256)) {
    bytes.unshift(rest % 256);
  }
  return new Uint8Array(bytes);
}

/** Returns a size as a variable-size integer of 8 bytes. */
export function sizeBytes(size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(MAX_SIZE_BYTES);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(size) | 1n << 56n);
  return bytes;
}
