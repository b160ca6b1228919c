/**
 * Files of the MP4 family (ISO/IEC 14496-12) as they are while GStreamer writes them in fragments: boxes in a row, the
 * last one perhaps without a size yet.
 *
 * @module
 */
import { chunksOf, readBytes, readView, type Span, writtenBytes } from "./file_io.ts";
import type { ScanResult } from "./scan.ts";

/** What such a file is made of, in front of the first frame, of frames, and of what describes them. */
const TYPES = ["ftyp", "free", "skip", "wide", "uuid", "mdat", "moov", "moof", "mfra"];
/** Bytes of a box that tell its type and its size (section 4.2); a size of 8 bytes is there only where it says so. */
const HEAD_BYTES = 8;
const LONG_HEAD_BYTES = 16;
/** What a fragment begins with: its type, and the head of its first box. */
const FRAGMENT_START = [..."moof\0\0\0\x10mfhd"].map((letter) => letter.charCodeAt(0));
/** What each sample of a run has four bytes for, by flag, in this order (section 8.8.8). */
const DURATION_FLAG = 0x100;
const SIZE_FLAG = 0x200;
const SAMPLE_FLAGS = [DURATION_FLAG, SIZE_FLAG, 0x400, 0x800];
/** What a run has four bytes for: the place of its samples, and flags of the first one. */
const RUN_FLAGS = [0x01, 0x04];

/** A box: its type, and where it and its content start and end. */
export interface Box extends Span {
  type: string;
  content: number;
}

/** The boxes of a file. */
export interface Boxes {
  boxes: Box[];
  /** What is none, in front of others. */
  damaged: Span[];
  /** Where there are no more that are whole. */
  end: number;
}

/** Looks at how a file of the MP4 family is made up. */
export function scanMp4(file: Deno.FsFile): ScanResult {
  const { size } = file.statSync();
  const { boxes, damaged, end } = readBoxes(file);
  const types = boxes.map(({ type }) => type);
  // Frames are in front of what describes them, but in files whose movie box came before any of them
  const isMovieFirst = types.includes("moov") && types.indexOf("moov") < types.indexOf("mdat");
  const last = isMovieFirst ? "mdat" : "moof";
  const tail = boxes.findLast(({ type }) => type === last || type === "moov")?.end ?? 0;
  if (!isCut(file, end)) {
    damaged.push({ start: Math.max(tail, damaged.at(-1)?.end ?? 0), end: size });
  }
  const isDamaged = damaged.length > 0;
  const frames = boxes.filter((box) => box.type === "mdat" && box.end <= tail)
    .map(({ content, end }) => ({ start: content, end }));
  return {
    // a fragment of such a file may be read in part
    frames: isMovieFirst && types.includes("moof") ? null : frames,
    damaged,
    tail: damaged.at(-1)?.end === size ? size : tail,
    isComplete: !isDamaged && tail === size && types.includes("moov") && !types.includes("moof"),
  };
}

/** The boxes of a file, but for those at its end that are not whole. */
export function readBoxes(file: Deno.FsFile): Boxes {
  const { size } = file.statSync();
  const written = writtenBytes(file);
  const boxes: Box[] = [];
  const damaged: Span[] = [];
  let at = 0;
  while (at < written) {
    const box = readBox(file, at);
    // where nothing but zeros come after a fragment, its own last ones were not written either
    const isWritten = box !== null && box.end <= size &&
      (box.type !== "moof" || box.end <= written || box.end === size);
    if (isWritten && isReadable(file, box)) {
      boxes.push(box);
      at = box.end;
      continue;
    }
    const next = findFragment(file, { start: at + LONG_HEAD_BYTES, end: size });
    if (next === null) break;
    damaged.push({ start: at, end: next });
    at = next;
  }
  return { boxes, damaged, end: at };
}

/** The box at a place of the file, which may end beyond that; null where there is none that such a file has. */
function readBox(file: Deno.FsFile, at: number): Box | null {
  const head = readView(file, at, at + LONG_HEAD_BYTES);
  const [box] = boxesIn(head, 0, HEAD_BYTES);
  if (box === undefined || !TYPES.includes(box.type)) return null;
  const { type, content, end } = box;
  return { type, start: at, content: at + content, end: at + end };
}

/** Whether what describes frames can be read; it is not asked of others. */
function isReadable(file: Deno.FsFile, { type, start, content, end }: Box): boolean {
  if (type !== "moof") return true;
  return isFragment(readView(file, start, end), content - start, file.statSync().size);
}

function isFragment(view: DataView, content: number, maxBytes: number): boolean {
  const parts = boxesIn(view, content, view.byteLength);
  return fill(parts, content, view.byteLength) &&
    parts.filter(({ type }) => type === "traf").every(({ content, end }) => {
      const children = boxesIn(view, content, end);
      return fill(children, content, end) && children[0]?.type === "tfhd" &&
        children.filter(({ type }) => type === "trun").every((run) => isRun(view, run, maxBytes));
    });
}

/** Whether boxes end where they should. */
function fill(boxes: Box[], start: number, end: number): boolean {
  return (boxes.at(-1)?.end ?? start) === end;
}

/** Whether a run has what its flags and its count of samples say, and samples that fit into the file. */
function isRun(view: DataView, { content, end }: Box, maxBytes: number): boolean {
  if (end - content < 8) return false;
  const flags = view.getUint32(content);
  const bytesOf = (all: number[]) => 4 * all.filter((flag) => flags & flag).length;
  const samples = view.getUint32(content + 4);
  const first = content + 8 + bytesOf(RUN_FLAGS);
  const sampleBytes = bytesOf(SAMPLE_FLAGS);
  if (end !== first + samples * sampleBytes) return false;
  if (!(flags & SIZE_FLAG)) return true;
  let sum = 0;
  for (let at = first + (flags & DURATION_FLAG ? 4 : 0); at < end; at += sampleBytes) {
    sum += view.getUint32(at);
  }
  return sum <= maxBytes;
}

/** Where the next fragment is that can be read. */
function findFragment(file: Deno.FsFile, { start, end }: Span): number | null {
  for (const chunk of chunksOf({ start, end }, FRAGMENT_START.length + 4)) {
    const bytes = readBytes(file, chunk.start, chunk.end);
    for (let i = 0; (i = bytes.indexOf(FRAGMENT_START[0]!, i)) >= 0; i++) {
      const at = chunk.start + i - 4;
      if (at < start || !FRAGMENT_START.every((byte, j) => bytes[i + j] === byte)) continue;
      const box = readBox(file, at);
      if (box !== null && box.end <= end && isReadable(file, box)) return at;
    }
  }
  return null;
}

/** Whether the file was cut off in a box that begins there, be it in its size or type. */
function isCut(file: Deno.FsFile, at: number): boolean {
  const written = writtenBytes(file);
  if (at >= written) return true;
  const bytes = readBytes(file, at, Math.min(at + HEAD_BYTES, written));
  const type = String.fromCharCode(...bytes.subarray(4));
  if (!TYPES.some((known) => known.startsWith(type))) return false;
  const box = bytes.length === HEAD_BYTES ? readBox(file, at) : null;
  // one without a size goes on to the end of the file
  const isOpen = bytes.subarray(0, 4).every((byte) => byte === 0);
  return bytes.length < HEAD_BYTES || isOpen || (box !== null && box.end > written);
}

/** The boxes from one place to another; the last one's end may not have been read. */
export function boxesIn(view: DataView, from: number, to: number): Box[] {
  const found: Box[] = [];
  for (let start = from; start + HEAD_BYTES <= Math.min(to, view.byteLength);) {
    const type = String.fromCharCode(...new Uint8Array(view.buffer, start + 4, 4));
    const isLarge = view.getUint32(start) === 1 && start + LONG_HEAD_BYTES <= view.byteLength;
    const size = isLarge ? Number(view.getBigUint64(start + 8)) : view.getUint32(start);
    const head = isLarge ? LONG_HEAD_BYTES : HEAD_BYTES;
    if (size < head) break;
    found.push({ type, start, content: start + head, end: start + size });
    start += size;
  }
  return found;
}

/** The head of a box that nobody reads: with it, so many bytes of a file are skipped. */
export function freeHead(bytes: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array([...uint32(1), ...new TextEncoder().encode("free"), ...uint64(bytes)]);
}

/** Makes a box. */
export function makeBox(type: string, parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const size = parts.reduce((sum, { length }) => sum + length, HEAD_BYTES);
  const box = new Uint8Array(size);
  box.set(uint32(size));
  box.set(new TextEncoder().encode(type), 4);
  let at = HEAD_BYTES;
  for (const part of parts) {
    box.set(part, at);
    at += part.length;
  }
  return box;
}

/** A number of 4 bytes. */
export function uint32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}

/** A number of 8 bytes. */
export function uint64(value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value));
  return bytes;
}
