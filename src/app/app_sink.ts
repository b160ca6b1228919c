/**
 * Frames from a pipeline to JavaScript.
 *
 * @module
 */
import type { GstError } from "../../ffi/errors.ts";
import { gstApp } from "../../ffi/gst.ts";
import { readStructureProperty, setProperty } from "../gst/properties.ts";
import { readUint64 } from "../gst/structure.ts";
import type { Pipeline } from "../pipeline.ts";
import { AdaptivePoll } from "../util/adaptive_poll.ts";
import { checkCount, checkObject } from "../util/check.ts";
import { Mutex } from "../util/mutex.ts";
import { AppElement } from "./app_element.ts";
import { type FrameData, FrameReader } from "./frame_data.ts";

/** Options of {@link AppSink}. */
export interface AppSinkOptions {
  /** The pipeline with the appsink. */
  pipeline: Pipeline;
  /** The appsink's name. */
  name: string;
  /**
   * Whether to block the pipeline, instead of dropping the oldest frame, when `maxFrames` frames are queued. Without a
   * `queue` in front of the appsink, this also blocks the other branches of a tee. Defaults to `false`.
   */
  every?: boolean;
  /** The maximum number of frames that the appsink queues. With 1, the loop gets only the newest frame. Defaults to 4. */
  maxFrames?: number;
}

/**
 * Copies of the frames that arrive at an `appsink`, as an asynchronous iterator. It ends at the end of the stream, and
 * rejects with the error of an element that fails. After `break`, the appsink drops its frames and does not block the
 * pipeline.
 *
 * No JavaScript runs in GStreamer's threads. While the loop waits for a frame, a timer polls the appsink, at an interval
 * that follows the frame rate: a frame is delayed by about an eighth of the time between two frames.
 *
 * Before this object is created, an appsink queues all frames: create it before the pipeline plays, or set `max-buffers` and
 * `drop` in the pipeline's text.
 *
 * @example
 * ```ts
 * import { AppSink, Pipeline } from "@gstp/gstp";
 * import { assertEquals } from "@std/assert";
 *
 * await using pipeline = Pipeline.parse(
 *   `videotestsrc num-buffers=5 pattern=white
 *   ! video/x-raw,format=GRAY8,width=50,height=40,framerate=30/1
 *   ! appsink name=frames`,
 * );
 * const frames = new AppSink({ pipeline, name: "frames", every: true });
 * await pipeline.play();
 * const times: number[] = [];
 * for await (const { bytes, video, runningTimeSec } of frames) {
 *   const { offset, stride } = video!.planes[0]!;
 *   const [x, y] = [20, 30];
 *   assertEquals(bytes[offset + y * stride + x], 235);
 *   times.push(Math.round(runningTimeSec! * 30));
 * }
 * assertEquals(times, [0, 1, 2, 3, 4]);
 * ```
 */
export class AppSink implements AsyncIterableIterator<FrameData>, Disposable {
  readonly #element: AppElement;
  readonly #every: boolean;
  readonly #maxFrames: number;
  readonly #reader = new FrameReader();
  readonly #poll = new AdaptivePoll();
  /** Runs the calls of {@link next} in order. */
  readonly #mutex = new Mutex();
  /** The frames that were in the appsink when the pipeline stopped. */
  readonly #rest: FrameData[] = [];
  /** The number of frames pulled since the last start. */
  #pulled = 0;
  /** The number of frames dropped before the last start. */
  #dropped = 0;
  #failure: GstError | undefined;
  #isClosed = false;

  /**
   * Attaches to an appsink, in any state of the pipeline. Stopping or closing the pipeline detaches it.
   *
   * @throws {TypeError} If an option has the wrong type.
   * @throws {RangeError} If no element has the name, or `maxFrames` is out of range.
   * @throws {GstError} If the element is not an appsink, or already in use.
   * @throws {GstClosedError} If the pipeline is closed.
   */
  constructor(options: AppSinkOptions) {
    checkObject("options", options);
    const { pipeline, name, every = false, maxFrames = 4 } = options;
    if (typeof every !== "boolean") throw new TypeError("every must be true or false");
    this.#every = every;
    this.#maxFrames = checkCount("maxFrames", maxFrames);
    this.#element = new AppElement({
      ...{ pipeline, name },
      factory: "appsink",
      onStop: () => this.#saveRest(),
      onEnd: () => this.#poll.wake(),
    });
    const { handle } = this.#element;
    setProperty(handle, "max-buffers", maxFrames);
    setProperty(handle, "drop", !every);
    setProperty(handle, "wait-on-eos", false);
    setProperty(handle, "buffer-list", false);
    setProperty(handle, "enable-last-sample", false);
    setProperty(handle, "emit-signals", false);
  }

  /** The number of frames dropped. It may be up to `maxFrames` too low while frames are queued. */
  get dropped(): number {
    if (!this.#element.isStarted) return this.#dropped;
    return this.#dropped + Math.max(0, this.#received - this.#pulled - this.#maxFrames);
  }

  /** The number of frames that have arrived since the last start. */
  get #received(): number {
    const { handle } = this.#element;
    return Number(readStructureProperty(handle, "stats", (stats) => readUint64(stats, "rendered")));
  }

  /**
   * Resolves with the next frame, or with `done` after the last one.
   *
   * @throws {GstError} If an element has failed, or the frame's memory cannot be read.
   * @throws {GstClosedError} If the pipeline was stopped or closed before the end of the stream.
   */
  next(): Promise<IteratorResult<FrameData, undefined>> {
    return this.#mutex.run(() => this.#next());
  }

  async #next(): Promise<IteratorResult<FrameData, undefined>> {
    for (;;) {
      const value = this.#rest.shift() ?? this.#pull();
      if (value !== undefined) {
        this.#poll.hit();
        await this.#poll.yieldIfDue();
        return { done: false, value };
      }
      if (this.#isOver) return await this.#end();
      await this.#poll.wait();
    }
  }

  get #isOver(): boolean {
    const failure = this.#failure ?? this.#element.failure;
    const hasEnded = this.#element.hasEnded || this.#isEos;
    return hasEnded || failure !== undefined || this.#element.isReleased;
  }

  /** Whether the stream has ended and all frames are pulled. */
  get #isEos(): boolean {
    // an appsink that is not started claims the same
    return this.#element.isStarted && gstApp().gst_app_sink_is_eos(this.#element.handle) !== 0;
  }

  /** Pulls a frame from the appsink; undefined if there is none, or it cannot be read. */
  #pull(): FrameData | undefined {
    if (!this.#element.isUsable || this.#failure !== undefined) return undefined;
    const sample = gstApp().gst_app_sink_try_pull_sample(this.#element.handle, 0n);
    if (sample === null) return undefined;
    this.#pulled++;
    try {
      return this.#reader.read(sample);
    } catch (error) {
      this.#failure = error as GstError;
      return undefined;
    }
  }

  /**
   * Pulls the frames that wait in the appsink, before that is stopped.
   *
   * @returns Whether the stream has reached its end.
   */
  #saveRest(): boolean {
    const waiting = this.#received - this.#pulled;
    // no more than these: a fast source adds a frame for each that is pulled
    for (let left = this.#every ? waiting : Math.min(waiting, this.#maxFrames); left > 0; left--) {
      const frame = this.#pull();
      if (frame === undefined) break;
      this.#rest.push(frame);
    }
    this.#dropped += this.#received - this.#pulled;
    this.#pulled = 0;
    this.#reader.close();
    return this.#isEos;
  }

  /** Ends the stream, or rejects with the error, which a source sends EOS after. */
  async #end(): Promise<IteratorResult<FrameData, undefined>> {
    if (!this.#element.isReleased) await this.#element.settle();
    this.#failure ??= this.#element.failure;
    this.#release();
    if (this.#failure !== undefined && !this.#isClosed) throw this.#failure;
    return { done: true, value: undefined };
  }

  /** Ends the use of the appsink, which drops all frames from now on. */
  #release(): void {
    if (this.#element.isReleased) return;
    const { handle } = this.#element;
    setProperty(handle, "max-buffers", 1);
    setProperty(handle, "drop", true);
    if (this.#element.isStarted) this.#saveRest();
    this.#element.release();
    this.#reader.close();
  }

  /** Ends the iterator at once: the appsink drops its frames, and does not block the pipeline. May be called twice. */
  close(): void {
    this.#isClosed = true;
    this.#release();
    this.#rest.length = 0;
  }

  /** Same as {@link close}; `for await` calls it when it leaves the loop. */
  return(): Promise<IteratorResult<FrameData, undefined>> {
    this.close();
    return Promise.resolve({ done: true, value: undefined });
  }

  /** Same as {@link close}. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** Returns this object. */
  [Symbol.asyncIterator](): this {
    return this;
  }
}
