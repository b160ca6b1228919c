/**
 * Fragments of MP4 files (ISO/IEC 14496-12, section 8.8) as GStreamer 1.22 writes them.
 *
 * Where a fragment holds several tracks, some runs of samples leave out a size or a duration that nothing else tells, and
 * no player gets beyond that. What is left out is what the track's first sample in the fragment has. Where a track begins
 * later than others, or its frames are not decoded in the order in which they are shown, it has an edit list. That ends
 * with the first fragment, and GStreamer leaves out what comes after it.
 *
 * @module
 */

/** Flags of a track fragment's header (tfhd). */
const TFHD = { baseOffset: 0x01, description: 0x02, duration: 0x08, size: 0x10 };
/** Flags of a run of samples (trun). */
const TRUN = { offset: 0x01, firstFlags: 0x04, duration: 0x100, size: 0x200 };

/** Bytes to copy at a time. */
const CHUNK_BYTES = 1 << 20;
const NOTHING = new Uint8Array();

/** A part of a file, and what to put in its place. */
export interface Patch {
  start: number;
  end: number;
  bytes: Uint8Array<ArrayBuffer>;
}

/** A box: its type, and where it and its content start and end. */
interface Box {
  type: string;
  start: number;
  content: number;
  end: number;
}

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
  const boxes = wholeBoxes(file);
  const fragments = boxes.filter(({ type }) => type === "moof");
  const movie = boxes.find(({ type }) => type === "moov");
  if (fragments.length === 0 || movie === undefined) return [];
  let inserted = 0;
  const patches = fragments.map(({ start, end }): Patch => {
    const bytes = repairFragment(read(file, start, end), start, inserted);
    inserted += bytes.length - (end - start);
    return { start, end, bytes };
  });
  return [...repairEdits(file, movie), ...(inserted > 0 ? patches : [])];
}

/** Lets edit lists that matter go on to the end: that is what a duration of 0 says (section 8.6.6). */
function repairEdits(file: Deno.FsFile, { start, content, end }: Box): Patch[] {
  const view = read(file, start, end);
  const within = (boxes: Box[], type: string) =>
    boxes.filter((box) => box.type === type)
      .flatMap((box) => boxesIn(view, box.content, box.end));
  const tracks = within(boxesIn(view, content - start, view.byteLength), "trak");
  const lists = within(tracks, "edts").filter(({ type }) => type === "elst");
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

/** Copies a file with patches put in. */
export async function copyPatched(from: Deno.FsFile, to: string, patches: Patch[]): Promise<void> {
  using copy = await Deno.open(to, { write: true, create: true, truncate: true });
  let at = 0;
  const { size } = await from.stat();
  for (const { start, end, bytes } of [...patches, { start: size, end: size, bytes: NOTHING }]) {
    for (; at < start; at += CHUNK_BYTES) {
      await writeAll(
        copy,
        new Uint8Array(read(from, at, Math.min(at + CHUNK_BYTES, start)).buffer),
      );
    }
    await writeAll(copy, bytes);
    at = end;
  }
}

async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    written += await file.write(bytes.subarray(written));
  }
}

/** The boxes of a file, up to the first that is not whole. */
function wholeBoxes(file: Deno.FsFile): Box[] {
  const { size } = file.statSync();
  const found: Box[] = [];
  for (let at = 0; at + 8 <= size;) {
    const [box] = boxesIn(read(file, at, Math.min(at + 16, size)), 0, Infinity);
    if (box === undefined || at + box.end > size) break;
    const { type, content, end } = box;
    found.push({ type, start: at, content: at + content, end: at + end });
    at += end;
  }
  return found;
}

function read(file: Deno.FsFile, start: number, end: number): DataView<ArrayBuffer> {
  const bytes = new Uint8Array(end - start);
  file.seekSync(start, Deno.SeekMode.Start);
  for (let filled = 0; filled < bytes.length;) {
    const count = file.readSync(bytes.subarray(filled));
    if (count === null) break;
    filled += count;
  }
  return new DataView(bytes.buffer);
}

/** The boxes from one place to another; the last one's end may not have been read. */
function boxesIn(view: DataView, from: number, to: number): Box[] {
  const found: Box[] = [];
  for (let start = from; start + 8 <= Math.min(to, view.byteLength);) {
    const type = String.fromCharCode(...new Uint8Array(view.buffer, start + 4, 4));
    const isLarge = view.getUint32(start) === 1 && start + 16 <= view.byteLength;
    const size = isLarge ? Number(view.getBigUint64(start + 8)) : view.getUint32(start);
    if (size < 8) break;
    found.push({ type, start, content: start + (isLarge ? 16 : 8), end: start + size });
    start += size;
  }
  return found;
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

function makeBox(type: string, parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const size = parts.reduce((sum, { length }) => sum + length, 8);
  const box = new Uint8Array(size);
  box.set(uint32(size));
  box.set(new TextEncoder().encode(type), 4);
  let at = 8;
  for (const part of parts) {
    box.set(part, at);
    at += part.length;
  }
  return box;
}

function uint32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}

function uint64(value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value));
  return bytes;
}
