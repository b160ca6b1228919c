/**
 * Frames out of a pipeline.
 *
 * @module
 */
import { gst } from "../../ffi/gst.ts";
import { CLOCK_TIME_NONE, ENUMS, OFFSETS } from "../../ffi/layout.ts";
import { max } from "../util/clock_time.ts";
import { GstClosedError } from "../util/errors.ts";
import type { AccessUnitInfo } from "../media/access_unit.ts";
import { toRunningTime } from "./sample.ts";
import { capsText, frameRateOf, mediaTypeOf } from "./caps.ts";

/**
 * A frame of a stream: a GstSample (a buffer with its caps and segment) and its running times.
 *
 * It is reference-counted: the caller of {@link RingBuffer.drain} owns one reference to each frame, and must
 * {@link release} it. {@link retain} adds a reference.
 */
export class Frame {
  /** Whether the buffer is marked as one that needs no others; `true` for raw frames. */
  readonly #isMarked: boolean;
  #bytes: number;
  #durationNs: bigint | null;
  /** The buffer's own PTS and DTS. */
  #pts: bigint;
  #dts: bigint;
  /** The buffer's PTS and DTS as running times. */
  #ptsNs: bigint | null;
  #dtsNs: bigint | null;
  /** What its data shows; `null` if that was not read. */
  #unit: AccessUnitInfo | null = null;
  /** Nanoseconds after it from which pictures are right if decoding begins with it; `null` if not known yet. */
  #rightAfterNs: bigint | null = 0n;
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
    this.#dts = view.getBigUint64(OFFSETS["GstBuffer.dts"]);
    // with B-frames, the first DTS are before the segment
    this.#dtsNs = runningTime(this.#dts) ??
      (this.#dts === CLOCK_TIME_NONE ? null : toRunningTime(sample, this.#dts));
    this.#durationNs = known(view.getBigUint64(OFFSETS["GstBuffer.duration"]));
    this.#bytes = Number(gst().gst_buffer_get_size(buffer));
    const flags = view.getUint32(OFFSETS["GstMiniObject.flags"]);
    this.#isMarked = (flags & ENUMS.GST_BUFFER_FLAG_DELTA_UNIT) === 0;
  }

  /**
   * Whether decoding can begin with it: a random access point of its codec, or any raw frame. What follows is not always
   * right at once: see {@link rightNs}.
   */
  get isKeyframe(): boolean {
    return this.#unit === null ? this.#isMarked : this.#unit.randomAccess !== null;
  }

  /** The size of the data in bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The duration in nanoseconds; null if the buffer has none. */
  get durationNs(): bigint | null {
    return this.#durationNs;
  }

  /**
   * The running time from which on pictures are right if decoding begins with this keyframe: its own, or that of a later
   * frame if the picture is refreshed gradually; null if that is not known yet, and for other frames.
   *
   * @internal
   * @ignore
   */
  get rightNs(): bigint | null {
    const { timeNs } = this;
    if (!this.isKeyframe || timeNs === null || this.#rightAfterNs === null) return null;
    return timeNs + this.#rightAfterNs;
  }

  /**
   * What the data shows; null if that was not read.
   *
   * @internal
   * @ignore
   */
  get unit(): AccessUnitInfo | null {
    return this.#unit;
  }

  /**
   * Whether it can be decoded even if it is shown before the keyframe with which decoding begins (ITU-T H.265, section 3.128:
   * RADL picture).
   *
   * @internal
   * @ignore
   */
  get isRadl(): boolean {
    return this.#unit?.isSkippedLeading === false && this.mediaType === "video/x-h265";
  }

  /**
   * Sets what the data shows.
   *
   * @internal
   * @ignore
   */
  setUnit(unit: AccessUnitInfo): void {
    this.#unit = unit;
    this.#rightAfterNs = unit.randomAccess === "gradual" ? null : 0n;
  }

  /**
   * Sets the first frame that is right if decoding begins with this one.
   *
   * @internal
   * @ignore
   */
  setRight({ timeNs }: Frame): void {
    if (timeNs !== null && this.timeNs !== null) this.#rightAfterNs = timeNs - this.timeNs;
  }

  /**
   * Copies the first bytes of the data.
   *
   * @internal
   * @ignore
   */
  readBytes(count: number = this.#bytes): Uint8Array<ArrayBuffer> {
    return this.copyBytes(new Uint8Array(Math.min(count, this.#bytes)));
  }

  /**
   * Copies the first bytes of the data into an array; returns the part of that which has data.
   *
   * @internal
   * @ignore
   */
  copyBytes(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
    const count = gst().gst_buffer_extract(this.#buffer, 0n, bytes, BigInt(bytes.length));
    return bytes.subarray(0, Number(count));
  }

  /**
   * Adds the data of a buffer that goes on with this one, from a byte on; it stays the caller's.
   *
   * @internal
   * @ignore
   */
  append(other: Frame, from: number): void {
    withBuffer(other.readBytes().subarray(from), (buffer) => this.#join(this.#buffer, buffer));
  }

  /**
   * Puts the data of a buffer in front of this one's, with its times if this one lacks a PTS; it stays the caller's.
   *
   * @internal
   * @ignore
   */
  prepend(other: Frame): void {
    if (this.#ptsNs === null && other.#ptsNs !== null) {
      this.#pts = other.#pts;
      this.#dts = other.#dts;
      this.#ptsNs = other.#ptsNs;
      this.#dtsNs = other.#dtsNs;
      this.#durationNs ??= other.#durationNs;
    }
    this.#join(other.#buffer, this.#buffer);
  }

  /**
   * Puts bytes in front of the data.
   *
   * @internal
   * @ignore
   */
  prependBytes(bytes: Uint8Array<ArrayBuffer>): void {
    withBuffer(bytes, (buffer) => this.#join(buffer, this.#buffer));
  }

  /**
   * Replaces the data.
   *
   * @internal
   * @ignore
   */
  replaceBytes(bytes: Uint8Array<ArrayBuffer>): void {
    withBuffer(bytes, (buffer) => this.#join(buffer));
  }

  /** The GstBuffer; the sample owns it. */
  get #buffer(): Deno.PointerObject {
    return gst().gst_sample_get_buffer(this.sample)!;
  }

  /** Replaces the buffer by one with the data of others and the times and flags of this frame. */
  #join(first: Deno.PointerObject, ...others: Deno.PointerObject[]): void {
    const original = this.sample;
    const joined = others.reduce(
      (buffer, other) => gst().gst_buffer_append(buffer, gst().gst_mini_object_ref(other))!,
      gst().gst_mini_object_copy(first)!,
    );
    const fields = Deno.UnsafePointerView.getArrayBuffer(joined, 24, OFFSETS["GstBuffer.pts"]);
    new BigUint64Array(fields).set([
      this.#pts,
      this.#dts,
      this.#durationNs ?? CLOCK_TIME_NONE,
    ]);
    const flags = new Uint32Array(
      Deno.UnsafePointerView.getArrayBuffer(joined, 4, OFFSETS["GstMiniObject.flags"]),
    );
    const delta = ENUMS.GST_BUFFER_FLAG_DELTA_UNIT;
    flags[0] = this.#isMarked ? flags[0]! & ~delta : flags[0]! | delta;
    const segment = gst().gst_sample_get_segment(original);
    this.#sample = gst().gst_sample_new(joined, this.capsHandle, segment, null);
    this.#bytes = Number(gst().gst_buffer_get_size(joined));
    for (const owned of [joined, original]) gst().gst_mini_object_unref(owned);
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
    const pool = new Deno.UnsafePointerView(this.#buffer).getPointer(OFFSETS["GstBuffer.pool"]);
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
    const buffer = gst().gst_buffer_copy_deep(this.#buffer)!;
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
    const buffer = gst().gst_mini_object_copy(this.#buffer)!;
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
    const field = Deno.UnsafePointerView.getArrayBuffer(this.#buffer, 8, OFFSETS["GstBuffer.dts"]);
    const [dts = CLOCK_TIME_NONE] = new BigUint64Array(field);
    if (dts !== CLOCK_TIME_NONE) new BigUint64Array(field)[0] = dts > ns ? dts - ns : 0n;
  }
}

/** Calls a function with a GstBuffer of bytes, which is valid only during the call. */
function withBuffer(
  bytes: Uint8Array<ArrayBuffer>,
  use: (buffer: Deno.PointerObject) => void,
): void {
  const buffer = gst().gst_buffer_new_memdup(bytes, BigInt(bytes.length))!;
  use(buffer);
  gst().gst_mini_object_unref(buffer);
}

function known(time: bigint): bigint | null {
  return time === CLOCK_TIME_NONE ? null : time;
}
