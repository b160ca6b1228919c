/**
 * The output of a command while a pipeline runs.
 *
 * @module
 */
import { readEnv } from "../args/env.ts";
import { printable, printableText } from "./print.ts";

/** Standard output or standard error. */
export type Stream = typeof Deno.stdout;

/** Writes a text; returns an error that is known by then. */
type Write = (stream: Stream, text: string) => Error | undefined;

const encoder = new TextEncoder();

/**
 * Writes lines to standard output and standard error and, if one of them is a terminal, a status line below them, which is
 * overwritten in place.
 */
export class Display {
  readonly #terminal: Stream | undefined = statusTerminal();
  readonly #onOutputFailed: (error: Error) => void;
  readonly #write: Write;
  #status = "";

  /**
   * @param onOutputFailed Called when standard output cannot be written to, such as a pipe whose reader has ended.
   * @param write How to write. Defaults to writing at once, which waits for the reader.
   */
  constructor(onOutputFailed: (error: Error) => void, write: Write = writeSync) {
    this.#onOutputFailed = onOutputFailed;
    this.#write = write;
  }

  /** Whether there is a terminal for {@link status}. */
  get hasStatus(): boolean {
    return this.#terminal !== undefined;
  }

  /** Writes a line to standard output. */
  print(line: string): void {
    const error = this.#writeLine(Deno.stdout, line);
    if (error !== undefined) this.#onOutputFailed(error);
  }

  /** Writes a line about the run to standard error; a line that cannot be written is lost. */
  note(line: string): void {
    this.#writeLine(Deno.stderr, line);
  }

  /** Replaces the status line; an empty text removes it. */
  status(text: string): void {
    if (this.#terminal === undefined || text === this.#status) return;
    this.#status = text;
    this.#write(this.#terminal, `\r${printable(text).slice(0, columns() - 1)}\x1b[K`);
  }

  #writeLine(stream: Stream, line: string): Error | undefined {
    const status = this.#status;
    this.status("");
    const error = this.#write(stream, `${printableText(line)}\n`);
    this.status(status);
    return error;
  }
}

/** The terminal for the status line; undefined in a CI job, whose log would keep each of its states. */
function statusTerminal(): Stream | undefined {
  if (readEnv("CI") || readEnv("TERM") === "dumb") return undefined;
  return [Deno.stderr, Deno.stdout].find((stream) => stream.isTerminal());
}

/** The width of the terminal: a status line that wraps could not be overwritten. */
function columns(): number {
  try {
    // 0 if the terminal does not know
    return Deno.consoleSize().columns || 80;
  } catch {
    return 80;
  }
}

function writeSync(stream: Stream, text: string): Error | undefined {
  try {
    for (let bytes = encoder.encode(text); bytes.length > 0;) {
      bytes = bytes.subarray(stream.writeSync(bytes));
    }
  } catch (error) {
    return error as Error;
  }
  return undefined;
}
