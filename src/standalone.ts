/**
 * A pipeline that runs by itself.
 *
 * @module
 */
import { checkFunction, checkObject, checkSec } from "./util/check.ts";
import type { MessageStream } from "./gst/bus.ts";
import { blockTees } from "./gst/pad_block.ts";
import type { Message } from "./gst/message.ts";
import { Pipeline, type StopOptions } from "./pipeline.ts";

/** How to run a pipeline. */
export interface StandaloneOptions {
  /** True: resolve once it is playing. False: resolve at the end of the stream. False unless told. */
  background?: boolean;
  /** Seconds to wait until it is playing; 30 unless told. */
  startTimeoutSec?: number;
  /** Seconds that {@link Standalone.stop} waits for EOS to reach all sinks; 5 unless told. */
  stopTimeoutSec?: number;
  /** Stops it, as {@link Standalone.stop} does. */
  signal?: AbortSignal;
  /** Gets the pipeline before it starts, for what must be there by then, such as an {@link AppSrc}. */
  beforeStart?: (pipeline: Pipeline) => void;
  /** Sees every message of the bus, from the first on. */
  onMessage?: (message: Message) => void;
  /** Post a `property-notify` message for every change of any element's property. */
  watchProperties?: boolean;
}

/**
 * Runs a pipeline and looks after it: reads its bus, frees it when it has ended.
 *
 * @example In the background
 * ```ts
 * import { Standalone } from "@gstp/gstp";
 * import { assertEquals } from "@std/assert";
 *
 * await using app = await Standalone.buildAndRun(
 *   "videotestsrc is-live=true ! video/x-raw,framerate=30/1 ! tee name=t1 t1. ! fakesink",
 *   { background: true },
 * );
 * assertEquals(app.pipeline.state, "playing");
 * ```
 *
 * @example To the end of the stream
 * ```ts
 * import { Standalone } from "@gstp/gstp";
 *
 * await Standalone.buildAndRun("videotestsrc num-buffers=30 ! fakesink");
 * ```
 */
export class Standalone implements AsyncDisposable {
  /** The pipeline; closed once it has ended. */
  readonly pipeline: Pipeline;
  readonly #stopTimeoutSec: number;
  readonly #onMessage: (message: Message) => void;
  readonly #messages: MessageStream;
  #ended: Promise<void> = Promise.resolve();
  #isAwaited = false;
  #isStarted = false;
  /** Lets go of the tees that are held, at once. */
  #release = () => {};
  /** True once EOS or an error was seen, or the bus is no longer read. */
  #isOver = false;
  #stopping: Promise<void> | undefined;

  private constructor(pipeline: Pipeline, stopTimeoutSec: number, options: StandaloneOptions) {
    this.pipeline = pipeline;
    this.#stopTimeoutSec = stopTimeoutSec;
    this.#onMessage = options.onMessage ?? (() => {});
    this.#messages = pipeline.bus.messages();
  }

  /**
   * Builds a pipeline from text and runs it.
   *
   * In the background, buffers wait in front of a non-live pipeline's tees for the turn of the event loop in which this
   * resolves, so that a recorder attached right then misses none of them. Queues behind the tee may have filled up by
   * then, with a second of the stream each unless told otherwise: a recorder attached in `beforeStart` has that, too.
   *
   * @throws {TypeError} if an option has the wrong type.
   * @throws {GstParseError} if the text cannot be parsed or names an element that is not installed.
   * @throws {GstError} if an element fails on the way to playing or, in the foreground, later.
   * @throws {GstTimeoutError} if it does not play in time.
   */
  static async buildAndRun(
    description: string,
    options: StandaloneOptions = {},
  ): Promise<Standalone> {
    checkOptions(options);
    options.signal?.throwIfAborted();
    const startTimeoutSec = checkSec("startTimeoutSec", options.startTimeoutSec ?? 30);
    const stopTimeoutSec = checkSec("stopTimeoutSec", options.stopTimeoutSec ?? 5);
    const pipeline = Pipeline.parse(description);
    const app = new Standalone(pipeline, stopTimeoutSec, options);
    // a failure rejects `ended`, too
    const onAbort = () => void app.stop().catch(() => {});
    options.signal?.addEventListener("abort", onAbort);
    if (options.watchProperties) pipeline.watchProperties();
    app.#ended = app.#watch();
    app.#ended.catch((error) => {
      if (app.#isStarted && !app.#isAwaited) console.error(error);
    }).finally(() => options.signal?.removeEventListener("abort", onAbort));
    try {
      options.beforeStart?.(pipeline);
      await app.#start(startTimeoutSec, options.background ?? false);
    } catch (error) {
      await app.#close();
      await app.#ended; // rejects with an element's error, where one came first
      options.signal?.throwIfAborted();
      throw error;
    }
    if (!options.background) await app.ended;
    return app;
  }

  /** Same as {@link buildAndRun}, under the name that the Python library has for it. */
  static cliRun(description: string, options: StandaloneOptions = {}): Promise<Standalone> {
    return Standalone.buildAndRun(description, options);
  }

  /**
   * Resolves at the end of the stream or when stopped, rejects with the {@link GstError} of an element that failed
   * before that; in both cases the pipeline is closed by then. An error that nobody awaits is printed.
   */
  get ended(): Promise<void> {
    this.#isAwaited = true;
    return this.#ended;
  }

  /** Sends EOS, waits for it (bounded), then closes the pipeline. May be called twice. */
  async stop(options: StopOptions = {}): Promise<void> {
    checkObject("options", options);
    const timeoutSec = checkSec("timeoutSec", options.timeoutSec ?? this.#stopTimeoutSec);
    await (this.#stopping ??= this.#stop(timeoutSec));
  }

  async #stop(timeoutSec: number): Promise<void> {
    try {
      if (!this.#isOver) await this.pipeline.stop({ timeoutSec });
    } finally {
      await this.#close();
    }
  }

  /** Same as {@link stop}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #start(timeoutSec: number, isHeld: boolean): Promise<void> {
    await this.pipeline.pause({ timeoutSec });
    const release = isHeld && !this.pipeline.isLive
      ? blockTees(this.pipeline.unsafeHandle)
      : undefined;
    try {
      await this.pipeline.play({ timeoutSec });
    } catch (error) {
      release?.();
      throw error;
    }
    this.#isStarted = true;
    if (release === undefined) return;
    const turn = setTimeout(release);
    this.#release = () => {
      clearTimeout(turn);
      release();
    };
  }

  #closePipeline(): Promise<void> {
    this.#release();
    return this.pipeline.close();
  }

  async #close(): Promise<void> {
    await this.#closePipeline();
    this.#messages.return();
  }

  /** Follows the bus until the stream ends, an element fails or the pipeline is closed. */
  async #watch(): Promise<void> {
    try {
      for await (const message of this.#messages) {
        this.#onMessage(message);
        // of an element that is being stopped, such as a camera's that hangs up, after all sinks have got all
        if (message.type === "error" && !this.#isOver) throw message.error;
        if (message.type === "eos") {
          this.#isOver = true;
          // stop() closes the pipeline itself
          if (this.#stopping === undefined) await this.#closePipeline();
        }
      }
    } finally {
      this.#isOver = true;
      await (this.#stopping ?? this.#closePipeline());
    }
  }
}

function checkOptions(options: StandaloneOptions): void {
  checkObject("options", options);
  const { signal, onMessage, beforeStart } = options;
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw new TypeError("signal must be an AbortSignal");
  }
  if (onMessage !== undefined) checkFunction("onMessage", onMessage);
  if (beforeStart !== undefined) checkFunction("beforeStart", beforeStart);
  for (const name of ["background", "watchProperties"] as const) {
    const value = options[name];
    if (value !== undefined && typeof value !== "boolean") {
      throw new TypeError(`${name} must be true or false`);
    }
  }
}
