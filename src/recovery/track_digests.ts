/**
 * Digests of the frames of a file's tracks.
 *
 * @module
 */
import { createHash, type Hash } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import { CHUNK_BYTES, readChunks, type Span } from "./file_io.ts";

/**
 * A SHA-256 digest of each track: of the bytes of all its frames in the order in which they are stored. Two files with the
 * same digests hold the same frames, each track's in the same order. How tracks are numbered and interleaved does not
 * matter, and neither does how audio frames are divided, which demuxers may join.
 */
export class TrackDigests {
  readonly #hashes = new Map<number, Hash>();
  /** What is read of a file: a new array for each frame would fill the memory faster than it is freed. */
  #buffer: Uint8Array<ArrayBuffer> | undefined;
  #bytes = 0;
  /** The bytes after which the event loop runs, as recorders may be at work in this process. */
  #turnAt = CHUNK_BYTES;

  /** The bytes of all frames so far. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Adds a frame to the end of a track. */
  add(track: number, frame: Uint8Array): void {
    if (frame.length === 0) return;
    let hash = this.#hashes.get(track);
    if (hash === undefined) this.#hashes.set(track, hash = createHash("sha256"));
    hash.update(frame);
    this.#bytes += frame.length;
  }

  /** Adds a frame where it is in a file. Only one call may be under way. */
  async addFrom(file: Deno.FsFile, track: number, frame: Span): Promise<void> {
    const buffer = this.#buffer ??= new Uint8Array(CHUNK_BYTES);
    for await (const { bytes } of readChunks(file, frame, { buffer })) this.add(track, bytes);
    if (this.#bytes < this.#turnAt) return;
    await setImmediate();
    this.#turnAt = this.#bytes + CHUNK_BYTES;
  }

  /** Returns the digests of the tracks that hold anything, in hexadecimal, sorted. May be called once. */
  finish(): string[] {
    return [...this.#hashes.values()].map((hash) => hash.digest("hex")).sort();
  }
}
