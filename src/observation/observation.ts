/**
 * Frames at an element, in JavaScript: what an extractor finds in them goes to a processor.
 *
 * @module
 */
import { checkCount, checkFunction, checkObject } from "../util/check.ts";
import { AppSink } from "../app/app_sink.ts";
import { GstClosedError } from "../util/errors.ts";
import type { FrameData } from "../app/frame_data.ts";
import { ObservationError } from "./errors.ts";
import { Pipeline } from "../pipeline.ts";
import { Tap } from "./tap.ts";

/**
 * Finds something in a frame. What it returns goes to the processor; `undefined` is nothing. While it works, frames wait
 * and the oldest are dropped.
 */
export interface Extractor<T = unknown> {
  (frame: FrameData): T | undefined | Promise<T | undefined>;
}

/** Does something with what an extractor has found, one after another. While it works, the extractor goes on. */
export interface Processor<T = unknown> {
  (data: T): void | Promise<void>;
}

/** What to observe, and what to do with it. */
export interface ObservationOptions<T> {
  /** The pipeline, not started yet. */
  pipeline: Pipeline;
  /** Name of the element whose source pad is observed. */
  elementName: string;
  /** Gets the frames. */
  extractor: Extractor<T>;
  /** Gets what the extractor returns. */
  processor: Processor<T>;
  /** Frames that wait for the extractor at most; 4 unless told. The oldest is dropped for a new one. */
  maxFrames?: number;
  /** Results that wait for the processor at most; 100 unless told. The oldest is dropped for a new one. */
  maxResults?: number;
  /** Takes an error of the extractor or the processor; it is printed unless told. If it throws, the observation ends. */
  onError?: (error: ObservationError) => void;
}

/** What an observation has come to. */
export interface ObservationReport {
  /** Frames that the extractor got. */
  frames: number;
  /** Frames that it did not get, as it was slow. */
  droppedFrames: number;
  /** Results that the processor got. */
  results: number;
  /** Results that it did not get, as it was slow. */
  droppedResults: number;
  /** Times that one of them failed. */
  errors: number;
}

/**
 * Observes the frames that leave an element, without a change of the pipeline's text or pace: slow code drops frames or
 * results, and its errors stop nothing. It ends with the pipeline's run.
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
  /** What the processor has not got yet, oldest first. */
  readonly #queue: T[] = [];
  /** Resolves when there is more to process, or nothing will come any more. */
  #more = Promise.withResolvers<void>();
  #isOver = false;
  #isAwaited = false;
  #frames = 0;
  #results = 0;
  #droppedResults = 0;
  #errors = 0;

  /**
   * Observes an element from the pipeline's start on.
   *
   * @throws {TypeError} if an option has the wrong type.
   * @throws {RangeError} if there is no such element, or a number is out of range.
   * @throws {GstError} if the pipeline is started, or the element does not have one source pad that is linked.
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
      const isTold = error instanceof GstClosedError || error === pipeline.failure;
      if (!this.#isAwaited && !isTold) console.error(error);
    });
  }

  /**
   * Resolves when the last frame has been seen and all results are processed. Rejects with the {@link GstError} of an
   * element that failed, or a {@link GstClosedError} where the pipeline was stopped before the end of the stream. An error
   * that nobody awaits and the pipeline does not tell is printed.
   */
  get finished(): Promise<ObservationReport> {
    this.#isAwaited = true;
    return this.#finished;
  }

  /** What it has come to so far. */
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
    const processed = this.#process();
    processed.catch(() => this.close());
    try {
      for await (const frame of this.#sink) await this.#extract(frame);
    } finally {
      this.#isOver = true;
      this.#more.resolve();
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
      if (this.#queue.length > maxResults) {
        this.#queue.shift();
        this.#droppedResults++;
      }
      this.#more.resolve();
    });
  }

  /** Hands results to the processor until there will be no more. */
  async #process(): Promise<void> {
    const { processor } = this.#options;
    for (;;) {
      while (this.#queue.length > 0) {
        const data = this.#queue.shift()!;
        this.#results++;
        await this.#callUser("processor", async () => await processor(data));
      }
      if (this.#isOver) return;
      await this.#more.promise;
      this.#more = Promise.withResolvers();
    }
  }

  /** Runs the user's code, whose errors are told and stop nothing. */
  async #callUser(role: "extractor" | "processor", call: () => Promise<void>): Promise<void> {
    try {
      await call();
    } catch (cause) {
      this.#errors++;
      this.#options.onError(new ObservationError(role, cause));
    }
  }

  /**
   * Ends it after the frame and the result under way; {@link finished} resolves then. What waits is dropped. May be
   * called twice.
   */
  close(): void {
    this.#droppedResults += this.#queue.splice(0).length;
    this.#sink.close();
  }

  /** Same as {@link close}. */
  [Symbol.dispose](): void {
    this.close();
  }
}

function completeOptions<T>(options: ObservationOptions<T>): Required<ObservationOptions<T>> {
  checkObject("options", options);
  const { maxFrames = 4, maxResults = 100, onError = console.error, ...required } = options;
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
