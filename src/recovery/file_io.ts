/**
 * Reading parts of files, and copying files with parts replaced.
 *
 * @module
 */
import { setImmediate } from "node:timers/promises";
import { writeAll } from "../storage/file_system.ts";

/** A part of a file. */
export interface Span {
  /** The offset of its first byte. */
  start: number;
  /** The offset after its last byte. */
  end: number;
}

/** A part of a file, and the bytes to replace it with. */
export interface Patch extends Span {
  bytes: Uint8Array<ArrayBuffer>;
}

/** The maximum of bytes to read at a time. */
export const CHUNK_BYTES = 1 << 20;

/** Reads a part of a file; zeros beyond its end. */
export function readBytes(
  file: Deno.FsFile,
  start: number,
  end: number,
): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(end - start);
  readInto(file, start, bytes);
  return bytes;
}

/** Fills an array with the bytes of a file from an offset on; beyond the file's end, it stays as it is. */
function readInto(file: Deno.FsFile, start: number, bytes: Uint8Array): void {
  file.seekSync(start, Deno.SeekMode.Start);
  for (let filled = 0; filled < bytes.length;) {
    const count = file.readSync(bytes.subarray(filled));
    if (count === null) break;
    filled += count;
  }
}

/** Reads a part of a file as {@link readBytes} does, for its numbers. */
export function readView(file: Deno.FsFile, start: number, end: number): DataView<ArrayBuffer> {
  return new DataView(readBytes(file, start, end).buffer);
}

/** How to read a span in chunks. */
export interface ChunkOptions {
  /** The number of bytes by which each chunk reaches into the next one. Defaults to 0. */
  overlapBytes?: number;
  /** The memory of the chunks. By default it is allocated. */
  buffer?: Uint8Array<ArrayBuffer>;
}

/** A part of a file that was read. */
export interface Chunk {
  /** Where it starts in the file. */
  start: number;
  /** Its bytes, which are valid until the next chunk is read. */
  bytes: Uint8Array<ArrayBuffer>;
}

/**
 * Reads a span in chunks that fit into memory. The event loop runs between them, as recorders may be at work in this
 * process.
 */
export async function* readChunks(
  file: Deno.FsFile,
  { start, end }: Span,
  { overlapBytes = 0, buffer = new Uint8Array(CHUNK_BYTES + overlapBytes) }: ChunkOptions = {},
): AsyncGenerator<Chunk> {
  const step = buffer.length - overlapBytes;
  for (let at = start; at < end; at += step) {
    if (at > start) await setImmediate();
    const bytes = buffer.subarray(0, Math.min(buffer.length, end - at));
    readInto(file, at, bytes);
    yield { start: at, bytes };
  }
}

/** Returns a file's size without the zeros at its end: after a power cut, they stand for what was not written. */
export function writtenBytes(file: Deno.FsFile): number {
  for (let end = file.statSync().size; end > 0; end -= CHUNK_BYTES) {
    const start = Math.max(0, end - CHUNK_BYTES);
    const last = readBytes(file, start, end).findLastIndex((byte) => byte !== 0);
    if (last >= 0) return start + last + 1;
  }
  return 0;
}

/** Copies a file with patches applied, which must be in order. */
export async function copyPatched(from: Deno.FsFile, to: string, patches: Patch[]): Promise<void> {
  using copy = await Deno.open(to, { write: true, create: true, truncate: true });
  const { size } = await from.stat();
  const buffer = new Uint8Array(CHUNK_BYTES);
  let at = 0;
  for (const patch of [...patches, { start: size, end: size, bytes: new Uint8Array() }]) {
    for await (const { bytes } of readChunks(from, { start: at, end: patch.start }, { buffer })) {
      await writeAll(copy, bytes);
    }
    await writeAll(copy, patch.bytes);
    at = patch.end;
  }
}
