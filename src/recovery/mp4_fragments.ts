/**
 * Repairs of the fragments of MP4 files (ISO/IEC 14496-12, section 8.8) as GStreamer 1.22 writes them.
 *
 * If a fragment holds several tracks, some runs of samples lack a size or a duration that is stated nowhere else, and no
 * player reads beyond that. The missing values are those of the track's first sample in the fragment. If a track begins
 * later than others, or its frames are reordered, it has an edit list. That ends with the first fragment, and GStreamer
 * skips what follows.
 *
 * The frames in front of the first fragment are in the movie box. If that describes a single one, GStreamer jumps over it to
 * the time that the first fragment states; if that states none, GStreamer continues from the frame.
 *
 * @module
 */
import {
  type Box,
  boxesIn,
  childrenOf,
  fourCc,
  makeBox,
  TFHD,
  TRUN,
  uint32,
  uint64,
} from "../media/mp4.ts";
import { type Patch, readView } from "./file_io.ts";
import { readFileBoxes } from "./mp4_boxes.ts";
import { readRun, type Run } from "./mp4_samples.ts";

/** Returns the patches that make a file in fragments readable; none if nothing is missing. */
export async function repairFragments(file: Deno.FsFile): Promise<Patch[]> {
  const { boxes } = await readFileBoxes(file);
  const fragments = boxes.filter(({ type }) => type === "moof");
  const movie = boxes.find(({ type }) => type === "moov");
  if (fragments.length === 0 || movie === undefined) return [];
  const view = readView(file, movie.start, movie.end);
  const tracks = childrenOf(view, boxesIn(view, 0, view.byteLength), "moov")
    .filter(({ type }) => type === "trak");
  const isLone = hasLoneSample(view, tracks);
  let inserted = 0;
  const patches = fragments.map(({ start, end }, i): Patch => {
    const fragment = readView(file, start, end);
    if (i === 0 && isLone) hideTimes(fragment);
    const bytes = repairFragment(fragment, start, inserted);
    inserted += bytes.length - (end - start);
    return { start, end, bytes };
  });
  // a fragment that did not grow is as it was, unless its time is hidden
  const changed = inserted > 0 ? patches : patches.slice(0, Number(isLone));
  return [...repairEdits(view, tracks, movie.start), ...changed];
}

/** Returns whether a track has a single sample (section 8.7.3). */
function hasLoneSample(view: DataView, tracks: Box[]): boolean {
  const media = childrenOf(view, childrenOf(view, tracks, "trak"), "mdia");
  const tables = childrenOf(view, childrenOf(view, media, "minf"), "stbl");
  return tables.some(({ type, content }) => type === "stsz" && view.getUint32(content + 8) === 1);
}

/** Turns the boxes with a fragment's times (tfdt, section 8.8.12) into boxes that readers skip. */
function hideTimes(view: DataView): void {
  const children = childrenOf(view, boxesIn(view, 8, view.byteLength), "traf");
  for (const { start } of children.filter(({ type }) => type === "tfdt")) {
    new Uint8Array(view.buffer, view.byteOffset).set(fourCc("free"), start + 4);
  }
}

/** Extends edit lists that have an effect to the end, which is what a duration of 0 means (section 8.6.6). */
function repairEdits(view: DataView, tracks: Box[], start: number): Patch[] {
  const edits = childrenOf(view, childrenOf(view, tracks, "trak"), "edts");
  const lists = edits.filter(({ type }) => type === "elst");
  return lists.filter(({ content }) => {
    const isLong = view.getUint8(content) === 1;
    const mediaTime = isLong ? view.getBigInt64(content + 16) : view.getInt32(content + 12);
    return view.getUint32(content + 4) > 1 || Number(mediaTime) !== 0;
  }).map((list): Patch => {
    const isLong = view.getUint8(list.content) === 1;
    const at = start + list.end - (isLong ? 20 : 12);
    const bytes = new Uint8Array(isLong ? 8 : 4);
    return { start: at, end: at + bytes.length, bytes };
  });
}

/**
 * Adds to the headers of a fragment what its runs lack, and moves its samples' base.
 *
 * @param view A `moof` box.
 * @param at Where it is in the file.
 * @param inserted The bytes by which the file has grown up to there.
 * @throws {RangeError} If the box is damaged.
 */
export function repairFragment(
  view: DataView,
  at: number,
  inserted: number,
): Uint8Array<ArrayBuffer> {
  const parts = boxesIn(view, 8, view.byteLength);
  const trafs = parts.filter(({ type }) => type === "traf")
    .map(({ content, end }) => boxesIn(view, content, end));
  const runsOf = (traf: Box[]) =>
    traf.filter(({ type }) => type === "trun").map((run) => readRun(view, run));
  const offsets = trafs.flatMap(runsOf).map(({ dataOffset = 0 }) => dataOffset);
  const content = parts.map((box) => {
    if (box.type !== "traf") return slice(view, box);
    const traf = boxesIn(view, box.content, box.end);
    const fragment = { runs: runsOf(traf), offsets, at, inserted };
    return makeBox(
      "traf",
      traf.map((child) =>
        child.type === "tfhd" ? repairHeader(view, child, fragment) : slice(view, child)
      ),
    );
  });
  return makeBox("moof", content);
}

/** A track in a fragment. */
interface TrackFragment {
  /** The track's runs. */
  runs: Run[];
  /** Where the samples of all runs of the fragment are, from the base on. */
  offsets: number[];
  /** Where the fragment is in the file. */
  at: number;
  /** The bytes by which the file has grown up to there. */
  inserted: number;
}

/** Makes a track fragment's header with the defaults that it lacks, and the offset at which its samples will be. */
function repairHeader(view: DataView, { content, end }: Box, fragment: TrackFragment): Uint8Array {
  const { runs, inserted } = fragment;
  let flags = view.getUint32(content) & 0xffffff;
  let position = content + 4;
  const take = (bytes: number) => new Uint8Array(view.buffer, (position += bytes) - bytes, bytes);
  const fields = [take(4)]; // the track
  let base = 0;
  if (flags & TFHD.baseOffset) {
    base = Number(view.getBigUint64(position));
    position += 8;
    fields.push(uint64(base + inserted));
  }
  if (flags & TFHD.description) fields.push(take(4));
  const addDefault = (flag: number, runFlag: number, value: () => number) => {
    if (flags & flag) return void fields.push(take(4));
    if (runs.every((run) => run.flags & runFlag)) return;
    flags |= flag;
    fields.push(uint32(value()));
  };
  const durations = runs.map(({ duration }) => duration).filter((value) => value !== undefined);
  // if no run states any, the movie's default holds
  if (durations.length > 0 || flags & TFHD.duration) {
    addDefault(TFHD.duration, TRUN.duration, () => durations[0]!);
  }
  addDefault(TFHD.size, TRUN.size, () => firstSampleBytes(fragment, base));
  fields.push(take(end - position));
  return makeBox("tfhd", [uint32(flags), ...fields]);
}

/** Returns the size of a track's first sample in a fragment. */
function firstSampleBytes({ runs, offsets, at }: TrackFragment, base: number): number {
  const { size, samples, dataOffset = 0 } = runs[0]!;
  // the fragment's samples end where its box begins
  const next = Math.min(...offsets.filter((offset) => offset > dataOffset), at - base);
  return size ?? Math.floor((next - dataOffset) / samples);
}

function slice(view: DataView, { start, end }: Box): Uint8Array {
  return new Uint8Array(view.buffer, start, end - start);
}
