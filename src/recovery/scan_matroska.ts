/**
 * Matroska files (RFC 9559) as they are while GStreamer writes them: elements in a row, those that hold others without
 * an end of their own.
 *
 * @module
 */
import { chunksOf, readBytes, readView, type Span, writtenBytes } from "./file_io.ts";
import type { ScanResult } from "./scan.ts";

/** What is in front of the first cluster: EBML, Segment, SeekHead, Info, Tracks, Tags, Chapters, Attachments, Void. */
const HEAD_IDS = [
  ...[0x1a45dfa3, 0x18538067, 0x114d9b74, 0x1549a966, 0x1654ae6b],
  ...[0x1254c367, 0x1043a770, 0x1941a469, 0xec],
];
const CLUSTER = 0x1f43b675;
const SIMPLE_BLOCK = 0xa3;
const BLOCK_GROUP = 0xa0;
const BLOCK = 0xa1;
/** Numbers in a cluster: Timestamp, Position, PrevSize. */
const NUMBER_IDS = [0xe7, 0xa7, 0xab];
/** What is after all clusters: Cues, Tags. */
const INDEX_IDS = [0x1c53bb6b, 0x1254c367];
/** What is in clusters and after them. */
const CLUSTER_IDS = [CLUSTER, SIMPLE_BLOCK, BLOCK_GROUP, ...NUMBER_IDS, ...INDEX_IDS];
/** Segment and Cluster, whose ends come late. */
const PARENT_IDS = [0x18538067, CLUSTER];
/** Bytes in front of a frame in its block: the track's number, the time, flags (section 10.1). */
const BLOCK_HEAD_BYTES = 4;
/** Flags of a block that are reserved, or say that there are several frames in it, which GStreamer does not write. */
const ODD_FLAGS = 0x76;
/** How many blocks one after another are no chance. */
const BLOCKS_IN_A_ROW = 3;
/** Bytes that tell what an element is: its id, its size, and what a block begins with. */
const HEAD_BYTES = 4 + 8 + BLOCK_HEAD_BYTES;

/** An element: its id, and where it, its content and what comes after it start. */
interface Element extends Span {
  id: number;
  content: number;
}

/** Looks at how a Matroska file is made up. */
export function scanMatroska(file: Deno.FsFile): ScanResult {
  const { size } = file.statSync();
  const written = writtenBytes(file);
  const frames: Span[] = [];
  const damaged: Span[] = [];
  let ids = HEAD_IDS;
  let at = 0;
  while (at < written) {
    const element = readElement(file, at, [...ids, CLUSTER]);
    if (element !== null && isWhole(element, size, written)) {
      if (element.id === CLUSTER) ids = CLUSTER_IDS;
      frames.push(...framesIn(file, element));
      at = element.end;
      continue;
    }
    const next = findBlock(file, at + 1, written);
    if (next === null) break;
    damaged.push({ start: at, end: next });
    ids = CLUSTER_IDS;
    at = next;
  }
  if (at < written && !isCut(file, at, written, [...ids, CLUSTER])) {
    damaged.push({ start: at, end: size });
    at = size;
  }
  return { frames, damaged, tail: at, isComplete: false };
}

/** Whether an element was written to its end: one that ends in zeros was not, in front of nothing but zeros. */
function isWhole({ end }: Element, size: number, written: number): boolean {
  return end <= written || end === size;
}

/** The element at a place of the file, which may end beyond that; null where it is none of these. */
function readElement(file: Deno.FsFile, at: number, ids: number[]): Element | null {
  const head = readView(file, at, at + HEAD_BYTES);
  const idBytes = vintLength(head.getUint8(0));
  if (idBytes > 4) return null;
  const id = readUint(head, 0, idBytes);
  const sizeBytes = vintLength(head.getUint8(idBytes));
  if (!ids.includes(id) || sizeBytes > 8) return null;
  const bytes = PARENT_IDS.includes(id) ? 0 : readVint(head, idBytes, sizeBytes);
  const start = idBytes + sizeBytes;
  if (NUMBER_IDS.includes(id) && bytes > 8) return null;
  if (id === SIMPLE_BLOCK && !isBlock(head, start, bytes)) return null;
  return { id, start: at, content: at + start, end: at + start + bytes };
}

function isBlock(view: DataView, at: number, bytes: number): boolean {
  return bytes >= BLOCK_HEAD_BYTES && vintLength(view.getUint8(at)) === 1 &&
    (view.getUint8(at + 3) & ODD_FLAGS) === 0;
}

/** Where a block, or one in a group, has its frame; nothing in other elements. */
function framesIn(file: Deno.FsFile, { id, content, end }: Element): Span[] {
  if (id === SIMPLE_BLOCK) return [{ start: content + BLOCK_HEAD_BYTES, end }];
  if (id !== BLOCK_GROUP) return [];
  const block = readElement(file, content, [BLOCK]);
  if (block === null || block.end > end) return [];
  return [{ start: block.content + BLOCK_HEAD_BYTES, end: block.end }];
}

/** Where the next cluster is, or the next blocks in a row: by chance, hardly any bytes look like those. */
function findBlock(file: Deno.FsFile, start: number, written: number): number | null {
  const { size } = file.statSync();
  const firstBytes = [CLUSTER >>> 24, SIMPLE_BLOCK, BLOCK_GROUP];
  for (const chunk of chunksOf({ start, end: written })) {
    const bytes = readBytes(file, chunk.start, chunk.end);
    const found = bytes.findIndex((byte, i) =>
      firstBytes.includes(byte) &&
      (isCluster(file, chunk.start + i) || areBlocks(file, chunk.start + i, size, written))
    );
    if (found >= 0) return chunk.start + found;
  }
  return null;
}

function isCluster(file: Deno.FsFile, at: number): boolean {
  const cluster = readElement(file, at, [CLUSTER]);
  return cluster !== null && readElement(file, cluster.end, NUMBER_IDS) !== null;
}

/** Whether several blocks follow one another, up to what may come after them; the first one is whole. */
function areBlocks(file: Deno.FsFile, first: number, size: number, written: number): boolean {
  let at = first;
  for (let blocks = 0; blocks < BLOCKS_IN_A_ROW && at < written; blocks++) {
    if (blocks > 0 && (isCluster(file, at) || readElement(file, at, INDEX_IDS))) return true;
    const block = readElement(file, at, [SIMPLE_BLOCK, BLOCK_GROUP]);
    if (block === null || framesIn(file, block).length === 0) return false;
    if (!isWhole(block, size, written)) return blocks > 0;
    at = block.end;
  }
  return true;
}

/** Whether the file was cut off in an element that begins there, be it in its id or size. */
function isCut(file: Deno.FsFile, at: number, written: number, ids: number[]): boolean {
  const element = readElement(file, at, ids);
  if (element !== null) return element.end > written;
  const head = readView(file, at, Math.min(at + HEAD_BYTES, written));
  const idBytes = vintLength(head.getUint8(0));
  const isId = ids.some((id) => {
    const bytes = Math.min(idBytes, head.byteLength);
    return vintLength(id / 256 ** (idBytes - 1)) === idBytes &&
      Math.floor(id / 256 ** (idBytes - bytes)) === readUint(head, 0, bytes);
  });
  const sizeBytes = head.byteLength > idBytes ? vintLength(head.getUint8(idBytes)) : 1;
  return isId && head.byteLength < idBytes + sizeBytes + BLOCK_HEAD_BYTES;
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
