/**
 * The ring buffer: the last seconds of what flows through a tee.
 *
 * @module
 */
import { cString } from "../../ffi/cstring.ts";
import { GstError } from "../../ffi/errors.ts";
import { gobject, gst, gstApp } from "../../ffi/gst.ts";
import { frameRateOf, mediaTypeOf, readPadCaps } from "../caps.ts";
import { nsToSec } from "../clock_time.ts";
import { isSelfContained, PARSERS } from "../codecs.ts";
import { Frame } from "../frame.ts";
import { parseBin } from "../parse.ts";
import type { Pipeline } from "../pipeline.ts";
import { getProperty, setProperty } from "../properties.ts";
import { STATES } from "../state.ts";
import { repeatParameterSets, teeMediaType } from "./tee_input.ts";
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
  /** Bytes that it holds at most; no limit unless told. */
  maxBytes?: number;
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

  /** Makes the bin's text when a ring is attached: for classes whose bin depends on what is installed. */
  static makeBinString(): string {
    return this.binString;
  }

  readonly #pipeline: Pipeline;
  readonly #windowSec: number;
  readonly #maxBytes: number;
  readonly #leg: TeeLeg;
  /** Owned, like the pad: unref'd by {@link detach}. */
  #appsink: Deno.PointerObject | null;
  readonly #sinkPad: Deno.PointerObject;
  #isDrained = false;
  #longestGopNs: bigint | null = null;
  #frameBytes: number | null = null;
  #capacity = 0;

  /**
   * Attaches a ring to a tee, whatever the pipeline's state.
   *
   * @throws {RangeError} if no element has the tee's name.
   * @throws {GstError} if the bin cannot be parsed, has no such appsink or does not take the tee's caps; the pipeline
   * goes on without it.
   */
  constructor(options: RingBufferOptions) {
    const { pipeline, teeName, windowSec, timeoutSec, maxBytes = Infinity } = options;
    this.#pipeline = pipeline;
    this.#maxBytes = maxBytes;
    this.#windowSec = windowSec;
    const name = `ring buffer at tee "${teeName}"`;
    const tee = findTee(name, pipeline, teeName);
    const { bin, appsink } = makeBin(name, this.#binText(tee));
    this.#appsink = appsink;
    this.#sinkPad = gst().gst_element_get_static_pad(appsink, cString("sink"))!;
    try {
      this.#configure();
      this.#leg = new TeeLeg({ name, tee, bin, timeoutSec });
    } catch (error) {
      gst().gst_object_unref(this.#sinkPad);
      gst().gst_object_unref(appsink);
      throw error;
    } finally {
      gst().gst_object_unref(bin);
    }
    this.resize();
  }

  /**
   * The bin's text for this tee: an encoded stream gets its parameter sets repeated. While a pipeline prerolls, the leg
   * may not hold up the tee's thread: an encoder on another leg may need many frames to get there.
   */
  #binText(tee: Deno.PointerObject): string {
    const text = (this.constructor as typeof RingBuffer).makeBinString();
    if (text !== RingBuffer.binString) return text;
    const parts = [text];
    const parser = PARSERS[teeMediaType(tee) ?? ""];
    if (parser?.repeats && !repeatParameterSets(tee)) parts.unshift(parser.text);
    if (this.#pipeline.state !== "playing") {
      parts.unshift("queue name=ringbuffer_input_queue max-size-buffers=0 max-size-bytes=0");
    }
    return parts.join(" ! ");
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

  /** Nanoseconds that one frame lasts by its caps; null where they tell no fixed frame rate. */
  get frameNs(): bigint | null {
    const rate = this.#readCaps(frameRateOf);
    return rate === null ? null : BigInt(Math.round(1e9 / rate));
  }

  #readCaps<T>(read: (caps: Deno.PointerObject) => T): T | null {
    return this.#appsink === null ? null : readPadCaps(this.#sinkPad, read);
  }

  /**
   * Fits the ring's capacity to the stream and the pipeline's pace.
   *
   * @returns Whether frame rate, distance of keyframes and, where bytes are limited, size of frames are known; where not,
   * the ring must be drained every second.
   */
  resize(): boolean {
    if (this.#appsink === null) return true;
    if (STATES[this.#pipeline.state] >= STATES.paused) this.#pace();
    const rate = this.#readCaps(frameRateOf);
    const isFitted = rate !== null && (this.#isSelfContained || this.#longestGopNs !== null) &&
      (this.#maxBytes === Infinity || this.#frameBytes !== null);
    const sec = (isFitted ? this.holdSec : UNFITTED_SEC) + (this.#isDrained ? DRAIN_SEC : 0);
    const frames = Math.ceil(sec * (rate ?? UNKNOWN_RATE)) + MARGIN_FRAMES;
    const affordable = Math.max(1, Math.floor(this.#maxBytes / (this.#frameBytes ?? 1)));
    const capacity = Math.min(frames, affordable);
    if (capacity !== this.#capacity) {
      gstApp().gst_app_sink_set_max_buffers(this.#appsink, capacity);
      this.#capacity = capacity;
    }
    return isFitted;
  }

  get #isSelfContained(): boolean {
    return isSelfContained(this.#readCaps(mediaTypeOf) ?? "video/x-raw");
  }

  /** Seconds that the ring holds: an encoded one reaches back to a keyframe before the window, whenever that was. */
  get holdSec(): number {
    return this.#windowSec + 2 * nsToSec(this.#longestGopNs ?? 0n);
  }

  /** The longest time between keyframes so far; null for raw video, and where it is not known yet. */
  get longestGopNs(): bigint | null {
    return this.#longestGopNs;
  }

  /** Tells what the frames so far are like; null where that is not known yet. */
  learn(longestGopNs: bigint | null, frameBytes: number | null): void {
    this.#longestGopNs = this.#isSelfContained ? null : longestGopNs;
    this.#frameBytes = frameBytes;
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
    gst().gst_object_unref(this.#sinkPad);
    gst().gst_object_unref(appsink);
  }
}

/** The native tee, which stays its pipeline's. */
function findTee(name: string, pipeline: Pipeline, teeName: string): Deno.PointerObject {
  const { factoryName, unsafeHandle } = pipeline.element(teeName);
  if (factoryName === "tee") return unsafeHandle;
  throw new GstError(`The ${name} needs a tee; "${teeName}" is a ${factoryName}`);
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
