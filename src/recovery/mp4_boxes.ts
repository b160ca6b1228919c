/**
 * The boxes at the top level of MP4 files (ISO/IEC 14496-12) as GStreamer writes them in fragments: the last one may not
 * have a size yet.
 *
 * @module
 */
import {
  type Box,
  BOX_HEADER_BYTES,
  boxesIn,
  fourCc,
  LARGE_BOX_HEADER_BYTES,
  TOP_LEVEL_BOXES,
  TRUN,
} from "../media/mp4.ts";
import { readBytes, readChunks, readView, type Span, writtenBytes } from "./file_io.ts";
import { MIN_RUN_BYTES, readRun, runBytes } from "./mp4_samples.ts";

/** The first bytes of a fragment after its size: its type, and the header of its first box. */
const FRAGMENT_START = [...fourCc("moof"), 0, 0, 0, 16, ...fourCc("mfhd")];

/** A larger box of tables is not read: those of a fragment have kilobytes, and those of a day of video 30 MB. */
const MAX_TABLE_BYTES = 64 << 20;
/** Deeper boxes are no tables, and demuxers that follow them run out of stack. */
const MAX_DEPTH = 16;
/** How many times as much as the file has may be read in search of a fragment: what looks like one may overlap. */
const MAX_READS = 4;

/** The boxes of a file. */
export interface FileBoxes {
  /** Those that are whole, at their offsets in the file. */
  boxes: Box[];
  /** Parts that are no boxes, in front of others that are. */
  damaged: Span[];
  /** Where the last whole box ends. */
  end: number;
}

/** Lists the whole boxes of a file, and the damaged parts between them. */
export async function readFileBoxes(file: Deno.FsFile): Promise<FileBoxes> {
  const { size } = file.statSync();
  const written = writtenBytes(file);
  const boxes: Box[] = [];
  const damaged: Span[] = [];
  let at = 0;
  while (at < written) {
    const box = readBox(file, at);
    // if only zeros follow a fragment, its own zeros at its end were not written
    const isWritten = box !== null && box.end <= size &&
      (box.type !== "moof" || box.end <= written || box.end === size);
    if (isWritten && isReadable(file, box)) {
      boxes.push(box);
      at = box.end;
      continue;
    }
    const next = await findFragment(file, { start: at + LARGE_BOX_HEADER_BYTES, end: size });
    if (next === null) break;
    damaged.push({ start: at, end: next });
    at = next;
  }
  return { boxes, damaged, end: at };
}

/** Returns whether a file was cut off in a box that begins at an offset, possibly in its size or its type. */
export function isCutInBox(file: Deno.FsFile, at: number): boolean {
  const written = writtenBytes(file);
  if (at >= written) return true;
  const bytes = readBytes(file, at, Math.min(at + BOX_HEADER_BYTES, written));
  const type = String.fromCharCode(...bytes.subarray(4));
  if (!TOP_LEVEL_BOXES.some((known) => known.startsWith(type))) return false;
  const box = bytes.length === BOX_HEADER_BYTES ? readBox(file, at) : null;
  // a box without a size extends to the end of the file
  const isOpen = bytes.subarray(0, 4).every((byte) => byte === 0);
  return bytes.length < BOX_HEADER_BYTES || isOpen || (box !== null && box.end > written);
}

/** Reads the box at an offset, which may end beyond the file; `null` if it is none that clips have. */
function readBox(file: Deno.FsFile, at: number): Box | null {
  const header = readView(file, at, at + LARGE_BOX_HEADER_BYTES);
  const [box] = boxesIn(header, 0, BOX_HEADER_BYTES);
  if (box === undefined || !TOP_LEVEL_BOXES.includes(box.type)) return null;
  return { type: box.type, start: at, content: at + box.content, end: at + box.end };
}

/** Returns whether a box of tables can be read, and a fragment's describes its samples as it should. */
function isReadable(file: Deno.FsFile, { type, start, content, end }: Box): boolean {
  if (type !== "moof" && type !== "moov") return true;
  if (end - start > MAX_TABLE_BYTES) return false;
  const view = readView(file, start, end);
  if (!isFlat(view, content - start, view.byteLength, MAX_DEPTH)) return false;
  return type === "moov" || isFragment(view, content - start, file.statSync().size);
}

/** Returns whether boxes are nested no deeper than this. */
function isFlat(view: DataView, start: number, end: number, depth: number): boolean {
  return depth > 0 &&
    boxesIn(view, start, end).every((box) =>
      box.end > end || isFlat(view, box.content, box.end, depth - 1)
    );
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

/** Returns whether boxes end where they should. */
function fill(boxes: Box[], start: number, end: number): boolean {
  return (boxes.at(-1)?.end ?? start) === end;
}

/** Returns whether a run is as long as its flags and its count of samples say, and its samples fit into the file. */
function isRun(view: DataView, box: Box, maxBytes: number): boolean {
  if (box.end - box.content < MIN_RUN_BYTES) return false;
  const run = readRun(view, box);
  if (box.end !== run.entries + run.samples * run.entryBytes) return false;
  return !(run.flags & TRUN.size) || runBytes(view, run, 0) <= maxBytes;
}

/** Returns where the next readable fragment is. */
async function findFragment(file: Deno.FsFile, { start, end }: Span): Promise<number | null> {
  const overlapBytes = FRAGMENT_START.length + 4;
  let budget = MAX_READS * (end - start);
  for await (const chunk of readChunks(file, { start, end }, { overlapBytes })) {
    for (let i = 0; (i = chunk.bytes.indexOf(FRAGMENT_START[0]!, i)) >= 0; i++) {
      const at = chunk.start + i - 4;
      if (at < start || !FRAGMENT_START.every((byte, j) => chunk.bytes[i + j] === byte)) continue;
      const box = readBox(file, at);
      if (box === null || box.end > end) continue;
      if (isReadable(file, box)) return at;
      if ((budget -= box.end - at) < 0) return null;
    }
  }
  return null;
}
