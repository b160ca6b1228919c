/**
 * What GStreamer's muxers leave out of a Matroska file with sound (RFC 9559), so that players keep its index.
 *
 * @module
 */
import { setImmediate } from "node:timers/promises";
import {
  concat,
  MATROSKA_ID as ID,
  readUint,
  readVint,
  sizeBytes,
  vintLength,
  writeElement,
  writeUintElement,
} from "../media/matroska.ts";

/** Bytes that are read at a time. */
const WINDOW_BYTES = 1 << 18;
/** The longest header of an element, and that of the block in it. */
const HEADER_BYTES = 16;
/** The flag of a block whose frame can be decoded without others (section 10.2). */
const KEYFRAME = 0x80;
/** The type of a track with sound (section 5.1.4.1.3). */
const SOUND = 2;
/** Units of a file's time between two entries of sound: milliseconds, as GStreamer writes them. */
const CUE_STEP = 500;

/** An element of a file. */
interface Element {
  id: number;
  start: number;
  /** Where its content starts. */
  content: number;
  end: number;
}

/** An entry of the index. */
interface Cue {
  time: number;
  bytes: Uint8Array;
}

/**
 * Marks the sound in a complete Matroska file as keyframes, and adds it to the index, twice a second. GStreamer 1.22
 * does neither: mpv calls such a file broken, and discards an index of three or fewer entries. Does nothing to a file without
 * sound, or with elements in another order than GStreamer's. The event loop runs meanwhile.
 *
 * @throws {Error} If the file cannot be read or written.
 */
export async function indexSound(path: string): Promise<void> {
  using file = await Deno.open(path, { read: true, write: true });
  const reader = new Reader(file);
  const segment = reader.children(0, reader.size).find(({ id }) => id === ID.segment);
  if (segment === undefined || segment.end !== reader.size) return;
  const elements = reader.children(segment.content, segment.end);
  const of = (id: number) => elements.filter((element) => element.id === id);
  const [tracks, cues] = [of(ID.tracks)[0], of(ID.cues)[0]];
  if (tracks === undefined || cues === undefined) return;
  const sound = reader.soundTracks(tracks);
  if (sound.size === 0) return;
  const clusters = of(ID.cluster);
  const isLast = clusters.every(({ end }) => end <= cues.start);
  if (!isLast) return;
  const added: Cue[] = [];
  for (const cluster of clusters) {
    added.push(...await markSound(reader, cluster, sound, cluster.start - segment.content));
  }
  const known = reader.children(cues.content, cues.end).map((point): Cue => ({
    time: reader.uint(reader.child(point, ID.cueTime)),
    bytes: reader.bytes(point.start, point.end),
  }));
  // an index of nothing but sound is the muxer's
  const hasSound = sound.size === reader.children(tracks.content, tracks.end).length;
  if (!hasSound) replaceCues(reader, { segment, elements, cues }, [...known, ...added]);
}

/** Marks the sound in a cluster as keyframes; returns entries for it. */
async function markSound(
  reader: Reader,
  cluster: Element,
  sound: ReadonlyMap<number, { nextCue: number }>,
  position: number,
): Promise<Cue[]> {
  const cues: Cue[] = [];
  let clusterTime = 0;
  for (let at = cluster.content; at < cluster.end;) {
    if (reader.moves(at)) await setImmediate();
    const element = reader.element(at);
    if (element.id === ID.timestamp) clusterTime = reader.uint(element);
    const block = blockOf(reader, element);
    if (block !== null) {
      const header = reader.view(block.content, 4);
      const [number, time, flags] = [
        readVint(header, 0, 1),
        clusterTime + header.getInt16(1),
        header.getUint8(3),
      ];
      const track = sound.get(number);
      // a group without a reference is a keyframe anyway
      if (track !== undefined && block.id === ID.simpleBlock && !(flags & KEYFRAME)) {
        reader.write(block.content + 3, new Uint8Array([flags | KEYFRAME]));
      }
      if (track !== undefined && time >= track.nextCue) {
        track.nextCue = time + CUE_STEP;
        cues.push({ time, bytes: cuePoint(time, number, position) });
      }
    }
    at = element.end;
  }
  return cues;
}

/** Returns the block that an element of a cluster is, or has; `null` if there is none. */
function blockOf(reader: Reader, element: Element): Element | null {
  if (element.id === ID.simpleBlock) return element;
  return element.id === ID.blockGroup ? reader.child(element, ID.block) : null;
}

function cuePoint(time: number, track: number, position: number): Uint8Array {
  const positions = concat(
    writeUintElement(ID.cueTrack, track),
    writeUintElement(ID.cueClusterPosition, position),
  );
  const content = concat(
    writeUintElement(ID.cueTime, time),
    writeElement(ID.cueTrackPositions, positions),
  );
  return writeElement(ID.cuePoint, content);
}

/** Writes another index in place of the one at a file's end, which moves what follows it. */
function replaceCues(
  reader: Reader,
  { segment, elements, cues }: { segment: Element; elements: Element[]; cues: Element },
  entries: Cue[],
): void {
  entries.sort((a, b) => a.time - b.time);
  const index = writeElement(ID.cues, concat(...entries.map(({ bytes }) => bytes)));
  const moved = index.length - (cues.end - cues.start);
  const rest = reader.bytes(cues.end, segment.end);
  reader.replaceEnd(cues.start, concat(index, rest));
  for (const head of elements.filter(({ id }) => id === ID.seekHead)) {
    for (const seek of reader.children(head.content, head.end)) {
      if (seek.id !== ID.seek) continue;
      const position = reader.child(seek, ID.seekPosition);
      const value = reader.uint(position);
      if (value <= cues.start - segment.content || position.end - position.content !== 8) continue;
      const bytes = new Uint8Array(8);
      new DataView(bytes.buffer).setBigUint64(0, BigInt(value + moved));
      reader.write(position.content, bytes);
    }
  }
  // last, as readers take what is beyond the segment's end for no part of it
  reader.write(segment.content - 8, sizeBytes(segment.end + moved - segment.content));
}

/** Reads the elements of a file, and writes to it. */
class Reader {
  readonly size: number;
  readonly #file: Deno.FsFile;
  #start = 0;
  #window = new Uint8Array();

  constructor(file: Deno.FsFile) {
    this.#file = file;
    this.size = file.statSync().size;
  }

  /** Whether the header of an element at an offset must be read from the file. */
  moves(at: number): boolean {
    return at < this.#start || at + HEADER_BYTES > this.#start + this.#window.length;
  }

  /** Returns bytes of the file, at most {@link HEADER_BYTES}, as numbers; zeros beyond its end. */
  view(at: number, length: number): DataView {
    if (this.moves(at)) {
      this.#window = this.bytes(at, at + WINDOW_BYTES);
      this.#start = at;
    }
    return new DataView(this.#window.buffer, at - this.#start, length);
  }

  /** Returns bytes of the file; zeros beyond its end. */
  bytes(start: number, end: number): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(end - start);
    this.#file.seekSync(start, Deno.SeekMode.Start);
    for (let filled = 0; filled < bytes.length;) {
      const count = this.#file.readSync(bytes.subarray(filled));
      if (count === null) break;
      filled += count;
    }
    return bytes;
  }

  /** Writes bytes at an offset. */
  write(at: number, bytes: Uint8Array): void {
    this.#file.seekSync(at, Deno.SeekMode.Start);
    for (let done = 0; done < bytes.length;) done += this.#file.writeSync(bytes.subarray(done));
  }

  /** Replaces the end of the file; if there is no room for that, the file stays as it is. */
  replaceEnd(start: number, bytes: Uint8Array): void {
    const before = this.bytes(start, this.size);
    try {
      this.write(start, bytes);
    } catch (error) {
      this.write(start, before);
      this.#file.truncateSync(this.size);
      throw error;
    }
  }

  /**
   * Returns the element at an offset.
   *
   * @throws {RangeError} If there is none.
   */
  element(start: number): Element {
    const header = this.view(start, HEADER_BYTES);
    const idBytes = vintLength(header.getUint8(0));
    const lengthBytes = idBytes <= 4 ? vintLength(header.getUint8(idBytes)) : 9;
    const content = start + idBytes + lengthBytes;
    const end = lengthBytes > 8 ? Infinity : content + readVint(header, idBytes, lengthBytes);
    if (end > this.size) throw new RangeError(`There is no whole element at offset ${start}`);
    return { id: readUint(header, 0, idBytes), start, content, end };
  }

  /** Returns the elements in a part of the file. */
  children(start: number, end: number): Element[] {
    const found: Element[] = [];
    for (let at = start; at < end; at = found.at(-1)!.end) found.push(this.element(at));
    return found;
  }

  /** Returns an element's child. */
  child(parent: Element, id: number): Element {
    const found = this.children(parent.content, parent.end).find((child) => child.id === id);
    if (found === undefined) throw new RangeError(`No element ${id} at offset ${parent.start}`);
    return found;
  }

  /** Returns the unsigned integer of an element. */
  uint({ content, end }: Element): number {
    return readUint(this.view(content, end - content), 0, end - content);
  }

  /** Returns the numbers of the tracks with sound, and the times from which on they need an entry. */
  soundTracks(tracks: Element): Map<number, { nextCue: number }> {
    const found = new Map<number, { nextCue: number }>();
    for (const entry of this.children(tracks.content, tracks.end)) {
      if (entry.id !== ID.trackEntry) continue;
      if (this.uint(this.child(entry, ID.trackType)) !== SOUND) continue;
      found.set(this.uint(this.child(entry, ID.trackNumber)), { nextCue: -Infinity });
    }
    return found;
  }
}
