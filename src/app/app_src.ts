/**
 * Frames from JavaScript to a pipeline.
 *
 * @module
 */
import { GstError } from "../../ffi/errors.ts";
import { gst, gstApp } from "../../ffi/gst.ts";
import { ENUMS } from "../../ffi/layout.ts";
import { capsText } from "../gst/caps.ts";
import { getProperty, setProperty } from "../gst/properties.ts";
import { pictureBytes } from "../gst/video_info.ts";
import type { Pipeline } from "../pipeline.ts";
import { AdaptivePoll } from "../util/adaptive_poll.ts";
import { byteLengthOf } from "../util/bytes.ts";
import { checkCount, checkObject, checkText } from "../util/check.ts";
import { GstClosedError } from "../util/errors.ts";
import { Mutex } from "../util/mutex.ts";
import { AppElement } from "./app_element.ts";
import { type FrameTimes, makeBuffer, type PushOptions, readPushOptions } from "./frame_buffer.ts";

/** Options of {@link AppSrc}. */
export interface AppSrcOptions {
  /** The pipeline with the appsrc. */
  pipeline: Pipeline;
  /** The appsrc's name. */
  name: string;
  /**
   * The caps of the frames, such as `video/x-raw,format=RGB,width=64,height=48,framerate=30/1`. Defaults to those in the
   * pipeline's text.
   */
  caps?: string;
  /**
   * Whether the source is live, as a camera is (`is-live` and `do-timestamp`): a frame without a PTS gets the running time
   * at which it is pushed. Defaults to the setting in the pipeline's text.
   */
  live?: boolean;
  /** The maximum number of frames that the appsrc queues. Defaults to 4. */
  maxFrames?: number;
}

/**
 * Pushes frames into an `appsrc`.
 *
 * A pipeline with a source that is not live plays only once its sinks have a frame (preroll), so push while it starts, as in
 * the example. With {@link Standalone.buildAndRun}, begin in `beforeStart`.
 *
 * @example
 * ```ts
 * import { AppSrc, Pipeline } from "@gstp/gstp";
 * import { assertEquals } from "@std/assert";
 *
 * await using pipeline = Pipeline.parse("appsrc name=source ! videoconvert ! fakesink name=sink");
 * const source = new AppSrc({
 *   pipeline,
 *   name: "source",
 *   caps: "video/x-raw,format=GRAY8,width=64,height=48,framerate=30/1",
 * });
 * const messages = pipeline.bus.messages();
 * const pushed = (async () => {
 *   for (let frame = 0; frame < 30; frame++) {
 *     const bytes = new Uint8Array(64 * 48).fill(8 * frame);
 *     await source.push(bytes, { ptsSec: frame / 30, durationSec: 1 / 30 });
 *   }
 *   await source.end();
 * })();
 * await pipeline.play();
 * await pushed;
 * for await (const message of messages) if (message.type === "eos") break;
 * assertEquals(source.pushed, 30);
 * ```
 */
export class AppSrc {
  readonly #name: string;
  readonly #maxFrames: number;
  readonly #element: AppElement;
  readonly #poll = new AdaptivePoll();
  /** Runs the calls of {@link push} and {@link end} in order. */
  readonly #mutex = new Mutex();
  #pushed = 0;
  #ending: Promise<void> | undefined;
  #isEnded = false;

  /**
   * Attaches to an appsrc, in any state of the pipeline. Stopping or closing the pipeline detaches it.
   *
   * @throws {TypeError} If an option has the wrong type.
   * @throws {RangeError} If no element has the name, `caps` are not fixed, or `maxFrames` is out of range.
   * @throws {GstError} If the element is not an appsrc, or already in use, or if `live` changes once the pipeline has started.
   * @throws {GstClosedError} If the pipeline is closed.
   */
  constructor(options: AppSrcOptions) {
    checkObject("options", options);
    const { pipeline, name, caps, live, maxFrames = 4 } = options;
    if (caps !== undefined) checkText("caps", caps);
    if (live !== undefined && typeof live !== "boolean") {
      throw new TypeError("live must be true or false");
    }
    this.#name = name;
    this.#maxFrames = checkCount("maxFrames", maxFrames);
    this.#element = new AppElement({
      ...{ pipeline, name },
      factory: "appsrc",
      onStop: () => this.#isEnded,
      onEnd: () => this.#poll.wake(),
    });
    try {
      this.#configure(caps, live);
    } catch (error) {
      this.#element.release();
      throw error;
    }
  }

  #configure(caps: string | undefined, live: boolean | undefined): void {
    const { handle } = this.#element;
    if (caps !== undefined) setProperty(handle, "caps", caps);
    // without caps it is a stream of bytes, such as a file's
    const hasCaps = this.#readCaps((caps) => {
      if (gst().gst_caps_is_fixed(caps)) return true;
      throw new RangeError(`caps must be fixed, got ${capsText(caps)}`);
    });
    if (hasCaps) setProperty(handle, "format", "time");
    if (live !== undefined) {
      if (this.#element.isStarted && getProperty(handle, "is-live") !== live) {
        throw new GstError(
          `live of appsrc "${this.#name}" cannot change once the pipeline has started`,
          {
            hint:
              "Create the AppSrc before, such as in beforeStart, or set is-live in the pipeline's text",
          },
        );
      }
      setProperty(handle, "is-live", live);
      setProperty(handle, "do-timestamp", live);
    }
    setProperty(handle, "block", false);
    setProperty(handle, "emit-signals", false);
  }

  /** Returns what `read` returns for the caps of the frames; undefined without caps. */
  #readCaps<T>(read: (caps: Deno.PointerObject) => T): T | undefined {
    const caps = gstApp().gst_app_src_get_caps(this.#element.handle);
    if (caps === null) return undefined;
    try {
      return read(caps);
    } finally {
      gst().gst_mini_object_unref(caps);
    }
  }

  /** The number of frames pushed. */
  get pushed(): number {
    return this.#pushed;
  }

  /** The number of frames that the appsrc queues. */
  get waiting(): number {
    if (this.#element.isReleased) return 0;
    return Number(gstApp().gst_app_src_get_current_level_buffers(this.#element.handle));
  }

  /** Whether a frame can be pushed at once: the pipeline is paused or playing, and fewer than `maxFrames` are queued. */
  get hasRoom(): boolean {
    return !this.#isEnded && this.#element.isStarted && this.waiting < this.#maxFrames;
  }

  /**
   * Resolves when a frame can be pushed at once.
   *
   * @throws {GstError} If an element has failed.
   * @throws {GstClosedError} If the pipeline was stopped or closed, or {@link end} was called.
   */
  async ready(): Promise<void> {
    await this.#wait(() => this.hasRoom);
  }

  async #wait(holds: () => boolean): Promise<void> {
    for (;;) {
      this.#checkOpen();
      if (holds()) return;
      await this.#poll.wait();
    }
  }

  #checkOpen(): void {
    const { failure } = this.#element;
    if (failure !== undefined) throw failure;
    if (this.#isEnded || this.#element.isReleased) throw this.#endedError();
  }

  #endedError(): GstClosedError {
    return new GstClosedError(`The stream of appsrc "${this.#name}" has ended`);
  }

  /**
   * Pushes a frame as soon as there is room for it, and resolves then. Frames keep the order of the calls.
   *
   * @param bytes The frame. It is copied when it is pushed: do not change it until this resolves. Raw video has GStreamer's
   * default strides: in most formats, lines are padded to a multiple of 4 bytes (see {@link VideoLayout}).
   * @throws {TypeError} If an argument has the wrong type.
   * @throws {RangeError} If `bytes` is empty or has the wrong size for the caps, or a number of seconds is out of range.
   * @throws {GstError} If an element has failed.
   * @throws {GstClosedError} If the pipeline was stopped or closed, or {@link end} was called.
   */
  async push(bytes: Uint8Array, options: PushOptions = {}): Promise<void> {
    if (!(bytes instanceof Uint8Array)) throw new TypeError("bytes must be a Uint8Array");
    const length = byteLengthOf(bytes);
    if (length === 0) throw new RangeError("bytes must not be empty");
    const times = readPushOptions(options);
    if (this.#ending !== undefined) throw this.#endedError();
    await this.#mutex.run(async () => {
      await this.#poll.yieldIfDue();
      await this.#wait(() => {
        if (!this.hasRoom) return false;
        // C would read beyond the end
        if (byteLengthOf(bytes) !== length) throw new TypeError("bytes must keep their length");
        this.#checkPicture(length);
        return this.#tryPush(bytes as Uint8Array<ArrayBuffer>, times);
      });
    });
  }

  /** Checks the size of a raw picture: some elements crash if it is wrong. */
  #checkPicture(length: number): void {
    const expected = this.#readCaps(pictureBytes) ?? length;
    if (length === expected) return;
    throw new RangeError(
      `bytes must be ${expected} bytes for these caps, got ${length} (lines are padded to GStreamer's default strides)`,
    );
  }

  /** Pushes a frame; returns false while the pipeline is flushing. */
  #tryPush(bytes: Uint8Array<ArrayBuffer>, times: FrameTimes): boolean {
    const buffer = makeBuffer(bytes, times);
    const flow = gstApp().gst_app_src_push_buffer(this.#element.handle, buffer);
    if (flow === ENUMS.GST_FLOW_FLUSHING) return false;
    // EOS was sent to the whole pipeline
    if (flow !== ENUMS.GST_FLOW_OK) throw this.#endedError();
    this.#pushed++;
    this.#poll.hit();
    return true;
  }

  /**
   * Sends EOS after the frames pushed so far, and resolves when the appsrc has queued it. May be called twice.
   *
   * @throws {GstError} If an element has failed.
   * @throws {GstClosedError} If the pipeline was stopped or closed before.
   */
  end(): Promise<void> {
    return this.#ending ??= this.#mutex.run(async () => {
      await this.#wait(() => this.#element.isStarted);
      this.#isEnded = true;
      gstApp().gst_app_src_end_of_stream(this.#element.handle);
    });
  }
}
