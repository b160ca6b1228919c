/**
 * The ring buffer: the last seconds of what flows through a tee.
 *
 * @module
 */
import { checkObject, checkSec, checkText } from "../util/check.ts";
import { GstError } from "../../ffi/errors.ts";
import { gstApp } from "../../ffi/gst.ts";
import { frameRateOf, mediaTypeOf, PadCaps } from "../gst/caps.ts";
import { max, nsToSec } from "../util/clock_time.ts";
import { isSelfContained, PARSERS } from "../media/codecs.ts";
import { Frame } from "../gst/frame.ts";
import { Pipeline } from "../pipeline.ts";
import { setProperty } from "../gst/properties.ts";
import { type State, STATES } from "../gst/state.ts";
import { RingBin } from "./ring_bin.ts";
import { isTeeLive, rawBytesPerSec, repeatParameterSets, teeMediaType } from "./tee_upstream.ts";
import { TeeBranch } from "./tee_branch.ts";

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

/** What flows into a ring, by its caps. */
interface Stream {
  /** Frames per second; null where there is no fixed rate. */
  rate: number | null;
  /** Whether each frame can be decoded by itself. */
  isSelfContained: boolean;
}

/** What is taken to flow while there are no caps. */
const UNKNOWN_STREAM: Stream = { rate: null, isSelfContained: true };

/** A day: frames are counted in 32 bits. */
const MAX_SEC = 86_400;
/** Frames beyond the window: one that straddles its start, one that is under way, and the rounding of frame rates. */
const MARGIN_FRAMES = 4;
/** Seconds of frames to provide for between two drains, while the stream is not known well enough. */
const UNFITTED_SEC = 3;
/** Frame rate to provide for where the caps tell none (yet). */
const UNKNOWN_RATE = 120;
/** Seconds of frames that the ring takes on top while it is drained by a timer: the event loop may be that late. */
const DRAIN_SEC = 6;
/** Frames that can wait in front of the ring while the pipeline plays. */
const FLOWING_FRAMES = 16;
/**
 * Frames that can wait in front of it otherwise. It takes none then, but must not hold up the tee: the other legs' sinks
 * wait for a frame each, an encoder among them perhaps for many.
 */
const WAITING_FRAMES = 200;

/**
 * The last seconds of a tee's stream, kept by GStreamer itself: an appsink that drops its oldest frame for each new one.
 * No JavaScript runs until {@link drain}.
 *
 * Subclasses change the bin by `binString`: it must have one unlinked sink pad and an appsink named
 * `ringbuffer_appsink`; other sinks in it need `async=false`.
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
  /** The leg's reference. */
  readonly #tee: Deno.PointerObject;
  readonly #bin: RingBin;
  readonly #leg: TeeBranch;
  readonly #stream: PadCaps<Stream>;
  /** Where the pipeline is on its way to. */
  #target: State;
  /** Whether frames are kept as they come through the tee. */
  readonly #isPlain: boolean;
  #isDetached = false;
  #isDrained = false;
  /** Whether the appsink may be waiting for the clock. */
  #isSynced = true;
  #longestGopNs: bigint | null = null;
  #leadNs = 0n;
  #frameBytes: number | null = null;
  #maxFrames = Infinity;
  #capacity = 0;

  /**
   * Attaches a ring to a tee, whatever the pipeline's state.
   *
   * @throws {TypeError} if an option has the wrong type.
   * @throws {RangeError} if no element has the tee's name, or a number is out of range.
   * @throws {GstError} if the bin cannot be parsed, has no such appsink, does not start or does not take the tee's caps;
   * the pipeline goes on without it.
   */
  constructor(options: RingBufferOptions) {
    const { pipeline, teeName, windowSec, timeoutSec, maxBytes = Infinity } = checkOptions(options);
    this.#pipeline = pipeline;
    this.#maxBytes = maxBytes;
    this.#windowSec = windowSec;
    this.#target = pipeline.state;
    const name = `ring buffer at tee "${teeName}"`;
    const tee = findTee(name, pipeline, teeName);
    this.#tee = tee;
    const text = binText((this.constructor as typeof RingBuffer).makeBinString(), tee);
    this.#isPlain = text === RingBuffer.binString;
    this.#bin = new RingBin({
      ...{ name, text },
      // a live source gives nothing in a pause, and no sink waits for it: there, the tee's thread alone will do
      isQueued: !this.isLive,
      isShielded: !this.#isPlain,
    });
    this.#stream = new PadCaps(this.#bin.sinkPad, (caps) => ({
      rate: frameRateOf(caps),
      isSelfContained: isSelfContained(mediaTypeOf(caps)),
    }));
    try {
      this.#configure();
      this.#leg = new TeeBranch({ name, tee, bin: this.#bin, timeoutSec });
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
    // an element that prerolls would drag a playing pipeline back to PAUSED
    setProperty(sink, "async", false);
    this.#bin.queueSize = WAITING_FRAMES;
    this.#pace();
  }

  /** A live source paces itself; any other is paced here, by the clock. */
  #pace(): void {
    if (!this.#isSynced || !this.isLive) return;
    setProperty(this.#bin.appsink, "sync", false);
    this.#isSynced = false;
  }

  /** Whether the tee's frames come when they are made, as a camera's do. */
  get isLive(): boolean {
    return (this.#isDetached ? null : isTeeLive(this.#tee)) ?? this.#pipeline.isLive;
  }

  /** Path of the ring's bin. */
  get path(): string {
    return this.#leg.path;
  }

  /** Whether the stream has ended and all of it was drained. */
  get isEos(): boolean {
    // an appsink that has not been started says that it is at the end, too
    return !this.#isDetached && gstApp().gst_app_sink_is_eos(this.#bin.appsink) !== 0 &&
      STATES[this.#pipeline.state] >= STATES.paused;
  }

  /**
   * Why no more frames get into the ring; null while they do. It is known where GStreamer's element `errorignore` is
   * installed, and the bin is more than the appsink (which takes all): else a failure stops the pipeline.
   */
  get failure(): GstError | null {
    return this.#isDetached ? null : this.#bin.failure;
  }

  /** Nanoseconds that one frame lasts by its caps; null where they tell no fixed frame rate. */
  get frameNs(): bigint | null {
    const rate = this.#isDetached ? null : this.#stream.value?.rate ?? null;
    return rate === null ? null : BigInt(Math.round(1e9 / rate));
  }

  /**
   * Fits the ring's capacity to the stream and the pipeline's pace.
   *
   * @returns Whether frame rate, distance of keyframes and, where bytes are limited, size of frames are known; where not,
   * the ring must be drained every second.
   */
  resize(): boolean {
    if (this.#isDetached) return true;
    if (this.#isSynced || this.#bin.isQueued) this.#fitToPace();
    const { rate, isSelfContained } = this.#stream.value ?? UNKNOWN_STREAM;
    const isFitted = rate !== null && (isSelfContained || this.#longestGopNs !== null) &&
      (this.#maxBytes === Infinity || this.#frameBytes !== null);
    const sec = (isFitted ? this.holdSec : UNFITTED_SEC) + (this.#isDrained ? DRAIN_SEC : 0);
    const frames = Math.ceil(sec * (rate ?? UNKNOWN_RATE)) + MARGIN_FRAMES;
    const affordable = Math.max(1, Math.floor(this.#maxBytes / (this.#frameBytes ?? 1)));
    const capacity = Math.min(frames, affordable, this.#maxFrames);
    if (capacity !== this.#capacity) {
      gstApp().gst_app_sink_set_max_buffers(this.#bin.appsink, capacity);
      this.#capacity = capacity;
    }
    return isFitted;
  }

  #fitToPace(): void {
    const { state } = this.#pipeline;
    if (STATES[state] >= STATES.paused) this.#pace();
    if (state === "playing" && this.#target === "playing") this.#bin.queueSize = FLOWING_FRAMES;
  }

  /** Seconds that the ring holds: an encoded one reaches back to a keyframe before the window, whenever that was. */
  get holdSec(): number {
    return this.#windowSec + nsToSec(max(2n * (this.#longestGopNs ?? 0n), this.#leadNs));
  }

  /** Bytes that it will hold when it is full, by the caps of raw video; null for anything else, and without caps. */
  get capsBytes(): number | null {
    const rate = this.#isDetached || !this.#isPlain ? null : rawBytesPerSec(this.#tee);
    return rate === null ? null : Math.min(Math.round(rate * this.holdSec), this.#maxBytes);
  }

  /** The longest time between keyframes so far; null for raw video, and where it is not known yet. */
  get longestGopNs(): bigint | null {
    return this.#longestGopNs;
  }

  /**
   * Tells what the frames so far are like; null where that is not known yet.
   *
   * @param leadNs Nanoseconds by which clips can begin before the window because of another tee's keyframes.
   */
  learn(longestGopNs: bigint | null, frameBytes: number | null, leadNs = 0n): void {
    if (this.#isDetached) return;
    const { isSelfContained } = this.#stream.value ?? UNKNOWN_STREAM;
    this.#longestGopNs = isSelfContained ? null : longestGopNs;
    this.#frameBytes = frameBytes;
    this.#leadNs = leadNs;
  }

  /**
   * Fits the ring to a change of the pipeline's state, both before the pipeline is told to change and after that.
   *
   * A pause must find room in front of the ring, lest a leg that has to get one more frame for it waits in vain. More
   * room is made only when the sinks have been told to pause: a source that nothing else paces would have filled it.
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

  /** Tells whether a timer drains the ring: then it takes some seconds more, lest a busy event loop lose frames. */
  set isDrained(isDrained: boolean) {
    if (isDrained === this.#isDrained) return;
    this.#isDrained = isDrained;
    this.resize();
  }

  /** Frames that it holds before it drops the oldest. */
  get capacity(): number {
    return this.#capacity;
  }

  /** Frames that it may hold at most, however long the window; more are dropped until it is drained. */
  set maxFrames(maxFrames: number) {
    this.#maxFrames = maxFrames;
    this.resize();
  }

  /** Takes all frames out of the ring, oldest first. The caller owns them. */
  drain(): Frame[] {
    const frames: Frame[] = [];
    if (this.#isDetached) return frames;
    for (;;) {
      const sample = gstApp().gst_app_sink_try_pull_sample(this.#bin.appsink, 0n);
      if (sample === null) return frames;
      frames.push(new Frame(sample));
    }
  }

  /** Takes the ring off the tee; the pipeline's other branches do not notice. May be called twice. */
  detach(): void {
    if (this.#isDetached) return;
    this.#isDetached = true;
    this.#leg.remove();
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

/** The native tee, which stays its pipeline's. */
function findTee(name: string, pipeline: Pipeline, teeName: string): Deno.PointerObject {
  const { factoryName, unsafeHandle } = pipeline.element(teeName);
  if (factoryName === "tee") return unsafeHandle;
  throw new GstError(`The ${name} needs a tee; "${teeName}" is a ${factoryName}`);
}

/** A ring's text for a tee: the default bin gets an encoded stream's parameter sets repeated. */
function binText(text: string, tee: Deno.PointerObject): string {
  if (text !== RingBuffer.binString) return text;
  const parser = PARSERS[teeMediaType(tee) ?? ""];
  return parser?.repeats && !repeatParameterSets(tee) ? `${parser.text} ! ${text}` : text;
}
