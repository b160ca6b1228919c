/**
 * Non-blocking output with a bounded queue.
 *
 * @module
 */
import type { Stream } from "./display.ts";

/** The bytes that may wait for a reader. */
const MAX_BYTES = 1_000_000;
/** Milliseconds after which a write that is under way shows that nobody reads. */
const STUCK_MS = 500;
/** Milliseconds that {@link OutputQueue.flush} waits for a reader. */
const FLUSH_MS = 1000;

const encoder = new TextEncoder();

/** A text on its way. */
interface Chunk {
  stream: Stream;
  bytes: Uint8Array;
}

/**
 * Writes texts to standard output and standard error in order, in the background. A terminal that is held (Ctrl-S) or a
 * reader that does not read would block the process otherwise, and with it the recording. Texts beyond a megabyte are lost.
 */
export class OutputQueue {
  readonly #onFailed: (stream: Stream, error: Error) => void;
  readonly #chunks: Chunk[] = [];
  #bytes = 0;
  #lostBytes = 0;
  #isBlocking = false;
  #writing: Promise<void> | undefined;
  /** When the write that is under way began. */
  #writingSinceMs = 0;

  /** @param onFailed Called when a stream cannot be written to. */
  constructor(onFailed: (stream: Stream, error: Error) => void) {
    this.#onFailed = onFailed;
  }

  /** Queues a text. */
  push(stream: Stream, text: string): void {
    const bytes = encoder.encode(text);
    if (bytes.length === 0) return;
    if (this.#isBlocking) {
      if (this.#writing === undefined || !this.#isStuck()) writeSync(stream, bytes);
      return;
    }
    if (this.#bytes + bytes.length > MAX_BYTES) {
      this.#lostBytes += bytes.length;
      return;
    }
    this.#chunks.push({ stream, bytes });
    this.#bytes += bytes.length;
    this.#writing ??= this.#writeAll();
  }

  async #writeAll(): Promise<void> {
    for (let chunk; (chunk = this.#chunks[0]) !== undefined;) {
      const { stream, bytes } = chunk;
      try {
        for (let rest = bytes; rest.length > 0;) {
          this.#writingSinceMs = performance.now();
          rest = rest.subarray(await stream.write(rest));
        }
      } catch (error) {
        this.#onFailed(stream, error as Error);
      }
      this.#chunks.shift();
      this.#bytes -= bytes.length;
      if (this.#chunks.length === 0) this.#reportLost();
    }
    // without an await in between: a text pushed after the last look starts a new round
    this.#writing = undefined;
  }

  #isStuck(): boolean {
    return performance.now() - this.#writingSinceMs > STUCK_MS;
  }

  #reportLost(): void {
    const lost = this.#lostBytes;
    this.#lostBytes = 0;
    if (lost > 0) this.push(Deno.stderr, `gstp: output was not read: ${lost} bytes are lost\n`);
  }

  /** Resolves once the queue is empty, or after a second. */
  async flush(): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const timeout = new Promise<void>((resolve) => timer = setTimeout(resolve, FLUSH_MS));
    await Promise.race([this.#writing, timeout]);
    clearTimeout(timer);
  }

  /** Writes texts at once from now on, for a process that is about to exit; they are lost if nobody reads. */
  block(): void {
    this.#isBlocking = true;
  }
}

function writeSync(stream: Stream, bytes: Uint8Array): void {
  try {
    stream.writeSync(bytes);
  } catch { /* the reader has ended */ }
}
