/**
 * The end of a file that was being written when its writer was killed.
 *
 * @module
 */

/** Bytes of a transport stream's packet (ISO/IEC 13818-1, section 2.4.3.2). */
const TS_PACKET_BYTES = 188;
/** Elements that hold others: Segment and Cluster (RFC 9559, section 5.1). */
const EBML_PARENTS = [0x18538067, 0x1f43b675];
/** Longest head of an element or box that is read. */
const HEAD_BYTES = 16;

/**
 * Bytes at the end of a file that belong to no whole frame.
 *
 * @param extension The kind of file, such as `.webm`.
 */
export function tailBytes(file: Deno.FsFile, extension: string): number {
  const { size } = file.statSync();
  switch (extension) {
    case ".webm":
    case ".mkv":
      return size - wholeElements(file, size);
    case ".mp4":
    case ".mov":
      return size - wholeFragments(file, size);
    default:
      return size % TS_PACKET_BYTES;
  }
}

function readHead(file: Deno.FsFile, at: number): DataView {
  const bytes = new Uint8Array(HEAD_BYTES);
  file.seekSync(at, Deno.SeekMode.Start);
  file.readSync(bytes);
  return new DataView(bytes.buffer);
}

/** Where the last whole element of a Matroska file ends; elements that hold others may be without an end. */
function wholeElements(file: Deno.FsFile, size: number): number {
  let at = 0;
  while (at < size) {
    const head = readHead(file, at);
    const idBytes = vintLength(head.getUint8(0));
    // beyond the head, or nothing that Matroska has
    if (idBytes > 4) break;
    const sizeBytes = vintLength(head.getUint8(idBytes));
    if (sizeBytes > 8) break;
    const id = readUint(head, 0, idBytes);
    const isParent = EBML_PARENTS.includes(id);
    const dataBytes = isParent ? 0 : readVint(head, idBytes, sizeBytes);
    const end = at + idBytes + sizeBytes + dataBytes;
    if (end > size) break;
    at = end;
  }
  return at;
}

/** Bytes of a number of variable length, by its first byte (RFC 8794, section 4); 9 where it is none. */
function vintLength(first: number): number {
  return Math.clz32(first) - 23;
}

/** The same number without the bit that tells its length. */
function readVint(view: DataView, at: number, bytes: number): number {
  const first = view.getUint8(at) & (0xff >> bytes);
  return first * 256 ** (bytes - 1) + readUint(view, at + 1, bytes - 1);
}

/** A number of up to 8 bytes, exact up to 2^53. */
function readUint(view: DataView, at: number, bytes: number): number {
  let value = 0;
  for (let i = 0; i < bytes; i++) value = value * 256 + view.getUint8(at + i);
  return value;
}

/** Where the last movie box or fragment of an MP4 file ends: media before it is described by it (ISO/IEC 14496-12). */
function wholeFragments(file: Deno.FsFile, size: number): number {
  let whole = 0;
  for (let at = 0; at + 8 <= size;) {
    const head = readHead(file, at);
    const type = String.fromCharCode(...new Uint8Array(head.buffer, 4, 4));
    const isLarge = head.getUint32(0) === 1;
    const bytes = isLarge ? Number(head.getBigUint64(8)) : head.getUint32(0);
    // 0 is a box that goes on to the end of the file: one that is being written
    if (bytes < 8 || at + bytes > size) break;
    at += bytes;
    if (type === "moov" || type === "moof") whole = at;
  }
  return whole;
}
