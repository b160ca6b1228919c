/**
 * Fragments of MP4 files (ISO/IEC 14496-12, section 8.8) as GStreamer 1.22 writes them.
 *
 * Where a fragment holds several tracks, some runs of samples leave out a size or a duration that nothing else tells, and
 * no player gets beyond that. What is left out is what the track's first sample in the fragment has. Where a track begins
 * later than others, or its frames are not decoded in the order in which they are shown, it has an edit list. That ends
 * with the first fragment, and GStreamer leaves out what comes after it.
 *
 * The frames in front of the first fragment are in the movie box. Where that is a single one, GStreamer jumps over it to
 * the time that the first fragment tells; where that tells none, it goes on from the frame.
 *
 * @module
 */
import { type Patch, readView } from "./file_io.ts";
import { type Box, boxesIn, makeBox, readBoxes, uint32, uint64 } from "./scan_mp4.ts";

/** Flags of a track fragment's header (tfhd). */
const TFHD = { baseOffset: 0x01, description: 0x02, duration: 0x08, size: 0x10 };
/** Flags of a run of samples (trun). */
const TRUN = { offset: 0x01, firstFlags: 0x04, duration: 0x100, size: 0x200 };

/** The type of a box that nobody reads: "free". */
const FREE = 0x66726565;

/** A run of samples in a file. */
interface Run {
  flags: number;
  samples: number;
  /** Where its samples are, from the fragment's base on. */
  offset: number;
  /** Of the first sample, where the run tells. */
  duration: number | undefined;
  size: number | undefined;
}

/** What has to be replaced for a file in fragments to be read; nothing where all is there. */
export function repairFragments(file: Deno.FsFile): Patch[] {
  const { boxes } = readBoxes(file);
  const fragments = boxes.filter(({ type }) => type === "moof");
  const movie = boxes.find(({ type }) => type === "moov");
  if (fragments.length === 0 || movie === undefined) return [];
  const view = readView(file, movie.start, movie.end);
  const tracks = within(view, boxesIn(view, movie.content - movie.start, view.byteLength), "trak");
  const isLone = hasLoneSample(view, tracks);
  let inserted = 0;
  const patches = fragments.map(({ start, end }, i): Patch => {
    const fragment = readView(file, start, end);
    if (i === 0 && isLone) hideTimes(fragment);
    const bytes = repairFragment(fragment, start, inserted);
    inserted += bytes.length - (end - start);
    return { start, end, bytes };
  });
  return [
    ...repairEdits(view, tracks, movie.start),
    ...patches.slice(0, inserted > 0 ? undefined : Number(isLone)),
  ];
}

/** What is in boxes of a type. */
function within(view: DataView, boxes: Box[], type: string): Box[] {
  return boxes.filter((box) => box.type === type)
    .flatMap((box) => boxesIn(view, box.content, box.end));
}

/** Whether a track has a single sample (section 8.7.3). */
function hasLoneSample(view: DataView, tracks: Box[]): boolean {
  const media = within(view, tracks, "mdia");
  const tables = within(view, within(view, media, "minf"), "stbl");
  return tables.some(({ type, content }) => type === "stsz" && view.getUint32(content + 8) === 1);
}

/** SharedInterval what tells a fragment's time (tfdt, section 8.8.12) into what nobody reads. */
function hideTimes(view: DataView): void {
  const children = within(view, boxesIn(view, 8, view.byteLength), "traf");
  for (const { type, start } of children) if (type === "tfdt") view.setUint32(start + 4, FREE);
}

/** Lets edit lists that matter go on to the end: that is what a duration of 0 says (section 8.6.6). */
function repairEdits(view: DataView, tracks: Box[], start: number): Patch[] {
  const lists = within(view, tracks, "edts").filter(({ type }) => type === "elst");
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
 * @param view A `moof` box.
 * @param at Where it is in the file.
 * @param inserted Bytes by which the file has grown up to there.
 */
function repairFragment(view: DataView, at: number, inserted: number): Uint8Array<ArrayBuffer> {
  const parts = boxesIn(view, 8, view.byteLength);
  const trafs = parts.filter(({ type }) => type === "traf")
    .map(({ content, end }) => boxesIn(view, content, end));
  const runsOf = (traf: Box[]) =>
    traf.filter(({ type }) => type === "trun").map(({ content }) => readRun(view, content));
  const offsets = trafs.flatMap(runsOf).map(({ offset }) => offset);
  const content = parts.map((box) => {
    if (box.type !== "traf") return slice(view, box);
    const traf = boxesIn(view, box.content, box.end);
    return makeBox(
      "traf",
      traf.map((child) =>
        child.type === "tfhd"
          ? repairHeader(view, child, { runs: runsOf(traf), offsets, at, inserted })
          : slice(view, child)
      ),
    );
  });
  return makeBox("moof", content);
}

function readRun(view: DataView, content: number): Run {
  const flags = view.getUint32(content) & 0xffffff;
  let at = content + 8;
  const next = (flag: number) => {
    if (!(flags & flag)) return undefined;
    at += 4;
    return view.getUint32(at - 4);
  };
  const samples = view.getUint32(content + 4);
  const offset = next(TRUN.offset) ?? 0;
  next(TRUN.firstFlags);
  return { flags, samples, offset, duration: next(TRUN.duration), size: next(TRUN.size) };
}

/** What a track fragment's header needs to be known. */
interface Context {
  runs: Run[];
  /** Where all runs of the fragment have their samples. */
  offsets: number[];
  at: number;
  inserted: number;
}

/** The header with the defaults that it lacks, and the place where its samples will be. */
function repairHeader(view: DataView, { content, end }: Box, context: Context): Uint8Array {
  const { runs, offsets, at, inserted } = context;
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
  const [first] = runs;
  const addDefault = (flag: number, isIn: number, value: () => number) => {
    if (flags & flag) return void fields.push(take(4));
    if (runs.every((run) => run.flags & isIn)) return;
    flags |= flag;
    fields.push(uint32(value()));
  };
  const durations = runs.map(({ duration }) => duration).filter((value) => value !== undefined);
  // without any, all have the movie's default
  if (durations.length > 0 || flags & TFHD.duration) {
    addDefault(TFHD.duration, TRUN.duration, () => durations[0]!);
  }
  addDefault(TFHD.size, TRUN.size, () => {
    // the fragment's samples end where it begins
    const next = Math.min(...offsets.filter((offset) => offset > first!.offset), at - base);
    return first!.size ?? Math.floor((next - first!.offset) / first!.samples);
  });
  fields.push(take(end - position));
  return makeBox("tfhd", [uint32(flags), ...fields]);
}

function slice(view: DataView, { start, end }: Box): Uint8Array {
  return new Uint8Array(view.buffer, start, end - start);
}
