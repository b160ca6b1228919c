/**
 * Output that holds up nobody.
 *
 * @module
 */
import type { Stream } from "./display.ts";

/** Bytes that may wait for somebody to read them. */
const MAX_BYTES = 1_000_000;
/** Milliseconds that the end waits for them. */
const FLUSH_MS = 1000;

const encoder = new TextEncoder();

/** Something to write. */
interface Piece {
  stream: Stream;
  bytes: Uint8Array;
}

/**
 * Writes in order to standard output and standard error, in the background: a terminal that is held (Ctrl-S) and a reader
 * that does not read would hold up everything otherwise, the clips among it. What they are too late for is lost.
 */
export class OutputQueue {
  readonly #onFailed: (stream: Stream, error: Error) => void;
  readonly #pieces: Piece[] = [];
  #bytes = 0;
  #lost = 0;
  #isHurried = false;
  #writing: Promise<void> | undefined;

  /** Calls `onFailed` when nobody can read a stream any more. */
  constructor(onFailed: (stream: Stream, error: Error) => void) {
    this.#onFailed = onFailed;
  }

  /** Writes a text as soon as those before it are written. */
  push(stream: Stream, text: string): void {
    const bytes = encoder.encode(text);
    if (bytes.length === 0) return;
    if (this.#isHurried) return this.#writing === undefined ? writeNow(stream, bytes) : undefined;
    if (this.#bytes + bytes.length > MAX_BYTES) {
      this.#lost += bytes.length;
      return;
    }
    this.#pieces.push({ stream, bytes });
    this.#bytes += bytes.length;
    this.#writing ??= this.#write();
  }

  async #write(): Promise<void> {
    for (let piece; (piece = this.#pieces[0]) !== undefined;) {
      const { stream, bytes } = piece;
      try {
        for (let rest = bytes; rest.length > 0;) rest = rest.subarray(await stream.write(rest));
      } catch (error) {
        this.#onFailed(stream, error as Error);
      }
      this.#pieces.shift();
      this.#bytes -= bytes.length;
      if (this.#pieces.length === 0) this.#tellLost();
    }
    // at once: a piece that comes after the last look has to begin anew
    this.#writing = undefined;
  }

  #tellLost(): void {
    const lost = this.#lost;
    this.#lost = 0;
    if (lost > 0) this.push(Deno.stderr, `gstp: nobody read the output: ${lost} bytes are lost\n`);
  }

  /** Resolves once all is written, or nobody has read it for a second. */
  async flush(): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<void>((resolve) => timer = setTimeout(resolve, FLUSH_MS));
    await Promise.race([this.#writing, late]);
    clearTimeout(timer);
  }

  /** The process is about to end: from now on, texts are written at once, or not at all where others wait. */
  hurry(): void {
    this.#isHurried = true;
  }
}

/** Writes at once what others may not want any more. */
function writeNow(stream: Stream, bytes: Uint8Array): void {
  try {
    stream.writeSync(bytes);
  } catch { /* nobody reads it */ }
}
