/**
 * Running your own code on the frames at an element.
 *
 * @module
 */
import { AppSink } from "../app/app_sink.ts";
import type { FrameData } from "../app/frame_data.ts";
import { Pipeline } from "../pipeline.ts";
import { AsyncQueue } from "../util/async_queue.ts";
import { checkCount, checkFunction, checkObject } from "../util/check.ts";
import { GstClosedError } from "../util/errors.ts";
import { reportUnhandled } from "../util/report_error.ts";
import { ObservationError } from "./errors.ts";
import { Tap } from "./tap.ts";

/**
 * Analyzes a frame. A result other than `undefined` goes to the processor. While it runs, up to `maxFrames` new frames are
 * queued, and the oldest are dropped.
 */
export interface Extractor<T = unknown> {
  (frame: FrameData): T | undefined | Promise<T | undefined>;
}

/** Handles the results of an extractor, one after another. The extractor does not wait for it. */
export interface Processor<T = unknown> {
  (data: T): void | Promise<void>;
}

/** Options of {@link Observation}. */
export interface ObservationOptions<T> {
  /** The pipeline; it must not have been started. */
  pipeline: Pipeline;
  /** The name of the element whose source pad is observed. */
  elementName: string;
  /** Called with each frame. */
  extractor: Extractor<T>;
  /** Called with each result of the extractor. */
  processor: Processor<T>;
  /** The maximum number of frames queued for the extractor; a new one replaces the oldest. Defaults to 4. */
  maxFrames?: number;
  /** The maximum number of results queued for the processor; a new one replaces the oldest. Defaults to 100. */
  maxResults?: number;
  /**
   * Called with an error of the extractor or the processor. If it throws, the observation ends.
   *
   * By default, the error is dispatched as an `error` event on `globalThis`, as by `reportError()`. It is printed unless a
   * listener calls `preventDefault()`, and does not end the process.
   */
  onError?: (error: ObservationError) => void;
}

/** The counts of an observation. */
export interface ObservationReport {
  /** Frames passed to the extractor. */
  frames: number;
  /** Frames dropped because the extractor was busy. */
  droppedFrames: number;
  /** Results passed to the processor. */
  results: number;
  /** Results dropped because the processor was busy, or the observation was closed. */
  droppedResults: number;
  /** Errors of the extractor and the processor. */
  errors: number;
}

/**
 * Passes copies of the frames that leave an element to functions of your own, without a change of the pipeline's text. It
 * does not slow the pipeline down: if the functions are slow, frames or results are dropped. Their errors do not stop the
 * pipeline. It ends at the end of the stream, and when the pipeline is stopped.
 *
 * @example
 * ```ts
 * import { Observation, Standalone } from "@gstp/gstp";
 * import { assertEquals } from "@std/assert";
 *
 * const times: number[] = [];
 * let observation: Observation<number>;
 * await using app = await Standalone.buildAndRun(
 *   "videotestsrc num-buffers=3 ! video/x-raw,framerate=10/1 ! identity name=here ! fakesink sync=true",
 *   {
 *     background: true,
 *     beforeStart(pipeline) {
 *       observation = new Observation({
 *         ...{ pipeline, elementName: "here" },
 *         extractor: ({ runningTimeSec }) => Math.round(runningTimeSec! * 10),
 *         processor: (time) => void times.push(time),
 *       });
 *     },
 *   },
 * );
 * await app.ended;
 * const { frames, droppedFrames } = await observation!.finished;
 * assertEquals([times, frames, droppedFrames], [[0, 1, 2], 3, 0]);
 * ```
 */
export class Observation<T> implements Disposable {
  readonly #options: Required<ObservationOptions<T>>;
  readonly #tap: Tap;
  readonly #sink: AppSink;
  readonly #finished: Promise<ObservationReport>;
  /** The results that wait for the processor. */
  readonly #queue = new AsyncQueue<T>();
  #isAwaited = false;
  #frames = 0;
  #results = 0;
  #droppedResults = 0;
  #errors = 0;

  /**
   * Attaches to the source pad of an element. The pipeline must not have been started.
   *
   * @throws {TypeError} If an option has the wrong type.
   * @throws {RangeError} If no element has the name, or a number is out of range.
   * @throws {GstError} If the pipeline is started, or the element does not have exactly one source pad, or it is not linked.
   * @throws {GstClosedError} If the pipeline is closed.
   */
  constructor(options: ObservationOptions<T>) {
    this.#options = completeOptions(options);
    const { pipeline, elementName, maxFrames } = this.#options;
    this.#tap = new Tap(pipeline, elementName);
    try {
      this.#sink = new AppSink({ pipeline, name: this.#tap.sinkName, maxFrames });
    } catch (error) {
      this.#tap.close();
      throw error;
    }
    this.#finished = this.#run();
    this.#finished.catch((error) => {
      const isThePipelines = error instanceof GstClosedError || error === pipeline.failure;
      if (!this.#isAwaited && !isThePipelines) reportUnhandled(error);
    });
  }

  /**
   * Resolves when the last frame is observed and all results are processed. Rejects with the {@link GstError} of an element
   * that fails, with a {@link GstClosedError} if the pipeline is stopped before the end of the stream, or with what `onError`
   * throws.
   *
   * If this is never read, an error that `onError` throws is dispatched as an `error` event, as by default for
   * {@link ObservationOptions.onError}.
   */
  get finished(): Promise<ObservationReport> {
    this.#isAwaited = true;
    return this.#finished;
  }

  /** The counts so far. */
  get report(): ObservationReport {
    return {
      frames: this.#frames,
      droppedFrames: this.#sink.dropped,
      results: this.#results,
      droppedResults: this.#droppedResults,
      errors: this.#errors,
    };
  }

  async #run(): Promise<ObservationReport> {
    const processed = this.#processAll();
    processed.catch(() => this.close());
    try {
      for await (const frame of this.#sink) await this.#extract(frame);
    } finally {
      this.#queue.end();
      await processed;
      this.#tap.close();
    }
    return this.report;
  }

  async #extract(frame: FrameData): Promise<void> {
    const { extractor, maxResults } = this.#options;
    this.#frames++;
    await this.#callUser("extractor", async () => {
      const data = await extractor(frame);
      if (data === undefined) return;
      this.#queue.push(data);
      if (this.#queue.size > maxResults) {
        this.#queue.shift();
        this.#droppedResults++;
      }
    });
  }

  /** Passes results to the processor until the queue ends. */
  async #processAll(): Promise<void> {
    const { processor } = this.#options;
    for (;;) {
      const { done, value } = await this.#queue.next();
      if (done) return;
      this.#results++;
      await this.#callUser("processor", async () => await processor(value));
    }
  }

  /** Calls the user's code; its errors are counted and passed to `onError`. */
  async #callUser(role: "extractor" | "processor", call: () => Promise<void>): Promise<void> {
    try {
      await call();
    } catch (cause) {
      this.#errors++;
      this.#options.onError(new ObservationError(role, cause));
    }
  }

  /**
   * Ends the observation after the current frame and result; {@link finished} resolves then. Queued frames and results are
   * dropped. May be called twice.
   */
  close(): void {
    this.#droppedResults += this.#queue.clear();
    this.#sink.close();
  }

  /** Same as {@link close}. */
  [Symbol.dispose](): void {
    this.close();
  }
}

function completeOptions<T>(options: ObservationOptions<T>): Required<ObservationOptions<T>> {
  checkObject("options", options);
  const { maxFrames = 4, maxResults = 100, onError = reportUnhandled, ...required } = options;
  const { pipeline, elementName, extractor, processor } = required;
  if (!(pipeline instanceof Pipeline)) {
    throw new TypeError("pipeline must be a Pipeline, such as app.pipeline");
  }
  if (typeof elementName !== "string") {
    throw new TypeError("elementName must be the name of an element");
  }
  for (const [name, value] of Object.entries({ extractor, processor, onError })) {
    checkFunction(name, value);
  }
  checkCount("maxFrames", maxFrames);
  checkCount("maxResults", maxResults);
  return { ...required, maxFrames, maxResults, onError };
}
