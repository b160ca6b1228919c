/**
 * Frames out of a pipeline.
 *
 * @module
 */
import { gst } from "../../ffi/gst.ts";
import { CLOCK_TIME_NONE, ENUMS, OFFSETS } from "../../ffi/layout.ts";
import { max } from "../util/clock_time.ts";
import { GstClosedError } from "../util/errors.ts";
import { capsText, frameRateOf, mediaTypeOf } from "./caps.ts";

/**
 * A frame of a stream: a GstSample (a buffer with its caps and segment) and its running times.
 *
 * It is reference-counted: the caller of {@link RingBuffer.drain} owns one reference to each frame, and must
 * {@link release} it. {@link retain} adds a reference.
 */
export class Frame {
  /** Whether it can be decoded without earlier frames; always `true` for raw frames. */
  readonly isKeyframe: boolean;
  /** The size of the data in bytes. */
  readonly bytes: number;
  /** The duration in nanoseconds; null if the buffer has none. */
  readonly durationNs: bigint | null;
  /** The buffer's own PTS. */
  readonly #pts: bigint;
  /** The buffer's PTS and DTS as running times. */
  readonly #ptsNs: bigint | null;
  readonly #dtsNs: bigint | null;
  /** Whether the DTS is that of the PTS: live sources write arrival times into the DTS of raw frames. */
  #ignoresDts = false;
  /** The running time of a DTS that the buffer lacks. */
  #estimatedDtsNs: bigint | null = null;
  /** Nanoseconds by which the frame is later than its buffer says. */
  #shiftNs = 0n;
  /** Owned: unref'd by the last {@link release}. */
  #sample: Deno.PointerObject | null;
  #users = 1;

  /**
   * Wraps a sample, with one reference.
   *
   * @param sample A GstSample with a buffer; the new object takes over the reference.
   * @internal
   * @ignore
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

  /** The running time of the PTS in nanoseconds; null if the buffer has none, or lies outside its segment. */
  get timeNs(): bigint | null {
    return this.#ptsNs === null ? null : this.#ptsNs + this.#shiftNs;
  }

  /**
   * The running time of the DTS in nanoseconds, which does not decrease within a stream; {@link timeNs} if the buffer has no
   * DTS.
   */
  get dtsNs(): bigint | null {
    const dtsNs = this.#ignoresDts ? null : this.#estimatedDtsNs ?? this.#dtsNs;
    return dtsNs === null ? this.timeNs : dtsNs + this.#shiftNs;
  }

  /**
   * The media type of its caps, such as `video/x-raw` or `video/x-h264`.
   *
   * @throws {GstClosedError} If the frame is freed.
   */
  get mediaType(): string {
    return mediaTypeOf(this.capsHandle);
  }

  /**
   * Its caps as text.
   *
   * @throws {GstClosedError} If the frame is freed.
   */
  get caps(): string {
    return capsText(this.capsHandle);
  }

  /** Adds a reference. */
  retain(): this {
    this.#users++;
    return this;
  }

  /** Drops a reference; the last one frees the frame. */
  release(): void {
    if (--this.#users > 0 || this.#sample === null) return;
    gst().gst_mini_object_unref(this.#sample);
    this.#sample = null;
  }

  /**
   * The GstSample, valid until the last {@link release}. This object owns the reference.
   *
   * @throws {GstClosedError} If the frame is freed.
   * @internal
   * @ignore
   */
  get sample(): Deno.PointerObject {
    if (this.#sample === null) throw new GstClosedError("The frame is released");
    return this.#sample;
  }

  /**
   * The GstCaps; the sample owns them.
   *
   * @internal
   * @ignore
   */
  get capsHandle(): Deno.PointerObject {
    return gst().gst_sample_get_caps(this.sample)!;
  }

  /**
   * The nanoseconds from a frame to the next by the caps; null without a fixed frame rate.
   *
   * @internal
   * @ignore
   */
  get frameNs(): bigint | null {
    const rate = frameRateOf(this.capsHandle);
    return rate === null ? null : BigInt(Math.round(1e9 / rate));
  }

  /**
   * The number of buffers in the pool of the buffer; null if it has no pool, or the pool no limit.
   *
   * @internal
   * @ignore
   */
  get poolSize(): number | null {
    const buffer = gst().gst_sample_get_buffer(this.sample)!;
    const pool = new Deno.UnsafePointerView(buffer).getPointer(OFFSETS["GstBuffer.pool"]);
    if (pool === null) return null;
    const config = gst().gst_buffer_pool_get_config(pool);
    const maxBuffers = new Uint32Array(1);
    gst().gst_buffer_pool_config_get_params(config, null, null, null, maxBuffers);
    gst().gst_structure_free(config);
    return maxBuffers[0]! > 0 ? maxBuffers[0]! : null;
  }

  /**
   * Whether the buffer has a DTS that differs from its PTS.
   *
   * @internal
   * @ignore
   */
  get isReordered(): boolean {
    return this.#dtsNs !== null && this.#dtsNs !== this.#ptsNs;
  }

  /**
   * Whether the frame's times are those of its buffer.
   *
   * @internal
   * @ignore
   */
  get isUnmodified(): boolean {
    return this.#shiftNs === 0n && this.#estimatedDtsNs === null;
  }

  /**
   * The nanoseconds by which the buffer's PTS is ahead of {@link timeNs}; null without a running time.
   *
   * @internal
   * @ignore
   */
  get aheadNs(): bigint | null {
    return this.timeNs === null ? null : this.#pts - this.timeNs;
  }

  /**
   * Sets the running time of the DTS, for a buffer that has none.
   *
   * @internal
   * @ignore
   */
  setDts(ns: bigint): void {
    this.#estimatedDtsNs = ns;
  }

  /**
   * Sets the DTS to the PTS, as it is for all raw frames.
   *
   * @internal
   * @ignore
   */
  ignoreDts(): void {
    this.#ignoresDts = true;
  }

  /**
   * Moves the frame's running times to later ones.
   *
   * @internal
   * @ignore
   */
  shift(ns: bigint): void {
    this.#shiftNs += ns;
  }

  /**
   * Replaces the buffer by a copy, so that the original returns to its pool.
   *
   * @internal
   * @ignore
   */
  copyData(): void {
    const original = this.sample;
    const buffer = gst().gst_buffer_copy_deep(gst().gst_sample_get_buffer(original))!;
    const segment = gst().gst_sample_get_segment(original);
    this.#sample = gst().gst_sample_new(buffer, this.capsHandle, segment, null);
    for (const owned of [buffer, original]) gst().gst_mini_object_unref(owned);
  }

  /**
   * Copies the sample, with timestamps that are ahead of the running times by `aheadNs`.
   *
   * @param segment A GstSegment that maps such timestamps to running times.
   * @returns A GstSample that the caller owns.
   * @internal
   * @ignore
   */
  retimed(aheadNs: bigint, segment: Deno.PointerObject): Deno.PointerObject {
    const buffer = gst().gst_mini_object_copy(gst().gst_sample_get_buffer(this.sample))!;
    const fields = Deno.UnsafePointerView.getArrayBuffer(buffer, 16, OFFSETS["GstBuffer.pts"]);
    const times = new BigUint64Array(fields); // PTS and DTS
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
   * Moves the buffer's DTS, if it has one, to an earlier time; {@link dtsNs} does not change. The buffer must not have
   * another owner.
   *
   * @internal
   * @ignore
   */
  advanceDts(ns: bigint): void {
    const buffer = gst().gst_sample_get_buffer(this.sample)!;
    const field = Deno.UnsafePointerView.getArrayBuffer(buffer, 8, OFFSETS["GstBuffer.dts"]);
    const [dts = CLOCK_TIME_NONE] = new BigUint64Array(field);
    if (dts !== CLOCK_TIME_NONE) new BigUint64Array(field)[0] = dts > ns ? dts - ns : 0n;
  }
}

function known(time: bigint): bigint | null {
  return time === CLOCK_TIME_NONE ? null : time;
}
