/**
 * Frames into a pipeline, from JavaScript.
 *
 * @module
 */
import { checkCount, checkObject, checkSec } from "../util/check.ts";
import { gst, gstApp } from "../../ffi/gst.ts";
import { ENUMS, OFFSETS } from "../../ffi/layout.ts";
import { AppElement } from "./app_element.ts";
import { capsText } from "../gst/caps.ts";
import { secToNs } from "../util/clock_time.ts";
import { GstClosedError } from "../util/errors.ts";
import { AdaptivePoll } from "../util/adaptive_poll.ts";
import type { Pipeline } from "../pipeline.ts";
import { setProperty } from "../gst/properties.ts";
import { pictureBytes } from "../gst/video_info.ts";

/** Where frames go. */
export interface AppSrcOptions {
  /** The pipeline with the appsrc. */
  pipeline: Pipeline;
  /** The appsrc's name. */
  name: string;
  /** What the frames are, such as `video/x-raw,format=RGB,width=64,height=48,framerate=30/1`; as in the text unless told. */
  caps?: string;
  /**
   * Whether frames come at their own pace, as a camera's do: a frame without a timestamp gets the running time at which
   * it is pushed. As in the text unless told.
   */
  live?: boolean;
  /** Frames that wait for the pipeline at most; 4 unless told. */
  maxFrames?: number;
}

/** What goes with a frame's bytes; a {@link FrameData} has it all. */
export interface PushOptions {
  /** Its timestamp in seconds; none unless told. Timestamps that begin at 0 are running times. */
  ptsSec?: number | null;
  /** Seconds that it lasts; not told to the pipeline unless told. */
  durationSec?: number | null;
  /** Whether it can be decoded without the frames before it; true unless told. */
  isKeyframe?: boolean;
}

/** The longest time that can be told, in seconds: 100 years. */
const MAX_SEC = 3_155_760_000;

/**
 * Pushes frames into an `appsrc`.
 *
 * A pipeline plays only when its sinks have a frame: push while it is on its way, as in the example. For
 * {@link Standalone.buildAndRun}, that begins in `beforeStart`.
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
  readonly #pace = new AdaptivePoll();
  #pushed = 0;
  #ending: Promise<void> | undefined;
  #isEnded = false;
  /** The last call under way, so that one waits for the other. */
  #turn: Promise<unknown> = Promise.resolve();

  /**
   * Takes an appsrc into use, whatever the pipeline's state. It goes with the pipeline's run: stopping or closing the
   * pipeline ends it.
   *
   * @throws {TypeError} if an option has the wrong type.
   * @throws {RangeError} if no element has the name, `caps` are none or leave something open, or `maxFrames` is out of range.
   * @throws {GstError} if the element is no appsrc, or in use already.
   * @throws {GstClosedError} if the pipeline is closed.
   */
  constructor(options: AppSrcOptions) {
    checkObject("options", options);
    const { pipeline, name, caps, live, maxFrames = 4 } = options;
    if (caps !== undefined && typeof caps !== "string") throw new TypeError("caps must be text");
    if (live !== undefined && typeof live !== "boolean") {
      throw new TypeError("live must be true or false");
    }
    this.#name = name;
    this.#maxFrames = checkCount("maxFrames", maxFrames);
    this.#element = new AppElement({
      ...{ pipeline, name },
      factory: "appsrc",
      onStop: () => this.#isEnded,
      onEnd: () => this.#pace.wake(),
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
    // without caps it is a stream of bytes, as a file's
    const hasCaps = this.#readCaps((caps) => {
      if (gst().gst_caps_is_fixed(caps)) return true;
      throw new RangeError(`caps must leave nothing open, got ${capsText(caps)}`);
    });
    if (hasCaps) setProperty(handle, "format", "time");
    if (live !== undefined) {
      setProperty(handle, "is-live", live);
      setProperty(handle, "do-timestamp", live);
    }
    setProperty(handle, "block", false);
    setProperty(handle, "emit-signals", false);
  }

  /** Reads what the frames are; undefined where that is not told. */
  #readCaps<T>(read: (caps: Deno.PointerObject) => T): T | undefined {
    const caps = gstApp().gst_app_src_get_caps(this.#element.handle);
    if (caps === null) return undefined;
    try {
      return read(caps);
    } finally {
      gst().gst_mini_object_unref(caps);
    }
  }

  /** Frames pushed so far. */
  get pushed(): number {
    return this.#pushed;
  }

  /** Frames that wait for the pipeline. */
  get waiting(): number {
    if (this.#element.isReleased) return 0;
    return Number(gstApp().gst_app_src_get_current_level_buffers(this.#element.handle));
  }

  /** Whether a frame would be taken at once: the pipeline is on its way to playing, or playing, and few frames wait. */
  get hasRoom(): boolean {
    return !this.#isEnded && this.#element.isStarted && this.waiting < this.#maxFrames;
  }

  /**
   * Resolves when there is room for a frame.
   *
   * @throws {GstError} if an element has failed.
   * @throws {GstClosedError} if the pipeline was stopped or closed, or {@link end} was called.
   */
  async ready(): Promise<void> {
    await this.#wait(() => this.hasRoom);
  }

  async #wait(holds: () => boolean): Promise<void> {
    for (;;) {
      this.#checkOpen();
      if (holds()) return;
      await this.#pace.wait();
    }
  }

  #checkOpen(): void {
    const { failure } = this.#element;
    if (failure !== undefined) throw failure;
    if (this.#isEnded || this.#element.isReleased) throw this.#ended();
  }

  #ended(): GstClosedError {
    return new GstClosedError(`The stream of appsrc "${this.#name}" has ended`);
  }

  /**
   * Hands a frame to the pipeline, when there is room for it; resolves then. Frames keep the order of the calls.
   *
   * @param bytes The frame; it is copied when its turn has come, and must not change before. Of raw video, it is laid out as
   * GStreamer does it: lines of most formats are padded to a multiple of 4 bytes (see {@link VideoLayout}).
   * @throws {TypeError} if an argument has the wrong type.
   * @throws {RangeError} if `bytes` is empty or no picture of these caps, or a number of seconds is out of range.
   * @throws {GstError} if an element has failed.
   * @throws {GstClosedError} if the pipeline was stopped or closed, or {@link end} was called.
   */
  async push(bytes: Uint8Array, options: PushOptions = {}): Promise<void> {
    if (!(bytes instanceof Uint8Array)) throw new TypeError("bytes must be a Uint8Array");
    if (bytes.length === 0) throw new RangeError("bytes must not be empty");
    const times = readOptions(options);
    const { length } = bytes;
    if (this.#ending !== undefined) throw this.#ended();
    await this.#inTurn(async () => {
      await this.#pace.yieldIfDue();
      await this.#wait(() => {
        if (!this.hasRoom) return false;
        // C would read what is not there
        if (bytes.length !== length) throw new TypeError("bytes must keep their length");
        this.#checkPicture(length);
        return this.#tryPush(bytes as Uint8Array<ArrayBuffer>, times);
      });
    });
  }

  /** Checks the size of a raw picture: elements trust in it, and some crash. */
  #checkPicture(length: number): void {
    const expected = this.#readCaps(pictureBytes) ?? length;
    if (length === expected) return;
    throw new RangeError(
      `bytes must be ${expected} bytes for these caps, got ${length} (lines are padded as GStreamer does it)`,
    );
  }

  /** Runs calls one after another. */
  #inTurn(call: () => Promise<void>): Promise<void> {
    const result = this.#turn.then(call);
    this.#turn = result.catch(() => {});
    return result;
  }

  /** Hands a frame over; false where the pipeline is being flushed. */
  #tryPush(bytes: Uint8Array<ArrayBuffer>, times: FrameTimes): boolean {
    const { ptsNs, durationNs, isKeyframe } = times;
    const buffer = gst().gst_buffer_new_memdup(bytes, BigInt(bytes.length))!;
    const view = new DataView(Deno.UnsafePointerView.getArrayBuffer(buffer, BUFFER_BYTES));
    if (ptsNs !== null) view.setBigUint64(OFFSETS["GstBuffer.pts"], ptsNs, true);
    if (durationNs !== null) view.setBigUint64(OFFSETS["GstBuffer.duration"], durationNs, true);
    if (!isKeyframe) {
      const flags = view.getUint32(OFFSETS["GstMiniObject.flags"], true);
      const delta = flags | ENUMS.GST_BUFFER_FLAG_DELTA_UNIT;
      view.setUint32(OFFSETS["GstMiniObject.flags"], delta, true);
    }
    const flow = gstApp().gst_app_src_push_buffer(this.#element.handle, buffer);
    if (flow === ENUMS.GST_FLOW_FLUSHING) return false;
    // the pipeline was told to end, too
    if (flow !== ENUMS.GST_FLOW_OK) throw this.#ended();
    this.#pushed++;
    this.#pace.hit();
    return true;
  }

  /**
   * Ends the stream after the frames pushed so far; resolves when the pipeline has taken that in. May be called twice.
   *
   * @throws {GstError} if an element has failed.
   * @throws {GstClosedError} if the pipeline was stopped or closed before.
   */
  end(): Promise<void> {
    return this.#ending ??= this.#inTurn(async () => {
      await this.#wait(() => this.#element.isStarted);
      this.#isEnded = true;
      gstApp().gst_app_src_end_of_stream(this.#element.handle);
    });
  }
}

/** What goes with a frame's bytes, checked. */
interface FrameTimes {
  ptsNs: bigint | null;
  durationNs: bigint | null;
  isKeyframe: boolean;
}

/** The part of a GstBuffer that is written to. */
const BUFFER_BYTES = OFFSETS["GstBuffer.duration"] + 8;

function readOptions(options: PushOptions): FrameTimes {
  checkObject("options", options);
  const { ptsSec, durationSec, isKeyframe = true } = options;
  if (typeof isKeyframe !== "boolean") throw new TypeError("isKeyframe must be true or false");
  return {
    ptsNs: readTime("ptsSec", ptsSec),
    durationNs: readTime("durationSec", durationSec),
    isKeyframe,
  };
}

function readTime(name: string, sec: number | null | undefined): bigint | null {
  if (sec === undefined || sec === null) return null;
  if (checkSec(name, sec) > MAX_SEC) {
    throw new RangeError(`${name} must be at most ${MAX_SEC} seconds, got ${sec}`);
  }
  return secToNs(sec);
}
