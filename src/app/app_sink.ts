/**
 * Frames out of a pipeline, in JavaScript.
 *
 * @module
 */
import { checkCount, checkObject } from "../util/check.ts";
import type { GstError } from "../../ffi/errors.ts";
import { gstApp } from "../../ffi/gst.ts";
import { AppElement } from "./app_element.ts";
import { type FrameData, FrameReader } from "./frame_data.ts";
import { AdaptivePoll } from "../util/adaptive_poll.ts";
import type { Pipeline } from "../pipeline.ts";
import { getProperty, setProperty } from "../gst/properties.ts";

/** Where frames come from, and what happens to those that nobody takes in time. */
export interface AppSinkOptions {
  /** The pipeline with the appsink. */
  pipeline: Pipeline;
  /** The appsink's name. */
  name: string;
  /**
   * Whether each frame is kept until it is taken: with `maxFrames` of them waiting, the pipeline waits, and so do other
   * branches of the same tee, unless a queue is between. Else the oldest frame goes for each new one. False unless told.
   */
  every?: boolean;
  /** Frames that wait at most; 4 unless told. With 1, the loop gets the newest frame only. */
  maxFrames?: number;
}

/**
 * The frames that come into an `appsink`, as an asynchronous stream of copies. It ends at the end of the stream, and
 * rejects with the error of an element that fails. One that is no longer read holds nothing up.
 *
 * No JavaScript runs in GStreamer's threads: a timer looks for frames, at a pace that follows theirs, and only while
 * somebody waits for one. A frame comes later by about an eighth of the time between two of them.
 *
 * Until it is made, an appsink keeps all that comes: make it before the pipeline plays, or write `max-buffers` and `drop`
 * into the pipeline's text.
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
  readonly #pace = new AdaptivePoll();
  /** Frames that were still in the appsink when the pipeline stopped. */
  readonly #rest: FrameData[] = [];
  /** Frames taken out of the appsink since it was started. */
  #taken = 0;
  /** Frames dropped, without those since it was started. */
  #dropped = 0;
  #failure: GstError | undefined;
  #isClosed = false;
  /** The last call of next(), so that one waits for the other. */
  #turn: Promise<unknown> = Promise.resolve();

  /**
   * Takes an appsink into use, whatever the pipeline's state. It goes with the pipeline's run: stopping or closing the
   * pipeline ends it.
   *
   * @throws {TypeError} if an option has the wrong type.
   * @throws {RangeError} if no element has the name, or `maxFrames` is out of range.
   * @throws {GstError} if the element is no appsink, or in use already.
   * @throws {GstClosedError} if the pipeline is closed.
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
      onStop: () => this.#save(),
      onEnd: () => this.#pace.wake(),
    });
    const { handle } = this.#element;
    setProperty(handle, "max-buffers", maxFrames);
    setProperty(handle, "drop", !every);
    setProperty(handle, "wait-on-eos", false);
    setProperty(handle, "buffer-list", false);
    setProperty(handle, "enable-last-sample", false);
    setProperty(handle, "emit-signals", false);
  }

  /**
   * Frames that came into the appsink and were not taken in time. While frames wait there, it may count up to
   * `maxFrames` too few.
   */
  get dropped(): number {
    if (!this.#element.isStarted) return this.#dropped;
    return this.#dropped + Math.max(0, this.#received - this.#taken - this.#maxFrames);
  }

  /** Frames that came into the appsink since it was started. */
  get #received(): number {
    const stats = getProperty(this.#element.handle, "stats");
    return Number(/\brendered=\(guint64\)(\d+)/.exec(String(stats))?.[1] ?? 0);
  }

  /**
   * The next frame; waits for one.
   *
   * @throws {GstError} if an element has failed, or the frame's memory cannot be read.
   * @throws {GstClosedError} if the pipeline was stopped or closed before the end of the stream.
   */
  next(): Promise<IteratorResult<FrameData, undefined>> {
    const result = this.#turn.then(() => this.#next());
    this.#turn = result.catch(() => {});
    return result;
  }

  async #next(): Promise<IteratorResult<FrameData, undefined>> {
    for (;;) {
      const value = this.#rest.shift() ?? this.#take();
      if (value !== undefined) {
        this.#pace.hit();
        await this.#pace.yieldIfDue();
        return { done: false, value };
      }
      if (this.#isOver) return await this.#end();
      await this.#pace.wait();
    }
  }

  get #isOver(): boolean {
    const failure = this.#failure ?? this.#element.failure;
    const hasEnded = this.#element.hasEnded || this.#isEos;
    return hasEnded || failure !== undefined || this.#element.isReleased;
  }

  /** Whether the stream has ended and all of it was taken. */
  get #isEos(): boolean {
    // an appsink that is not started says so, too
    return this.#element.isStarted && gstApp().gst_app_sink_is_eos(this.#element.handle) !== 0;
  }

  /** Takes a frame out of the appsink; undefined where there is none, or it cannot be read. */
  #take(): FrameData | undefined {
    if (!this.#element.isUsable || this.#failure !== undefined) return undefined;
    const sample = gstApp().gst_app_sink_try_pull_sample(this.#element.handle, 0n);
    if (sample === null) return undefined;
    this.#taken++;
    try {
      return this.#reader.read(sample);
    } catch (error) {
      this.#failure = error as GstError;
      return undefined;
    }
  }

  /**
   * Takes what waits in the appsink, as that is about to be stopped.
   *
   * @returns Whether it was the end of the stream.
   */
  #save(): boolean {
    const waiting = this.#received - this.#taken;
    // no more than there were: a fast source puts in one for each that is taken out
    for (let left = this.#every ? waiting : Math.min(waiting, this.#maxFrames); left > 0; left--) {
      const frame = this.#take();
      if (frame === undefined) break;
      this.#rest.push(frame);
    }
    this.#dropped += this.#received - this.#taken;
    this.#taken = 0;
    this.#reader.close();
    return this.#isEos;
  }

  /** Ends the stream, with the error where there is one: a source that fails sends EOS after it. */
  async #end(): Promise<IteratorResult<FrameData, undefined>> {
    if (!this.#element.isReleased) await this.#element.settle();
    this.#failure ??= this.#element.failure;
    this.#release();
    if (this.#failure !== undefined && !this.#isClosed) throw this.#failure;
    return { done: true, value: undefined };
  }

  /** Leaves the appsink, which drops what comes from now on. */
  #release(): void {
    if (this.#element.isReleased) return;
    const { handle } = this.#element;
    setProperty(handle, "max-buffers", 1);
    setProperty(handle, "drop", true);
    if (this.#element.isStarted) this.#save();
    this.#element.release();
    this.#reader.close();
  }

  /** Ends the stream now: {@link next} returns no more frames, and the appsink holds nothing up. May be called twice. */
  close(): void {
    this.#isClosed = true;
    this.#release();
    this.#rest.length = 0;
  }

  /** Same as {@link close}; leaving a `for await` loop calls it. */
  return(): Promise<IteratorResult<FrameData, undefined>> {
    this.close();
    return Promise.resolve({ done: true, value: undefined });
  }

  /** Same as {@link close}. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** The stream itself. */
  [Symbol.asyncIterator](): this {
    return this;
  }
}
