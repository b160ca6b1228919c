/**
 * A frame out of a pipeline.
 *
 * @module
 */
import { gst } from "../ffi/gst.ts";
import { CLOCK_TIME_NONE, ENUMS, OFFSETS } from "../ffi/layout.ts";
import { capsText, mediaTypeOf } from "./caps.ts";

/**
 * A GstSample (a buffer with its caps and segment) with its place in time. Shared between those who need it: each calls
 * {@link retain}, and {@link release} when done.
 */
export class Frame {
  /** Running time in nanoseconds; null where the buffer has no timestamp or lies outside its segment. */
  readonly timeNs: bigint | null;
  /**
   * Nanoseconds of running time at which the frame is decoded; never later than those of any frame after it in the
   * stream. Same as {@link timeNs} where the stream does not tell it apart.
   */
  readonly orderNs: bigint | null;
  /** Whether it can be decoded without the frames before it; always so for raw frames. */
  readonly isKeyframe: boolean;
  /** Size of its data in bytes. */
  readonly bytes: number;
  /** Duration in nanoseconds; null where the buffer does not tell. */
  readonly durationNs: bigint | null;
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
    const runningTime = (offset: number) => {
      const time = view.getBigUint64(offset);
      return known(gst().gst_segment_to_running_time(segment, ENUMS.GST_FORMAT_TIME, time));
    };
    this.timeNs = runningTime(OFFSETS["GstBuffer.pts"]);
    this.orderNs = runningTime(OFFSETS["GstBuffer.dts"]) ?? this.timeNs;
    this.durationNs = known(view.getBigUint64(OFFSETS["GstBuffer.duration"]));
    this.bytes = Number(gst().gst_buffer_get_size(buffer));
    const flags = view.getUint32(OFFSETS["GstMiniObject.flags"]);
    this.isKeyframe = (flags & ENUMS.GST_BUFFER_FLAG_DELTA_UNIT) === 0;
  }

  /** The kind of media by its caps, such as `video/x-raw` or `video/x-h264`. */
  get mediaType(): string {
    return mediaTypeOf(gst().gst_sample_get_caps(this.sample));
  }

  /** Its caps, as text. */
  get caps(): string {
    return capsText(gst().gst_sample_get_caps(this.sample)!);
  }

  /** The GstSample, valid until the frame is released. */
  get sample(): Deno.PointerObject {
    if (this.#sample === null) throw new Error("The frame is released");
    return this.#sample;
  }

  /**
   * Has the frame decoded that much earlier, where its buffer tells when; {@link orderNs} stays as it was. Only for one
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
