/**
 * The boxes of MP4 and QuickTime files (ISO/IEC 14496-12, section 4.2; QuickTime File Format, "Atoms").
 *
 * @module
 */

/** The types of boxes at the top level of clips. */
export const TOP_LEVEL_BOXES: readonly string[] = [
  ...["ftyp", "free", "skip", "wide", "uuid", "mdat", "moov", "moof", "mfra"],
];
/** Those that a file begins with. */
export const FIRST_BOXES: readonly string[] = ["ftyp", "moov", "mdat", "wide", "free", "skip"];

/** The size of a box's header: its size and its type. */
export const BOX_HEADER_BYTES = 8;
/** The size of a header with a size of 64 bits, which a size of 1 announces. */
export const LARGE_BOX_HEADER_BYTES = 16;

/** Flags of a track fragment's header, `tfhd` (section 8.8.7). */
export const TFHD = { baseOffset: 0x01, description: 0x02, duration: 0x08, size: 0x10 };
/** Flags of a run of samples, `trun` (section 8.8.8). */
export const TRUN = {
  dataOffset: 0x01,
  firstSampleFlags: 0x04,
  duration: 0x100,
  size: 0x200,
  flags: 0x400,
  compositionOffset: 0x800,
};

/** A box within a {@link DataView}. */
export interface Box {
  /** Its type, such as `moov`. */
  type: string;
  /** Where its header starts. */
  start: number;
  /** Where its content starts. */
  content: number;
  /** The offset after its last byte. */
  end: number;
}

/** Lists the boxes from one offset to another. The last one's end may be beyond both. */
export function boxesIn(view: DataView, from: number, to: number): Box[] {
  const found: Box[] = [];
  for (let start = from; start + BOX_HEADER_BYTES <= Math.min(to, view.byteLength);) {
    const type = boxType(view, start + 4);
    const isLarge = view.getUint32(start) === 1 &&
      start + LARGE_BOX_HEADER_BYTES <= view.byteLength;
    const size = isLarge ? Number(view.getBigUint64(start + 8)) : view.getUint32(start);
    const header = isLarge ? LARGE_BOX_HEADER_BYTES : BOX_HEADER_BYTES;
    if (size < header) break;
    found.push({ type, start, content: start + header, end: start + size });
    start += size;
  }
  return found;
}

/** Lists the boxes within all boxes of a type. */
export function childrenOf(view: DataView, boxes: readonly Box[], type: string): Box[] {
  return boxes.filter((box) => box.type === type)
    .flatMap((box) => boxesIn(view, box.content, box.end));
}

function boxType(view: DataView, at: number): string {
  return String.fromCharCode(...new Uint8Array(view.buffer, view.byteOffset + at, 4));
}

/** Makes a box. */
export function makeBox(type: string, parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const size = parts.reduce((sum, { length }) => sum + length, BOX_HEADER_BYTES);
  const box = new Uint8Array(size);
  box.set(uint32(size));
  box.set(fourCc(type), 4);
  let at = BOX_HEADER_BYTES;
  for (const part of parts) {
    box.set(part, at);
    at += part.length;
  }
  return box;
}

/** Makes the header of a box that readers skip. */
export function freeHeader(boxBytes: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array([...uint32(1), ...fourCc("free"), ...uint64(boxBytes)]);
}

/** Encodes a box's type. */
export function fourCc(type: string): Uint8Array {
  return new TextEncoder().encode(type);
}

/** Encodes an integer of 32 bits. */
export function uint32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}

/** Encodes an integer of 64 bits. */
export function uint64(value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value));
  return bytes;
}
