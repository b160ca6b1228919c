/**
 * Running a pipeline until it ends.
 *
 * @module
 */
import type { MessageStream } from "./gst/bus.ts";
import type { Message } from "./gst/message.ts";
import { blockTees } from "./gst/pad_block.ts";
import { Pipeline, type StopOptions } from "./pipeline.ts";
import { checkFunction, checkObject, checkSec } from "./util/check.ts";
import { reportUnhandled } from "./util/report_error.ts";

/** Options of {@link Standalone.buildAndRun}. */
export interface StandaloneOptions {
  /** Whether to resolve once the pipeline is playing, instead of at the end of the stream. Defaults to `false`. */
  background?: boolean;
  /** Seconds to wait until the pipeline is playing; `Infinity` for no limit. Defaults to 30. */
  startTimeoutSec?: number;
  /** Seconds that {@link Standalone.stop} waits until EOS has reached all sinks. Defaults to 5. */
  stopTimeoutSec?: number;
  /** Stops the pipeline when aborted, as by {@link Standalone.stop}. */
  signal?: AbortSignal;
  /** Called with the pipeline before it starts, for example to create an {@link AppSrc} or an {@link Observation}. */
  beforeStart?: (pipeline: Pipeline) => void;
  /** Called with each message of the bus, from the first on. If it throws, the pipeline is closed, and `ended` rejects. */
  onMessage?: (message: Message) => void;
  /** Whether to post a `property-notify` message for each change of an element's property. Defaults to `false`. */
  watchProperties?: boolean;
}

/**
 * Runs a pipeline to its end: starts it, reads its bus, and frees it at the end of the stream or at an error.
 *
 * @example Run in the background
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
 * @example Run to the end of the stream
 * ```ts
 * import { Standalone } from "@gstp/gstp";
 *
 * await Standalone.buildAndRun("videotestsrc num-buffers=30 ! fakesink");
 * ```
 */
export class Standalone implements AsyncDisposable {
  /** The pipeline. It is closed at the end of the stream, at an error and by {@link stop}. */
  readonly pipeline: Pipeline;
  readonly #stopTimeoutSec: number;
  readonly #onMessage: (message: Message) => void;
  readonly #messages: MessageStream;
  #ended: Promise<void> = Promise.resolve();
  #isAwaited = false;
  #isStarted = false;
  /** Unblocks the tees. */
  #unblock = () => {};
  /** Whether EOS or an error has come, or the bus is no longer read. */
  #isOver = false;
  #stopping: Promise<void> | undefined;

  /**
   * @internal
   * @ignore
   */
  private constructor(pipeline: Pipeline, stopTimeoutSec: number, options: StandaloneOptions) {
    this.pipeline = pipeline;
    this.#stopTimeoutSec = stopTimeoutSec;
    this.#onMessage = options.onMessage ?? (() => {});
    this.#messages = pipeline.bus.messages();
  }

  /**
   * Parses a pipeline and runs it. Resolves at the end of the stream or, with `background`, once the pipeline is playing.
   *
   * Attach recorders right after `await`, before anything else is awaited: until then, `background` blocks the tees of a
   * pipeline that is not live, so that no frame passes. Only frames that queues behind a tee took during preroll (up to a
   * second each by default) have passed before; a recorder created in `beforeStart` gets those, too.
   *
   * @param description Elements, properties and links; see {@link Pipeline.parse}.
   * @throws {TypeError} If an option has the wrong type.
   * @throws {RangeError} If a number of seconds is negative or NaN.
   * @throws {GstParseError} If the text cannot be parsed, or names an element that is not installed.
   * @throws {GstError} If an element fails during the start or, in the foreground, later.
   * @throws {GstTimeoutError} If the pipeline is not playing within `startTimeoutSec` seconds.
   * @throws The reason of `signal` if that is aborted before the pipeline is playing, and what `beforeStart` or `onMessage`
   * throws.
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
    // a failure also rejects `ended`
    const onAbort = () => void app.stop().catch(() => {});
    options.signal?.addEventListener("abort", onAbort);
    if (options.watchProperties) pipeline.watchProperties();
    app.#ended = app.#watch();
    app.#ended.catch((error) => {
      if (app.#isStarted && !app.#isAwaited) reportUnhandled(error);
    }).finally(() => options.signal?.removeEventListener("abort", onAbort));
    try {
      options.beforeStart?.(pipeline);
      await app.#start(startTimeoutSec, options.background ?? false);
    } catch (error) {
      await app.#close();
      await app.#ended; // rejects if an element has failed before
      options.signal?.throwIfAborted();
      throw error;
    }
    if (!options.background) await app.ended;
    return app;
  }

  /** Same as {@link buildAndRun}; the name is that of the Python library pythiags. */
  static cliRun(description: string, options: StandaloneOptions = {}): Promise<Standalone> {
    return Standalone.buildAndRun(description, options);
  }

  /**
   * Resolves at the end of the stream or when the pipeline is stopped; rejects with the {@link GstError} of an element that
   * fails before. In both cases the pipeline is already closed.
   *
   * If this is never read, an error is dispatched as an `error` event on `globalThis`, as by `reportError()`. It is printed
   * unless a listener calls `preventDefault()`, and does not end the process.
   */
  get ended(): Promise<void> {
    this.#isAwaited = true;
    return this.#ended;
  }

  /**
   * Sends EOS, waits until it has reached all sinks, and closes the pipeline. May be called twice.
   *
   * @throws {TypeError} If an option has the wrong type.
   * @throws {RangeError} If `timeoutSec` is negative or NaN.
   * @throws {GstError} If an element fails to stop.
   */
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

  async #start(timeoutSec: number, blocksTees: boolean): Promise<void> {
    await this.pipeline.pause({ timeoutSec });
    const unblock = blocksTees && !this.pipeline.isLive
      ? blockTees(this.pipeline.unsafeHandle)
      : undefined;
    try {
      await this.pipeline.play({ timeoutSec });
    } catch (error) {
      unblock?.();
      throw error;
    }
    this.#isStarted = true;
    if (unblock === undefined) return;
    const timer = setTimeout(unblock);
    this.#unblock = () => {
      clearTimeout(timer);
      unblock();
    };
  }

  #closePipeline(): Promise<void> {
    this.#unblock();
    return this.pipeline.close();
  }

  async #close(): Promise<void> {
    await this.#closePipeline();
    this.#messages.return();
  }

  /** Reads the bus until the stream ends, an element fails or the pipeline is closed. */
  async #watch(): Promise<void> {
    try {
      for await (const message of this.#messages) {
        this.#onMessage(message);
        // after EOS, an error of an element that is stopping, such as a camera that disconnects, does not matter
        if (message.type === "error" && !this.#isOver) throw message.error;
        if (message.type === "eos") {
          this.#isOver = true;
          // otherwise stop() closes the pipeline
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
