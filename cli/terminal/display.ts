/**
 * What the command writes while a pipeline runs.
 *
 * @module
 */

/** A standard output. */
export type Stream = typeof Deno.stdout;

/** Writes a text, and returns what has failed where that is known by then. */
type Write = (stream: Stream, text: string) => Error | undefined;

const encoder = new TextEncoder();

/**
 * Lines on standard output and standard error and, where one of them is a terminal, a status line below them that is
 * overwritten in place.
 */
export class Display {
  readonly #terminal: Stream | undefined = terminal();
  readonly #onOutputFailed: (error: Error) => void;
  readonly #write: Write;
  #status = "";

  /** Calls `onOutputFailed` when nobody reads standard output any more; waits for readers unless `write` does not. */
  constructor(onOutputFailed: (error: Error) => void, write: Write = writeNow) {
    this.#onOutputFailed = onOutputFailed;
    this.#write = write;
  }

  /** Whether there is a terminal for {@link status}. */
  get hasStatus(): boolean {
    return this.#terminal !== undefined;
  }

  /** Writes a line of output. */
  print(line: string): void {
    const error = this.#line(Deno.stdout, line);
    if (error !== undefined) this.#onOutputFailed(error);
  }

  /** Writes a line about the run to standard error; one that cannot be written is lost. */
  note(line: string): void {
    this.#line(Deno.stderr, line);
  }

  /** Replaces the status line; an empty one removes it. */
  status(text: string): void {
    if (this.#terminal === undefined || text === this.#status) return;
    this.#status = text;
    this.#write(this.#terminal, `\r${text.slice(0, columns() - 1)}\x1b[K`);
  }

  #line(stream: Stream, line: string): Error | undefined {
    const status = this.#status;
    this.status("");
    const error = this.#write(stream, `${line}\n`);
    this.status(status);
    return error;
  }
}

/** The terminal for the status line; none where a machine reads along. */
function terminal(): Stream | undefined {
  if (readEnv("CI") || readEnv("TERM") === "dumb") return undefined;
  return [Deno.stderr, Deno.stdout].find((stream) => stream.isTerminal());
}

/** Characters in a line of the terminal: a status line that went on in the next one could not be overwritten. */
function columns(): number {
  try {
    // 0 where a terminal does not know
    return Deno.consoleSize().columns || 80;
  } catch {
    return 80;
  }
}

/** A variable that Deno does not permit to read counts as unset, without a question to the user. */
export function readEnv(name: string): string | undefined {
  const { state } = Deno.permissions.querySync({ name: "env", variable: name });
  return state === "granted" ? Deno.env.get(name) : undefined;
}

function writeNow(stream: Stream, text: string): Error | undefined {
  try {
    for (let bytes = encoder.encode(text); bytes.length > 0;) {
      bytes = bytes.subarray(stream.writeSync(bytes));
    }
  } catch (error) {
    return error as Error;
  }
  return undefined;
}

/** Seconds as `0:00:03.4`. */
export function formatTime(sec: number): string {
  const tenths = Math.floor(sec * 10);
  const two = (value: number) => String(value).padStart(2, "0");
  const [hours, minutes, seconds] = [tenths / 36000, tenths / 600 % 60, tenths / 10 % 60].map(
    Math.floor,
  );
  return `${hours}:${two(minutes!)}:${two(seconds!)}.${tenths % 10}`;
}
