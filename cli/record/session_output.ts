/**
 * The output of a recording run.
 *
 * @module
 */
import type { GstError, Message } from "../../mod.ts";
import type { RecordArguments } from "../args/record_arguments.ts";
import { Display } from "../terminal/display.ts";
import { problemLines } from "../terminal/message_lines.ts";
import { OutputQueue } from "../terminal/output_queue.ts";
import { printMessage } from "../terminal/print_message.ts";
import type { TimedEvent } from "./events.ts";
import type { Recorders } from "./recorders.ts";
import { statusEvent } from "./status.ts";
import { eventLine, statusLine } from "./status_line.ts";

/** Milliseconds between two updates of the status line. */
const STATUS_MS = 1000;

/** The events that are printed even if the user wants errors only. */
const SERIOUS: TimedEvent["type"][] = ["failed", "unrecovered", "warning"];

/** Prints events, the status and messages of a run, without waiting for readers. */
export class SessionOutput {
  readonly #options: RecordArguments;
  readonly #queue: OutputQueue;
  readonly #display: Display;

  /** @param onOutputFailed Called when standard output cannot be written to. */
  constructor(options: RecordArguments, onOutputFailed: (error: Error) => void) {
    this.#options = options;
    this.#queue = new OutputQueue((stream, error) => {
      if (stream === Deno.stdout) onOutputFailed(error);
    });
    this.#display = new Display(
      onOutputFailed,
      (stream, text) => void this.#queue.push(stream, text),
    );
  }

  /** Prints a line, unless the user wants errors only. */
  note(line: string): void {
    if (!this.#options.run.quiet) this.warn(line);
  }

  /** Prints a line. */
  warn(line: string): void {
    this.#display.note(`gstp: ${line}`);
  }

  /** Prints an error that ends the run. */
  error(error: GstError): void {
    this.#display.note(problemLines("error", error, this.#options.run.verbose));
  }

  /** Prints the last line of a process that exits at once. */
  finalLine(line: string): void {
    this.#queue.block();
    this.#display.status("");
    this.warn(line);
  }

  /** Prints a message of the pipeline as far as the user wants it. */
  message(message: Message, isFinished: boolean): void {
    printMessage(message, this.#display, { ...this.#options.run, isFinished });
  }

  /** Prints an event. */
  event(event: TimedEvent): void {
    if (this.#options.isJson) this.#display.print(JSON.stringify(event));
    else if (SERIOUS.includes(event.type)) this.warn(eventLine(event));
    else this.note(eventLine(event));
  }

  /** Shows the status until disposed: on the terminal or, if the user wants them, as lines of JSON. */
  showStatus(recorders: Recorders): Disposable {
    const { isJson } = this.#options;
    const ms = this.#statusMs();
    let isDisposed = false;
    const update = async () => {
      const status = await recorders.status();
      if (isDisposed) return;
      if (isJson) this.#display.print(JSON.stringify(statusEvent(status)));
      else this.#display.status(statusLine(status));
    };
    const timer = ms && setInterval(() => void update().catch(() => {}), ms);
    return {
      [Symbol.dispose]: () => {
        isDisposed = true;
        clearInterval(timer);
        this.#display.status("");
      },
    };
  }

  /** Milliseconds between two statuses; undefined for none. */
  #statusMs(): number | undefined {
    const { isJson, statusSec } = this.#options;
    if (isJson) return statusSec && statusSec * 1000;
    return this.#display.hasStatus ? STATUS_MS : undefined;
  }

  /** Resolves once the output is read, or after a second. */
  async flush(): Promise<void> {
    await this.#queue.flush();
  }
}
