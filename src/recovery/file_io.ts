/**
 * Bytes of a file.
 *
 * @module
 */

/** A part of a file. */
export interface Span {
  start: number;
  /** The byte after the last one. */
  end: number;
}

/** A part of a file, and what to put in its place. */
export interface Patch extends Span {
  bytes: Uint8Array<ArrayBuffer>;
}

/** What a part of a file holds, in whatever order. */
export interface Checksum {
  bytes: number;
  sum: number;
}

/** Bytes to read at a time. */
const CHUNK_BYTES = 1 << 20;

/** Bytes of a file; zeros beyond its end. */
export function readBytes(
  file: Deno.FsFile,
  start: number,
  end: number,
): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(end - start);
  file.seekSync(start, Deno.SeekMode.Start);
  for (let filled = 0; filled < bytes.length;) {
    const count = file.readSync(bytes.subarray(filled));
    if (count === null) break;
    filled += count;
  }
  return bytes;
}

/** The same, for numbers. */
export function readView(file: Deno.FsFile, start: number, end: number): DataView<ArrayBuffer> {
  return new DataView(readBytes(file, start, end).buffer);
}

/** A span in pieces that fit into memory, each so many bytes longer than its part of it. */
export function* chunksOf({ start, end }: Span, overlapBytes = 0): Generator<Span> {
  for (let at = start; at < end; at += CHUNK_BYTES) {
    yield { start: at, end: Math.min(at + CHUNK_BYTES + overlapBytes, end) };
  }
}

/** A file's size without the zeros at its end: after a power cut, they stand for what was not written. */
export function writtenBytes(file: Deno.FsFile): number {
  for (let end = file.statSync().size; end > 0; end -= CHUNK_BYTES) {
    const start = Math.max(0, end - CHUNK_BYTES);
    const last = readBytes(file, start, end).findLastIndex((byte) => byte !== 0);
    if (last >= 0) return start + last + 1;
  }
  return 0;
}

/** What is the same for the same bytes in another order, and hardly ever for others. */
export async function checksum(file: Deno.FsFile, spans: Span[]): Promise<Checksum> {
  let bytes = 0;
  let sum = 0;
  let pauseAt = CHUNK_BYTES;
  for (const { start, end } of spans.flatMap((span) => [...chunksOf(span)])) {
    for (const byte of readBytes(file, start, end)) sum += byte;
    bytes += end - start;
    if (bytes < pauseAt) continue;
    // recorders may be at work
    await new Promise((resolve) => setTimeout(resolve, 0));
    pauseAt = bytes + CHUNK_BYTES;
  }
  return { bytes, sum };
}

/** Copies a file with patches put in, which are in order. */
export async function copyPatched(from: Deno.FsFile, to: string, patches: Patch[]): Promise<void> {
  using copy = await Deno.open(to, { write: true, create: true, truncate: true });
  const { size } = await from.stat();
  let at = 0;
  for (const patch of [...patches, { start: size, end: size, bytes: new Uint8Array() }]) {
    for (const { start, end } of chunksOf({ start: at, end: patch.start })) {
      await writeAll(copy, readBytes(from, start, end));
    }
    await writeAll(copy, patch.bytes);
    at = patch.end;
  }
}

async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    written += await file.write(bytes.subarray(written));
  }
}
