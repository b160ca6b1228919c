/**
 * A frame out of a pipeline.
 *
 * @module
 */
import { gst } from "../../ffi/gst.ts";
import { CLOCK_TIME_NONE, ENUMS, OFFSETS } from "../../ffi/layout.ts";
import { GstClosedError } from "../util/errors.ts";
import { max } from "../util/clock_time.ts";
import { capsText, frameRateOf, mediaTypeOf } from "./caps.ts";

/**
 * A GstSample (a buffer with its caps and segment) with its place in time. Shared between those who need it: each calls
 * {@link retain}, and {@link release} when done.
 */
export class Frame {
  /** Whether it can be decoded without the frames before it; always so for raw frames. */
  readonly isKeyframe: boolean;
  /** Size of its data in bytes. */
  readonly bytes: number;
  /** Duration in nanoseconds; null where the buffer does not tell. */
  readonly durationNs: bigint | null;
  /** The buffer's own time, which running time is made of. */
  readonly #pts: bigint;
  /** What the buffer says, in running time. */
  readonly #ptsNs: bigint | null;
  readonly #dtsNs: bigint | null;
  /** Whether it is decoded when it is shown: live sources write into raw frames when they came instead. */
  #ignoresDts = false;
  /** Running time at which it is decoded, where its buffer does not tell. */
  #estimatedDtsNs: bigint | null = null;
  /** Nanoseconds by which it comes later than its buffer says. */
  #shiftNs = 0n;
  /** Owned: unref'd by the last {@link release}. */
  #sample: Deno.PointerObject | null;
  #users = 1;

  /**
   * For {@link RingBuffer}.
   *
   * @param sample A GstSample with a buffer; the reference becomes this object's.
   */
  constructor(sample: Deno.PointerObject) {
    this.#sample = sample;
    const buffer = gst().gst_sample_get_buffer(sample)!;
    const view = new Deno.UnsafePointerView(buffer);
    const segment = gst().gst_sample_get_segment(sample);
    const runningTime = (time: bigint) =>
      known(gst().gst_segment_to_running_time(segment, ENUMS.GST_FORMAT_TIME, time));
    this.#pts = view.getBigUint64(OFFSETS["GstBuffer.pts"]);
    this.#ptsNs = runningTime(this.#pts);
    this.#dtsNs = runningTime(view.getBigUint64(OFFSETS["GstBuffer.dts"]));
    this.durationNs = known(view.getBigUint64(OFFSETS["GstBuffer.duration"]));
    this.bytes = Number(gst().gst_buffer_get_size(buffer));
    const flags = view.getUint32(OFFSETS["GstMiniObject.flags"]);
    this.isKeyframe = (flags & ENUMS.GST_BUFFER_FLAG_DELTA_UNIT) === 0;
  }

  /** Running time in nanoseconds; null where the buffer has no timestamp or lies outside its segment. */
  get timeNs(): bigint | null {
    return this.#ptsNs === null ? null : this.#ptsNs + this.#shiftNs;
  }

  /**
   * Nanoseconds of running time at which the frame is decoded; never later than those of any frame after it in the
   * stream. Same as {@link timeNs} where the stream does not tell it apart.
   */
  get dtsNs(): bigint | null {
    const dtsNs = this.#ignoresDts ? null : this.#estimatedDtsNs ?? this.#dtsNs;
    return dtsNs === null ? this.timeNs : dtsNs + this.#shiftNs;
  }

  /** Whether its buffer tells that it is decoded at another time than it is shown. */
  get isReordered(): boolean {
    return this.#dtsNs !== null && this.#dtsNs !== this.#ptsNs;
  }

  /** Has it be decoded at a running time that its buffer does not tell. */
  setDts(ns: bigint): void {
    this.#estimatedDtsNs = ns;
  }

  /** Has it be decoded when it is shown, as all raw frames are. */
  ignoreDts(): void {
    this.#ignoresDts = true;
  }

  /** Has it come that much later than its buffer says. */
  shift(ns: bigint): void {
    this.#shiftNs += ns;
  }

  /** Nanoseconds that the buffer's time is ahead of {@link timeNs}; null where there is no such time. */
  get aheadNs(): bigint | null {
    return this.timeNs === null ? null : this.#pts - this.timeNs;
  }

  /** Whether it comes when its sample says, which says all. */
  get isUnmodified(): boolean {
    return this.#shiftNs === 0n && this.#estimatedDtsNs === null;
  }

  /** Nanoseconds that a frame lasts by its caps; null where they tell no fixed frame rate. */
  get frameNs(): bigint | null {
    const rate = frameRateOf(this.capsHandle);
    return rate === null ? null : BigInt(Math.round(1e9 / rate));
  }

  /** Its GstCaps, which stay the sample's. */
  get capsHandle(): Deno.PointerObject {
    return gst().gst_sample_get_caps(this.sample)!;
  }

  /** How many buffers there are where this one comes from; null where there is no limit, or none is known. */
  get poolSize(): number | null {
    const buffer = gst().gst_sample_get_buffer(this.sample)!;
    const pool = new Deno.UnsafePointerView(buffer).getPointer(OFFSETS["GstBuffer.pool"]);
    if (pool === null) return null;
    const config = gst().gst_buffer_pool_get_config(pool);
    const most = new Uint32Array(1);
    gst().gst_buffer_pool_config_get_params(config, null, null, null, most);
    gst().gst_structure_free(config);
    return most[0]! > 0 ? most[0]! : null;
  }

  /** Holds a copy of its data from now on, so that the buffer returns to where it comes from. */
  copyData(): void {
    const original = this.sample;
    const buffer = gst().gst_buffer_copy_deep(gst().gst_sample_get_buffer(original))!;
    const segment = gst().gst_sample_get_segment(original);
    this.#sample = gst().gst_sample_new(buffer, this.capsHandle, segment, null);
    for (const owned of [buffer, original]) gst().gst_mini_object_unref(owned);
  }

  /** The kind of media by its caps, such as `video/x-raw` or `video/x-h264`. */
  get mediaType(): string {
    return mediaTypeOf(this.capsHandle);
  }

  /** Its caps, as text. */
  get caps(): string {
    return capsText(this.capsHandle);
  }

  /** The GstSample, valid until the frame is released. */
  get sample(): Deno.PointerObject {
    if (this.#sample === null) throw new GstClosedError("The frame is released");
    return this.#sample;
  }

  /**
   * A GstSample of the same frame, for the caller, whose buffer's times are so much ahead of running time.
   *
   * @param segment A GstSegment that makes running time of such times.
   */
  retimed(aheadNs: bigint, segment: Deno.PointerObject): Deno.PointerObject {
    const buffer = gst().gst_mini_object_copy(gst().gst_sample_get_buffer(this.sample))!;
    const fields = Deno.UnsafePointerView.getArrayBuffer(buffer, 16, OFFSETS["GstBuffer.pts"]);
    const times = new BigUint64Array(fields); // pts, then dts
    const laterNs = this.timeNs! + aheadNs - this.#pts;
    if (this.#ignoresDts) times[1] = CLOCK_TIME_NONE;
    times.forEach((time, i) => {
      if (time !== CLOCK_TIME_NONE) times[i] = max(time + laterNs, 0n);
    });
    if (this.#estimatedDtsNs !== null) times[1] = max(this.dtsNs! + aheadNs, 0n);
    const sample = gst().gst_sample_new(buffer, this.capsHandle, segment, null)!;
    gst().gst_mini_object_unref(buffer);
    return sample;
  }

  /**
   * Has the frame decoded that much earlier, where its buffer tells when; {@link dtsNs} stays as it was. Only for one
   * whose buffer has no other owner.
   */
  advanceDts(ns: bigint): void {
    const buffer = gst().gst_sample_get_buffer(this.sample)!;
    const field = Deno.UnsafePointerView.getArrayBuffer(buffer, 8, OFFSETS["GstBuffer.dts"]);
    const [dts = CLOCK_TIME_NONE] = new BigUint64Array(field);
    if (dts !== CLOCK_TIME_NONE) new BigUint64Array(field)[0] = dts > ns ? dts - ns : 0n;
  }

  /** Keeps the frame for one more user. */
  retain(): this {
    this.#users++;
    return this;
  }

  /** Ends one use; the last one frees the frame. */
  release(): void {
    if (--this.#users > 0 || this.#sample === null) return;
    gst().gst_mini_object_unref(this.#sample);
    this.#sample = null;
  }
}

function known(time: bigint): bigint | null {
  return time === CLOCK_TIME_NONE ? null : time;
}
