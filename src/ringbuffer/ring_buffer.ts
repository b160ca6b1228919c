/**
 * The ring buffer: the last seconds of what flows through a tee.
 *
 * @module
 */
import { checkObject, checkSec, checkText } from "../util/check.ts";
import { GstError } from "../../ffi/errors.ts";
import { gstApp } from "../../ffi/gst.ts";
import { capsText, frameRateOf, mediaTypeOf, PadCaps, readPadCaps } from "../gst/caps.ts";
import { isSelfContained } from "../media/codecs.ts";
import { parsedBinText } from "./parsed_bin_text.ts";
import { type Orientation, parseOrientation } from "../media/orientation.ts";
import { readTag } from "../gst/tags.ts";
import { Frame } from "../gst/frame.ts";
import { Pipeline } from "../pipeline.ts";
import { readStructureProperty, setProperty } from "../gst/properties.ts";
import { readUint64 } from "../gst/structure.ts";
import { type State, STATES } from "../gst/state.ts";
import { RingCapacity, type StreamCaps, type StreamFacts } from "./capacity.ts";
import { RingBin } from "./ring_bin.ts";
import {
  isTeeLive,
  rawBytesPerSec,
  readTeeCaps,
  requestKeyframe,
  teeMediaType,
} from "./tee_upstream.ts";
import { TeeBranch } from "./tee_branch.ts";

/** Options of {@link RingBuffer}. */
export interface RingBufferOptions {
  /** The pipeline with the tee. */
  pipeline: Pipeline;
  /** The tee's name. */
  teeName: string;
  /** The minimum length of stream that the ring buffer holds, in seconds. At most a day. */
  windowSec: number;
  /** Seconds that attaching may take. The constructor blocks for as long. */
  timeoutSec: number;
  /** The maximum size of its frames in bytes. Defaults to `Infinity`. */
  maxBytes?: number;
}

/** The stream that is assumed while there are no caps. */
const UNKNOWN_STREAM: StreamCaps = { rate: null, isSelfContained: true };

/** The longest window, a day: frames are counted in 32 bits. */
const MAX_SEC = 86_400;
/** Frames that can wait in front of the ring while the pipeline plays. */
const FLOWING_FRAMES = 16;
/**
 * Frames that can wait in front of the ring otherwise. It takes none then, but must not block the tee: the sinks of the
 * other branches wait for a frame each, and an encoder in front of one perhaps for many.
 */
const WAITING_FRAMES = 200;

/**
 * A ring buffer of the last seconds of a tee's stream: an appsink that drops its oldest frame for each new one. No
 * JavaScript runs until {@link drain}. It stays attached until {@link detach}.
 *
 * {@link VideoRecorder} creates it, by its option `ringBufferClass`. A subclass sets the elements between the tee and the
 * appsink by `binString`: a bin with one unlinked sink pad and an appsink named `ringbuffer_appsink`. Other sinks in it need
 * `async=false`.
 *
 * @example
 * ```ts
 * import { RingBuffer } from "@gstp/gstp";
 *
 * class GrayRingBuffer extends RingBuffer {
 *   static override readonly binString: string = `
 *     queue
 *     ! videoconvert
 *     ! capsfilter caps=video/x-raw,format=GRAY8
 *     ! appsink name=ringbuffer_appsink`;
 * }
 * ```
 */
export class RingBuffer {
  /**
   * The description of the bin. By default it is the appsink alone: frames are kept as they are, in the tee's own thread.
   */
  static readonly binString: string = "appsink name=ringbuffer_appsink";

  /**
   * Returns the description of the bin; called when a ring buffer is attached. Override it, instead of `binString`, if the
   * bin depends on what is installed, or on the stream.
   *
   * @param _caps The caps of the tee's stream as text, or its media type; `null` if neither is known yet.
   */
  static makeBinString(_caps: string | null = null): string {
    return this.binString;
  }

  readonly #pipeline: Pipeline;
  readonly #maxBytes: number;
  readonly #capacity: RingCapacity;
  /** The branch's reference. */
  readonly #tee: Deno.PointerObject;
  readonly #bin: RingBin;
  readonly #branch: TeeBranch;
  readonly #stream: PadCaps<StreamCaps>;
  /** The state that the pipeline was asked for. */
  #target: State;
  /** Whether frames are kept as they come out of the tee. */
  readonly #isPlain: boolean;
  #isDetached = false;
  /** Whether the appsink may be waiting for the clock. */
  #isSynced = true;
  /** The capacity that the appsink has. */
  #frames = 0;

  /**
   * Attaches a ring buffer to a tee, in any state of the pipeline.
   *
   * @throws {TypeError} If an option has the wrong type.
   * @throws {RangeError} If no element has the tee's name, or a number is out of range.
   * @throws {GstError} If the bin cannot be parsed, has no such appsink, does not start or does not accept the tee's caps;
   * the pipeline goes on without it.
   */
  constructor(options: RingBufferOptions) {
    const { pipeline, teeName, windowSec, timeoutSec, maxBytes = Infinity } = checkOptions(options);
    this.#pipeline = pipeline;
    this.#maxBytes = maxBytes;
    this.#capacity = new RingCapacity({ windowSec, maxBytes });
    this.#target = pipeline.state;
    const name = `ring buffer at tee "${teeName}"`;
    const tee = findTee(name, pipeline, teeName);
    this.#tee = tee;
    const { makeBinString } = this.constructor as typeof RingBuffer;
    const caps = readTeeCaps(tee, capsText) ?? teeMediaType(tee);
    const own = makeBinString.call(this.constructor, caps);
    const text = own === RingBuffer.binString ? parsedBinText(own, tee) : own;
    this.#isPlain = text === RingBuffer.binString;
    this.#bin = new RingBin({
      ...{ name, text },
      // a live source sends nothing in a pause, and no sink waits for it: the tee's thread alone is enough
      isQueued: !this.isLive,
      isShielded: !this.#isPlain,
    });
    this.#stream = new PadCaps(this.#bin.sinkPad, (caps) => ({
      rate: frameRateOf(caps),
      isSelfContained: isSelfContained(mediaTypeOf(caps)),
    }));
    try {
      this.#configure();
      this.#branch = new TeeBranch({ name, tee, bin: this.#bin, timeoutSec });
    } catch (error) {
      this.#bin.close();
      throw error;
    }
    this.resize();
  }

  #configure(): void {
    const sink = this.#bin.appsink;
    setProperty(sink, "drop", true);
    setProperty(sink, "wait-on-eos", false);
    setProperty(sink, "enable-last-sample", false);
    setProperty(sink, "emit-signals", false);
    // an element that prerolls would take a playing pipeline back to PAUSED
    setProperty(sink, "async", false);
    this.#bin.queueSize = WAITING_FRAMES;
    this.#unsyncLive();
  }

  /** Lets a live source pace itself; any other is paced by the ring's appsink, on the clock. */
  #unsyncLive(): void {
    if (!this.#isSynced) return;
    // some sources only answer once they play: until then, another source of the pipeline may be the live one
    const isPlaying = () => this.#pipeline.state === "playing";
    if (!(this.#isTeeLive ?? (isPlaying() && this.#pipeline.isLive))) return;
    setProperty(this.#bin.appsink, "sync", false);
    this.#isSynced = false;
  }

  /** Whether the tee's stream is live, as a camera's is. */
  get isLive(): boolean {
    return this.#isTeeLive ?? this.#pipeline.isLive;
  }

  /** The answer of the tee's source; `null` if it gives none. */
  get #isTeeLive(): boolean | null {
    return this.#isDetached ? null : isTeeLive(this.#tee);
  }

  /** The path of its bin or, without one, of its appsink. */
  get path(): string {
    return this.#branch.path;
  }

  /** Whether the stream has ended and all frames are drained. */
  get isEos(): boolean {
    // an appsink that was not started claims to be at the end
    return !this.#isDetached && gstApp().gst_app_sink_is_eos(this.#bin.appsink) !== 0 &&
      STATES[this.#pipeline.state] >= STATES.paused;
  }

  /**
   * The error of an element in the bin, after which the ring buffer accepts no more frames; `null` without one. It needs
   * GStreamer's element `errorignore`: without that, a failure in the bin stops the pipeline.
   */
  get failure(): GstError | null {
    return this.#isDetached ? null : this.#bin.failure;
  }

  /**
   * Duration of a frame in nanoseconds by its caps; `null` if they state no fixed frame rate.
   *
   * @internal
   * @ignore
   */
  get frameNs(): bigint | null {
    const rate = this.#isDetached ? null : this.#stream.value?.rate ?? null;
    return rate === null ? null : BigInt(Math.round(1e9 / rate));
  }

  /**
   * Returns what `read` returns for the caps of its frames; `null` if they are not known yet. The caps stay the ring's.
   *
   * @internal
   * @ignore
   */
  readCaps<T>(read: (caps: Deno.PointerObject) => T): T | null {
    if (this.#isDetached) return null;
    const value = readPadCaps(this.#bin.sinkPad, read);
    // a tee forwards its caps with its next frame
    return value !== null || !this.#isPlain ? value : this.readTeeCaps(read);
  }

  /**
   * Returns what `read` returns for the caps of the tee's stream; `null` if they are not known yet. The caps stay the tee's.
   *
   * @internal
   * @ignore
   */
  readTeeCaps<T>(read: (caps: Deno.PointerObject) => T): T | null {
    if (this.#isDetached) return null;
    return readTeeCaps(this.#tee, read);
  }

  /**
   * How its pictures must be turned to be upright, by the tags of the stream; `null` if they are upright.
   *
   * @internal
   * @ignore
   */
  get orientation(): Orientation | null {
    if (this.#isDetached || this.isStraightener) return null;
    return parseOrientation(readTag(this.#bin.sinkPad, "image-orientation"));
  }

  /**
   * Whether its bin makes raw video progressive and upright.
   *
   * @internal
   * @ignore
   */
  get isStraightener(): boolean {
    return false;
  }

  /**
   * Fits the ring's capacity to the stream and the pipeline's pace.
   *
   * @returns Whether frame rate, keyframe distance and, if bytes are limited, frame size are known; otherwise the ring must
   * be drained every second.
   *
   * @internal
   * @ignore
   */
  resize(): boolean {
    if (this.#isDetached) return true;
    if (this.#isSynced || this.#bin.isQueued) this.#fitToPace();
    this.#measureRate();
    const frames = this.#capacity.frames(this.#caps);
    if (frames !== this.#frames) {
      gstApp().gst_app_sink_set_max_buffers(this.#bin.appsink, frames);
      this.#frames = frames;
    }
    return this.#capacity.isFitted(this.#caps);
  }

  /** Counts what has come (GStreamer: "GstBaseSink", property stats). */
  #measureRate(): void {
    const { runningTimeSec } = this.#pipeline;
    if (runningTimeSec === null) return;
    const { received } = this;
    if (received !== null) this.#capacity.observe(received, runningTimeSec, this.#caps);
  }

  /**
   * The number of buffers that have come into it since the pipeline was started; `null` once it is detached.
   *
   * @internal
   * @ignore
   */
  get received(): number | null {
    if (this.#isDetached) return null;
    const read = (stats: Deno.PointerObject) => readUint64(stats, "rendered");
    const buffers = readStructureProperty(this.#bin.appsink, "stats", read);
    return buffers === null ? null : Number(buffers);
  }

  get #caps(): StreamCaps {
    return this.#stream.value ?? UNKNOWN_STREAM;
  }

  #fitToPace(): void {
    const { state } = this.#pipeline;
    if (STATES[state] >= STATES.paused) this.#unsyncLive();
    if (state === "playing" && this.#target === "playing") this.#bin.queueSize = FLOWING_FRAMES;
  }

  /** Seconds of stream that it holds when full. With encoded video, that is more than the window: back to a keyframe. */
  get holdSec(): number {
    return this.#capacity.holdSec;
  }

  /**
   * Size of the full ring in bytes, by the caps of raw video; `null` for anything else, and without caps.
   *
   * @internal
   * @ignore
   */
  get capsBytes(): number | null {
    const rate = this.#isDetached || !this.#isPlain ? null : rawBytesPerSec(this.#tee);
    return rate === null ? null : Math.min(Math.round(rate * this.holdSec), this.#maxBytes);
  }

  /**
   * The longest time between keyframes so far; `null` for raw video and if not known yet.
   *
   * @internal
   * @ignore
   */
  get longestGopNs(): bigint | null {
    return this.#capacity.facts.longestGopNs;
  }

  /**
   * Sets what is known of the frames so far.
   *
   * @internal
   * @ignore
   */
  learn(facts: StreamFacts): void {
    if (!this.#isDetached) this.#capacity.learn(facts, this.#caps);
  }

  /**
   * Fits the ring to a change of the pipeline's state, both before and after the change is requested.
   *
   * A pause must find room in front of the ring, so that a branch waiting for one more frame is not starved. More room is
   * made only when the sinks have been asked to pause: a source that nothing else paces would have filled it.
   *
   * @internal
   * @ignore
   */
  follow(state: State, when: "before" | "after"): void {
    this.#target = state;
    if (this.#isDetached) return;
    if (when === "after" && state !== "playing") {
      this.#bin.queueSize = this.#bin.queued + WAITING_FRAMES;
    } else if (when === "before" && state === "playing" && this.#pipeline.state === "paused") {
      this.#bin.queueSize = FLOWING_FRAMES;
    }
  }

  /**
   * Sets whether a timer drains the ring. If so, it holds some seconds more, so that a busy event loop loses no frames.
   *
   * @internal
   * @ignore
   */
  set isDrained(isDrained: boolean) {
    if (isDrained === this.#capacity.isDrained) return;
    this.#capacity.isDrained = isDrained;
    this.resize();
  }

  /**
   * The number of frames that the ring holds before it drops the oldest.
   *
   * @internal
   * @ignore
   */
  get capacity(): number {
    return this.#frames;
  }

  /**
   * Limits the number of frames, however long the window; more are dropped until the ring is drained.
   *
   * @internal
   * @ignore
   */
  set maxFrames(maxFrames: number) {
    this.#capacity.maxFrames = maxFrames;
    this.resize();
  }

  /**
   * Asks upstream for a keyframe.
   *
   * @internal
   * @ignore
   */
  requestKeyframe(): void {
    if (!this.#isDetached) requestKeyframe(this.#tee);
  }

  /**
   * Removes and returns all frames, oldest first. The caller owns a reference to each, and must {@link Frame.release} it.
   */
  drain(): Frame[] {
    const frames: Frame[] = [];
    if (this.#isDetached) return frames;
    for (;;) {
      const sample = gstApp().gst_app_sink_try_pull_sample(this.#bin.appsink, 0n);
      if (sample === null) return frames;
      frames.push(new Frame(sample));
    }
  }

  /** Detaches it from the tee, and drops its frames. Other branches of the tee are not affected. May be called twice. */
  detach(): void {
    if (this.#isDetached) return;
    this.#isDetached = true;
    this.#branch.remove();
    this.#stream.close();
    this.#bin.close();
  }
}

function checkOptions(options: RingBufferOptions): RingBufferOptions {
  checkObject("options", options);
  const { pipeline, teeName, windowSec, timeoutSec, maxBytes = Infinity } = options;
  if (!(pipeline instanceof Pipeline)) throw new TypeError("pipeline must be a Pipeline");
  checkText("teeName", teeName);
  for (const [name, sec] of Object.entries({ windowSec, timeoutSec })) {
    if (checkSec(name, sec) > MAX_SEC) {
      throw new RangeError(`${name} must be at most ${MAX_SEC} seconds, got ${sec}`);
    }
  }
  if (typeof maxBytes !== "number") throw new TypeError("maxBytes must be a number");
  if (!(maxBytes > 0)) throw new RangeError(`maxBytes must be above 0, got ${maxBytes}`);
  return options;
}

/** Finds the GstElement of the tee, which stays its pipeline's. */
function findTee(name: string, pipeline: Pipeline, teeName: string): Deno.PointerObject {
  const { factoryName, unsafeHandle } = pipeline.element(teeName);
  if (factoryName === "tee") return unsafeHandle;
  throw new GstError(`The ${name} needs a tee; "${teeName}" is a ${factoryName}`);
}
