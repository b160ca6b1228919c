/**
 * Where the samples of an MP4 file are: by the sample tables of its movie box (ISO/IEC 14496-12, section 8.7), and by the
 * runs of its fragments (section 8.8).
 *
 * @module
 */
import { type Box, boxesIn, childrenOf, TFHD, TRUN } from "../media/mp4.ts";
import type { Span } from "./file_io.ts";

/** Consecutive samples of a track, at their offsets in the file. */
export interface TrackSpan extends Span {
  /** The id of the track. */
  track: number;
}

/** A run of samples, `trun` (section 8.8.8). */
export interface Run {
  flags: number;
  /** The number of samples. */
  samples: number;
  /** Where the samples are, from the fragment's base on. */
  dataOffset: number | undefined;
  /** The duration of the first sample, if the run states durations. */
  duration: number | undefined;
  /** The size of the first sample, if the run states sizes. */
  size: number | undefined;
  /** Where the fields of the first sample are in the view. */
  entries: number;
  /** The size of each sample's fields. */
  entryBytes: number;
}

/** The size of the fields that each run has. */
export const MIN_RUN_BYTES = 8;
/** The fields of a run by flag, in their order. */
const RUN_FIELDS = [TRUN.dataOffset, TRUN.firstSampleFlags];
/** The fields of each sample by flag, in their order. */
const SAMPLE_FIELDS = [TRUN.duration, TRUN.size, TRUN.flags, TRUN.compositionOffset];
/** The size of any of them. */
const FIELD_BYTES = 4;

/** Reads a run. */
export function readRun(view: DataView, { content }: Box): Run {
  const flags = view.getUint32(content) & 0xffffff;
  const bytesOf = (fields: number[]) => FIELD_BYTES * fields.filter((flag) => flags & flag).length;
  const entries = content + MIN_RUN_BYTES + bytesOf(RUN_FIELDS);
  const fieldOf = (flag: number, at: number) => flags & flag ? view.getUint32(at) : undefined;
  const samples = view.getUint32(content + 4);
  return {
    flags,
    samples,
    dataOffset: fieldOf(TRUN.dataOffset, content + MIN_RUN_BYTES),
    duration: samples > 0 ? fieldOf(TRUN.duration, entries) : undefined,
    size: samples > 0 ? fieldOf(TRUN.size, entries + sizeOffset(flags)) : undefined,
    entries,
    entryBytes: bytesOf(SAMPLE_FIELDS),
  };
}

/** Returns the size of all samples of a run together. */
export function runBytes(view: DataView, run: Run, defaultBytes: number): number {
  const { flags, samples, entries, entryBytes } = run;
  if (!(flags & TRUN.size)) return samples * defaultBytes;
  let sum = 0;
  const end = entries + samples * entryBytes;
  for (let at = entries + sizeOffset(flags); at < end; at += entryBytes) sum += view.getUint32(at);
  return sum;
}

/** Returns where the size is in a sample's fields. */
function sizeOffset(flags: number): number {
  return flags & TRUN.duration ? FIELD_BYTES : 0;
}

/**
 * Lists where the samples of a fragment are, in the order of the file.
 *
 * @param view A `moof` box.
 * @param at Where the box is in the file.
 * @throws {RangeError} If the box is damaged.
 */
export function fragmentSpans(view: DataView, at: number): TrackSpan[] {
  const spans: TrackSpan[] = [];
  const [moof] = boxesIn(view, 0, view.byteLength);
  const parts = boxesIn(view, moof!.content, view.byteLength);
  for (const { content, end } of parts.filter(({ type }) => type === "traf")) {
    const [header, ...children] = boxesIn(view, content, end);
    const { track, base, defaultBytes } = readFragmentHeader(view, header!, at);
    let next = base;
    for (const box of children.filter(({ type }) => type === "trun")) {
      const run = readRun(view, box);
      const start = run.dataOffset === undefined ? next : base + run.dataOffset;
      next = start + runBytes(view, run, defaultBytes);
      spans.push({ track, start, end: next });
    }
  }
  return inOrder(spans);
}

/** Reads `tfhd` (section 8.8.7). */
function readFragmentHeader(view: DataView, { content }: Box, at: number) {
  const flags = view.getUint32(content);
  const track = view.getUint32(content + 4);
  let next = content + 8;
  const take = (flag: number, bytes: number) => flags & flag ? (next += bytes) - bytes : undefined;
  const base = take(TFHD.baseOffset, 8);
  take(TFHD.description, 4);
  take(TFHD.duration, 4);
  const size = take(TFHD.size, 4);
  return {
    track,
    base: base === undefined ? at : Number(view.getBigUint64(base)),
    defaultBytes: size === undefined ? 0 : view.getUint32(size),
  };
}

/**
 * Lists where the chunks of samples are that a movie box describes, in the order of the file.
 *
 * @param view A `moov` box.
 * @throws {RangeError} If the box is damaged.
 */
export function movieSpans(view: DataView): TrackSpan[] {
  const movie = childrenOf(view, boxesIn(view, 0, view.byteLength), "moov");
  const spans = movie.filter(({ type }) => type === "trak").flatMap((trak) => {
    const children = boxesIn(view, trak.content, trak.end);
    const information = childrenOf(view, childrenOf(view, children, "mdia"), "minf");
    return chunkSpans(view, trackId(view, children), childrenOf(view, information, "stbl"));
  });
  return inOrder(spans);
}

/** Reads a track's id from `tkhd` (section 8.3.2), whose version 1 has times of 64 bits. */
function trackId(view: DataView, children: Box[]): number {
  const header = children.find(({ type }) => type === "tkhd");
  if (header === undefined) return 0;
  return view.getUint32(header.content + (view.getUint8(header.content) === 1 ? 20 : 12));
}

/** Lists a track's chunks by its tables of sizes, of samples in chunks, and of offsets (sections 8.7.3 to 8.7.5). */
function chunkSpans(view: DataView, track: number, tables: Box[]): TrackSpan[] {
  const contentOf = (name: string) => tables.find(({ type }) => type === name)?.content;
  const [sizes, counts, offsets = contentOf("co64")] = ["stsz", "stsc", "stco"].map(contentOf);
  if (sizes === undefined || counts === undefined || offsets === undefined) return [];
  const offsetBytes = contentOf("stco") === undefined ? 8 : 4;
  const fixedBytes = view.getUint32(sizes + 4);
  const spans: TrackSpan[] = [];
  const [countEntries, chunks] = [view.getUint32(counts + 4), view.getUint32(offsets + 4)];
  let entry = counts + 8;
  const lastEntry = counts + 8 + 12 * (countEntries - 1);
  let sample = 0;
  for (let chunk = 0; chunk < chunks; chunk++) {
    // an entry holds from its first chunk, counted from 1, up to that of the next one
    if (entry < lastEntry && view.getUint32(entry + 12) === chunk + 1) entry += 12;
    const end = sample + view.getUint32(entry + 4);
    const at = offsets + 8 + chunk * offsetBytes;
    const start = offsetBytes === 8 ? Number(view.getBigUint64(at)) : view.getUint32(at);
    let bytes = fixedBytes * (end - sample);
    if (fixedBytes === 0) {
      for (let i = sample; i < end; i++) bytes += view.getUint32(sizes + 12 + 4 * i);
    }
    spans.push({ track, start, end: start + bytes });
    sample = end;
  }
  return spans;
}

function inOrder(spans: TrackSpan[]): TrackSpan[] {
  return spans.filter(({ start, end }) => start < end).sort((a, b) => a.start - b.start);
}
