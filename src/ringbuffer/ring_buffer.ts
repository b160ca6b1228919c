/**
 * The ring buffer: the last seconds of what flows through a tee.
 *
 * @module
 */
import { cString } from "../../ffi/cstring.ts";
import { GstError } from "../../ffi/errors.ts";
import { gobject, gst, gstApp } from "../../ffi/gst.ts";
import { nsToSec } from "../clock_time.ts";
import { Frame } from "../frame.ts";
import { parseBin } from "../parse.ts";
import type { Pipeline } from "../pipeline.ts";
import { getProperty, setProperty } from "../properties.ts";
import { STATES } from "../state.ts";
import { TeeLeg } from "./tee_leg.ts";

/** Where a ring buffer sits and how much it holds. */
export interface RingBufferOptions {
  /** The pipeline with the tee. */
  pipeline: Pipeline;
  /** The tee's name. */
  teeName: string;
  /** Seconds that the ring holds at least. */
  windowSec: number;
  /** Seconds for linking and state changes. */
  timeoutSec: number;
}

/** Frames beyond the window: one that straddles its start, one that is under way, and the rounding of frame rates. */
const MARGIN_FRAMES = 4;
/** Seconds of frames to provide for between two drains, while the stream is not known well enough. */
const UNFITTED_SEC = 3;
/** Frame rate to provide for where the caps tell none (yet). */
const UNKNOWN_RATE = 120;
/** Seconds of frames that the ring takes on top while it is drained by a timer: the event loop may be that late. */
const DRAIN_SEC = 6;

/**
 * The last seconds of a tee's stream, kept by GStreamer itself: an appsink that drops its oldest frame for each new one.
 * No JavaScript runs until {@link drain}.
 *
 * Subclasses change the bin by `binString`: it must have one unlinked sink pad and an appsink named
 * `ringbuffer_appsink`.
 *
 * @example
 * ```ts
 * import { RingBuffer } from "@gstp/gstp";
 *
 * class GrayRingBuffer extends RingBuffer {
 *   static override readonly binString: string = `
 *     queue name=ringbuffer_input_queue
 *     ! videoconvert
 *     ! capsfilter name=ringbuffer_input_capsfilter caps=video/x-raw,format=GRAY8
 *     ! appsink name=ringbuffer_appsink`;
 * }
 * ```
 */
export class RingBuffer {
  /** The bin's text. The default takes what flows, as it is, in the tee's own thread. */
  static readonly binString: string = "appsink name=ringbuffer_appsink";

  readonly #pipeline: Pipeline;
  readonly #windowSec: number;
  readonly #leg: TeeLeg;
  /** Owned: unref'd by {@link detach}. */
  #appsink: Deno.PointerObject | null;
  #isDrained = false;
  #longestGopNs: bigint | null = null;
  #capacity = 0;

  /**
   * Attaches a ring to a tee, whatever the pipeline's state.
   *
   * @throws {RangeError} if no element has the tee's name.
   * @throws {GstError} if the bin cannot be parsed, has no such appsink or does not take the tee's caps; the pipeline
   * goes on without it.
   */
  constructor(options: RingBufferOptions) {
    const { pipeline, teeName, windowSec, timeoutSec } = options;
    this.#pipeline = pipeline;
    this.#windowSec = windowSec;
    const name = `ring buffer at tee "${teeName}"`;
    const { bin, appsink } = makeBin(name, this.#binText());
    this.#appsink = appsink;
    try {
      this.#configure();
      this.#leg = new TeeLeg({ name, pipeline, teeName, bin, timeoutSec });
    } catch (error) {
      gst().gst_object_unref(appsink);
      throw error;
    } finally {
      gst().gst_object_unref(bin);
    }
    this.resize();
  }

  /**
   * While a pipeline prerolls, a leg of its own may not hold up the tee's thread: an encoder on another leg may need
   * many frames to get there.
   */
  #binText(): string {
    const text = (this.constructor as typeof RingBuffer).binString;
    const isDefault = text === RingBuffer.binString;
    if (!isDefault || this.#pipeline.state === "playing") return text;
    return `queue name=ringbuffer_input_queue max-size-buffers=0 max-size-bytes=0 ! ${text}`;
  }

  #configure(): void {
    const sink = this.#appsink!;
    setProperty(sink, "drop", true);
    setProperty(sink, "wait-on-eos", false);
    setProperty(sink, "enable-last-sample", false);
    setProperty(sink, "emit-signals", false);
    // an element that prerolls would drag a playing pipeline back to PAUSED
    setProperty(sink, "async", false);
    this.#pace();
  }

  /** A live source paces itself; any other is paced here, by the clock. */
  #pace(): void {
    if (this.#pipeline.isLive && getProperty(this.#appsink!, "sync")) {
      setProperty(this.#appsink!, "sync", false);
    }
  }

  /** Path of the ring's bin. */
  get path(): string {
    return this.#leg.path;
  }

  /** Whether the stream has ended and all of it was drained. */
  get isEos(): boolean {
    // an appsink that has not been started says that it is at the end, too
    return this.#appsink !== null && STATES[this.#pipeline.state] >= STATES.paused &&
      gstApp().gst_app_sink_is_eos(this.#appsink) !== 0;
  }

  /** Nanoseconds that one frame lasts by the tee's caps; null where they tell no fixed frame rate. */
  get frameNs(): bigint | null {
    const rate = this.#leg.frameRate();
    return rate === null ? null : BigInt(Math.round(1e9 / rate));
  }

  /**
   * Fits the ring's capacity to the stream and the pipeline's pace.
   *
   * @returns Whether frame rate and distance of keyframes are known; where not, the ring must be drained every second.
   */
  resize(): boolean {
    if (this.#appsink === null) return true;
    if (STATES[this.#pipeline.state] >= STATES.paused) this.#pace();
    const rate = this.#leg.frameRate();
    const isFitted = rate !== null && (this.#isSelfContained || this.#longestGopNs !== null);
    const sec = (isFitted ? this.holdSec : UNFITTED_SEC) + (this.#isDrained ? DRAIN_SEC : 0);
    const capacity = Math.ceil(sec * (rate ?? UNKNOWN_RATE)) + MARGIN_FRAMES;
    if (capacity !== this.#capacity) {
      gstApp().gst_app_sink_set_max_buffers(this.#appsink, capacity);
      this.#capacity = capacity;
    }
    return isFitted;
  }

  /** Whether each frame can be decoded by itself. */
  get #isSelfContained(): boolean {
    const mediaType = this.#leg.mediaType();
    return mediaType === null || /^image\/|\/x-raw$/.test(mediaType);
  }

  /** Seconds that the ring holds: an encoded one reaches back to a keyframe before the window, whenever that was. */
  get holdSec(): number {
    return this.#windowSec + 2 * nsToSec(this.#longestGopNs ?? 0n);
  }

  /** Tells the longest time between keyframes so far; null where it is not known yet. */
  set longestGopNs(longestGopNs: bigint | null) {
    this.#longestGopNs = this.#isSelfContained ? null : longestGopNs;
  }

  /** Tells whether a timer drains the ring: then it takes some seconds more, lest a busy event loop lose frames. */
  set isDrained(isDrained: boolean) {
    this.#isDrained = isDrained;
    this.resize();
  }

  /** Takes all frames out of the ring, oldest first. The caller owns them. */
  drain(): Frame[] {
    const frames: Frame[] = [];
    if (this.#appsink === null) return frames;
    for (;;) {
      const sample = gstApp().gst_app_sink_try_pull_sample(this.#appsink, 0n);
      if (sample === null) return frames;
      frames.push(new Frame(sample));
    }
  }

  /** Takes the ring off the tee; the pipeline's other branches do not notice. May be called twice. */
  detach(): void {
    const appsink = this.#appsink;
    if (appsink === null) return;
    this.#appsink = null;
    this.#leg.remove();
    gst().gst_object_unref(appsink);
  }
}

/** Parses a ring's bin and finds its appsink; the caller owns both references. */
function makeBin(name: string, text: string) {
  const bin = parseRingBin(name, text);
  gst().gst_object_ref_sink(bin);
  const appsink = gst().gst_bin_get_by_name(bin, cString("ringbuffer_appsink"));
  const isAppsink = appsink !== null &&
    gobject().g_type_check_instance_is_a(appsink, gstApp().gst_app_sink_get_type());
  if (isAppsink) return { bin, appsink };
  if (appsink !== null) gst().gst_object_unref(appsink);
  gst().gst_object_unref(bin);
  throw new GstError(`The ${name} has no appsink named ringbuffer_appsink in its bin:\n${text}`);
}

function parseRingBin(name: string, text: string): Deno.PointerObject {
  try {
    return parseBin(text);
  } catch (cause) {
    if (!(cause instanceof GstError)) throw cause;
    throw new GstError(`The ${name} cannot parse its bin: ${cause.message}`, { ...cause, cause });
  }
}
