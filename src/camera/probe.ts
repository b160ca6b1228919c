/**
 * Running a pipeline for a moment, to find out what a source sends.
 *
 * @module
 */
import type { GstError } from "../../ffi/errors.ts";
import type { Message } from "../gst/message.ts";
import { Pipeline } from "../pipeline.ts";
import { poll } from "../util/poll.ts";

const RESOURCE_ERROR = "gst-resource-error-quark";
/** GST_RESOURCE_ERROR_READ (GStreamer: Core Library, "GstGError"). */
const READ = 9;

/**
 * Seconds that an element gets to report the failure of an operation, such as a request that is not answered: it has a limit of
 * its own, and a busy machine may be late.
 */
const MARGIN_SEC = 5;
/** The type and the code of an operation, in a progress message. */
const PROGRESS = /\btype=\(GstProgressType\)(\w+), code=\(string\)(\w+)/;

/** A pipeline that runs until it is disposed. */
export class Probe implements AsyncDisposable {
  /** The pipeline, which is playing. */
  readonly pipeline: Pipeline;
  #failure: GstError | undefined;
  /** When the last message came, as `performance.now()` counts. */
  #messageMs = 0;
  /** The codes of the operations that go on. */
  readonly #operations = new Set<string>();
  readonly #watching: Promise<void>;

  private constructor(text: string) {
    this.pipeline = Pipeline.parse(text);
    this.#watching = this.#watch();
  }

  /**
   * Starts a pipeline.
   *
   * @param text Elements, properties and links; see {@link Pipeline.parse}.
   * @param timeoutSec Seconds to wait until it is playing.
   * @throws {GstParseError} If the text cannot be parsed, or names an element that is not installed.
   * @throws {GstError} If an element fails.
   * @throws {GstTimeoutError} If the pipeline is not playing in time.
   */
  static async start(text: string, timeoutSec: number): Promise<Probe> {
    const probe = new Probe(text);
    try {
      await probe.pipeline.play({ timeoutSec });
    } catch (error) {
      await probe[Symbol.asyncDispose]();
      throw error;
    }
    return probe;
  }

  /**
   * Resolves with true once a condition holds, or with false once it has not and no message has come for `quietSec` seconds. While
   * an operation goes on, such as a request, this waits for its outcome.
   *
   * @throws {GstError} If an element fails, or a server closes the connection.
   */
  async until(quietSec: number, holds: () => boolean): Promise<boolean> {
    let isDone = false;
    const isOver = () => this.#failure !== undefined || this.#quietSec() >= quietSec;
    this.#messageMs = performance.now();
    await poll(Infinity, () => (isDone = holds()) || isOver());
    if (this.#failure !== undefined) throw this.#failure;
    return isDone;
  }

  /** The seconds since the last message, less the margin of an operation. */
  #quietSec(): number {
    const sec = (performance.now() - this.#messageMs) / 1000;
    return this.#operations.size > 0 ? sec - MARGIN_SEC : sec;
  }

  /** Stops and frees the pipeline. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.pipeline.close();
    await this.#watching;
  }

  async #watch(): Promise<void> {
    for await (const message of this.pipeline.bus.messages()) {
      this.#messageMs = performance.now();
      if (isFailure(message)) this.#failure ??= message.error;
      if (message.type === "progress") this.#follow(message.structure ?? "");
    }
  }

  #follow(progress: string): void {
    const [, type, code = ""] = PROGRESS.exec(progress) ?? [];
    if (type === "start") this.#operations.add(code);
    else if (type !== "continue") this.#operations.delete(code);
  }
}

/** Returns whether a message ends the stream. That a server has closed the connection is but a warning of rtspsrc. */
function isFailure(message: Message): message is Message & { error: GstError } {
  if (message.type === "error") return true;
  if (message.type !== "warning") return false;
  return message.error.domain === RESOURCE_ERROR && message.error.code === READ;
}
