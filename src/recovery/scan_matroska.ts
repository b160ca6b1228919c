/**
 * Scans of Matroska files (RFC 9559) as GStreamer writes them: elements in a row; Segment and Cluster get their sizes only
 * at the end.
 *
 * @module
 */
import { setImmediate } from "node:timers/promises";
import {
  MATROSKA_ID as ID,
  MAX_ID_BYTES,
  MAX_SIZE_BYTES,
  readUint,
  readVint,
  vintLength,
} from "../media/matroska.ts";
import { type Chunk, readChunks, readView, type Span, writtenBytes } from "./file_io.ts";
import type { ScanResult } from "./scan_result.ts";
import { TrackDigests } from "./track_digests.ts";

/** The elements up to the first cluster. */
const HEAD_IDS: readonly number[] = [
  ...[ID.ebml, ID.segment, ID.seekHead, ID.info, ID.tracks, ID.tags, ID.chapters],
  ...[ID.attachments, ID.void, ID.cluster],
];
/** The numbers in a cluster. */
const NUMBER_IDS: readonly number[] = [ID.timestamp, ID.position, ID.prevSize];
/** The elements after all clusters. */
const INDEX_IDS: readonly number[] = [ID.cues, ID.tags];
/** The elements from the first cluster on. */
const CLUSTER_IDS: readonly number[] = [
  ...[ID.cluster, ID.simpleBlock, ID.blockGroup],
  ...NUMBER_IDS,
  ...INDEX_IDS,
];
/** The elements in a group; the block need not be the first. */
const GROUP_IDS: readonly number[] = [
  ...[ID.block, ID.blockAdditions, ID.blockDuration, ID.referencePriority, ID.referenceBlock],
  ...[ID.codecState, ID.discardPadding],
];
/** The elements whose content is scanned like what is beside them, as their ends are not known. */
const PARENT_IDS: readonly number[] = [ID.segment, ID.cluster];
/** What is searched for in damaged parts, and the first bytes of it. */
const FOUND_IDS: readonly number[] = [ID.cluster, ID.simpleBlock, ID.blockGroup];
const FIRST_BYTES: readonly number[] = [ID.cluster >>> 24, ID.simpleBlock, ID.blockGroup];
/** The bytes in front of the frame in a block: the track's number, the time, flags (section 10.1). */
const BLOCK_HEADER_BYTES = 4;
/** The flags of a block that are reserved, or stand for several frames, which GStreamer does not write. */
const UNUSED_FLAGS = 0x76;
/** The number of consecutive blocks that are no coincidence. */
const BLOCKS_IN_A_ROW = 3;
/** The bytes that identify an element: its id, its size, and a block's header. */
const HEADER_BYTES = MAX_ID_BYTES + MAX_SIZE_BYTES + BLOCK_HEADER_BYTES;

/** The elements of a group that are looked at in search of its block, which is the first or second in any file. */
const MAX_GROUP_ELEMENTS = 100;
/**
 * The steps of a scan: elements, and places that look like one but are none. A file with more of them has been made to keep
 * recovery busy: in those of recorders, an element has more bytes than this on average, except for an hour of silence.
 */
const STEP_BYTES = 64;
const MIN_STEPS = 200_000;
/** The number of such steps after which the event loop runs. */
const TURN_STEPS = 1000;

/** An element of a file. */
interface Element extends Span {
  id: number;
  /** Where its content starts. */
  content: number;
  /** The track of a block. */
  track: number;
}

/** Finds the frames and the damaged parts of a Matroska file. */
export async function scanMatroska(file: Deno.FsFile): Promise<ScanResult> {
  const { size } = file.statSync();
  const written = writtenBytes(file);
  const digests = new TrackDigests();
  const damaged: Span[] = [];
  const steps = new Steps(MIN_STEPS + written / STEP_BYTES);
  let ids = HEAD_IDS;
  let at = 0;
  while (at < written && await steps.next()) {
    const element = readElement(file, at, ids);
    if (element !== null && isWhole(element, size, written)) {
      if (element.id === ID.cluster) ids = CLUSTER_IDS;
      const frame = findFrame(file, element);
      if (frame !== null) await digests.addFrom(file, frame.track, frame);
      at = element.end;
      continue;
    }
    const next = await findBlock(file, at + 1, written, steps);
    if (next === null) break;
    damaged.push({ start: at, end: next });
    ids = CLUSTER_IDS;
    at = next;
  }
  if (at < written && !isCut(file, at, written, ids)) {
    damaged.push({ start: at, end: size });
    at = size;
  }
  return {
    frameBytes: digests.bytes,
    digests: digests.finish(),
    damaged,
    tail: at,
    isComplete: false,
  };
}

/** Counts the steps of a scan, so that a file made for it cannot keep it busy. */
class Steps {
  #left: number;

  constructor(max: number) {
    this.#left = max;
  }

  /** Resolves with whether there may be another step. Now and then the event loop runs, as recorders may be at work. */
  async next(): Promise<boolean> {
    this.#left--;
    if (this.#left % TURN_STEPS < 1) await setImmediate();
    return this.#left > 0;
  }
}

/** Returns whether an element was written to its end. If only zeros follow, its own zeros at its end were not written. */
function isWhole({ end }: Span, size: number, written: number): boolean {
  return end <= written || end === size;
}

/** Reads the element at an offset, which may end beyond the file; `null` if there is none of these ids. */
function readElement(file: Deno.FsFile, at: number, ids: readonly number[]): Element | null {
  return parseElement(readView(file, at, at + HEADER_BYTES), at, ids);
}

/** Parses the element whose first bytes a view holds. */
function parseElement(header: DataView, at: number, ids: readonly number[]): Element | null {
  const idBytes = vintLength(header.getUint8(0));
  if (idBytes > MAX_ID_BYTES) return null;
  const id = readUint(header, 0, idBytes);
  const sizeBytes = vintLength(header.getUint8(idBytes));
  if (!ids.includes(id) || sizeBytes > MAX_SIZE_BYTES) return null;
  const bytes = PARENT_IDS.includes(id) ? 0 : readVint(header, idBytes, sizeBytes);
  const start = idBytes + sizeBytes;
  if (NUMBER_IDS.includes(id) && bytes > 8) return null;
  if (id === ID.simpleBlock && !isBlock(header, start, bytes)) return null;
  const track = readVint(header, start, 1);
  return { id, track, start: at, content: at + start, end: at + start + bytes };
}

function isBlock(view: DataView, at: number, bytes: number): boolean {
  return bytes >= BLOCK_HEADER_BYTES && vintLength(view.getUint8(at)) === 1 &&
    (view.getUint8(at + 3) & UNUSED_FLAGS) === 0;
}

/** Returns where the frame of a block, or of the block in a group, is; `null` for other elements. */
function findFrame(file: Deno.FsFile, element: Element): Span & { track: number } | null {
  const block = element.id === ID.blockGroup ? blockIn(file, element) : element;
  if (block === null || (block.id !== ID.simpleBlock && block.id !== ID.block)) return null;
  return { track: block.track, start: block.content + BLOCK_HEADER_BYTES, end: block.end };
}

function blockIn(file: Deno.FsFile, group: Element): Element | null {
  let at = group.content;
  for (let i = 0; at < group.end && i < MAX_GROUP_ELEMENTS; i++) {
    const element = readElement(file, at, GROUP_IDS);
    if (element === null || element.end > group.end) return null;
    if (element.id === ID.block) return element;
    at = element.end;
  }
  return null;
}

/** Returns where the next cluster is, or the next consecutive blocks, which hardly any other bytes look like. */
async function findBlock(
  file: Deno.FsFile,
  start: number,
  written: number,
  steps: Steps,
): Promise<number | null> {
  const { size } = file.statSync();
  const overlapBytes = HEADER_BYTES;
  for await (const chunk of readChunks(file, { start, end: written }, { overlapBytes })) {
    for (const at of candidates(chunk)) {
      if (isCluster(file, at) || areBlocks(file, at, size, written)) return at;
      if (!await steps.next()) return null;
    }
  }
  return null;
}

/** Lists where the bytes of a chunk look like a cluster or a block, without reading the file again. */
function* candidates({ start, bytes }: Chunk): Generator<number> {
  for (let i = 0; i < bytes.length; i++) {
    if (!FIRST_BYTES.includes(bytes[i]!)) continue;
    const isWhole = i + HEADER_BYTES <= bytes.length;
    const header = isWhole && new DataView(bytes.buffer, bytes.byteOffset + i, HEADER_BYTES);
    if (!header || parseElement(header, start + i, FOUND_IDS) !== null) yield start + i;
  }
}

function isCluster(file: Deno.FsFile, at: number): boolean {
  const cluster = readElement(file, at, [ID.cluster]);
  return cluster !== null && readElement(file, cluster.end, NUMBER_IDS) !== null;
}

/** Returns whether there are several consecutive blocks, up to what may come after blocks; the first one is whole. */
function areBlocks(file: Deno.FsFile, first: number, size: number, written: number): boolean {
  let at = first;
  for (let blocks = 0; blocks < BLOCKS_IN_A_ROW && at < written; blocks++) {
    if (blocks > 0 && (isCluster(file, at) || readElement(file, at, INDEX_IDS))) return true;
    const block = readElement(file, at, [ID.simpleBlock, ID.blockGroup]);
    if (block === null || findFrame(file, block) === null) return false;
    if (!isWhole(block, size, written)) return blocks > 0;
    at = block.end;
  }
  return true;
}

/** Returns whether the file was cut off in an element that begins at an offset, possibly in its id or its size. */
function isCut(file: Deno.FsFile, at: number, written: number, ids: readonly number[]): boolean {
  const element = readElement(file, at, ids);
  if (element !== null) return element.end > written;
  const header = readView(file, at, Math.min(at + HEADER_BYTES, written));
  const idBytes = vintLength(header.getUint8(0));
  const isId = ids.some((id) => {
    const bytes = Math.min(idBytes, header.byteLength);
    return vintLength(id / 256 ** (idBytes - 1)) === idBytes &&
      Math.floor(id / 256 ** (idBytes - bytes)) === readUint(header, 0, bytes);
  });
  const sizeBytes = header.byteLength > idBytes ? vintLength(header.getUint8(idBytes)) : 1;
  return isId && header.byteLength < idBytes + sizeBytes + BLOCK_HEADER_BYTES;
}
