/**
 * The packets that a demuxer puts out, and their times.
 *
 * @module
 */
import { gst } from "../../ffi/gst.ts";
import { CLOCK_TIME_NONE, ENUMS, OFFSETS } from "../../ffi/layout.ts";
import { readTimes, type SampleTimes, toRunningTime } from "../gst/sample.ts";
import { nsToSec } from "../util/clock_time.ts";

/** A frame of a track as its container stores it, or some audio samples. */
export interface Packet {
  /** The PTS in seconds of the file; `null` if the container states none. */
  timeSec: number | null;
  /** The DTS; `null` if the container states none. */
  dtsSec: number | null;
  /** The duration; `null` if the container states none. */
  durationSec: number | null;
  /** Whether it can be decoded without those before it. */
  isKeyframe: boolean;
  /** Whether it is shown: `false` if it is marked as decode-only, or an edit list skips it. */
  isShown: boolean;
  /** The size of its data. */
  bytes: number;
}

/** Which times of a GstSample to read. */
export type TimeKind =
  /** Those that an edit list results in, which demuxers put out as segments. */
  | "edited"
  /** Those that are stored. matroskademux moves its segment when a later track starts before the first one. */
  | "stored";

/**
 * Reads a packet.
 *
 * @param sample A GstSample with a buffer; it stays the caller's.
 */
export function readPacket(sample: Deno.PointerObject, kind: TimeKind): Packet {
  const buffer = gst().gst_sample_get_buffer(sample)!;
  const flags = readFlags(sample);
  const times = readTimes(sample);
  const toSec = (ns: bigint | null) =>
    ns === null || kind === "stored" ? secOf(ns) : secOf(toRunningTime(sample, ns));
  const isMarked = (flags & ENUMS.GST_BUFFER_FLAG_DECODE_ONLY) !== 0;
  return {
    timeSec: toSec(times.ptsNs),
    dtsSec: toSec(times.dtsNs),
    durationSec: secOf(times.durationNs),
    isKeyframe: (flags & ENUMS.GST_BUFFER_FLAG_DELTA_UNIT) === 0,
    isShown: !isMarked && (kind === "stored" || isInside(sample, times)),
    bytes: Number(gst().gst_buffer_get_size(buffer)),
  };
}

/** Returns the flags of a sample's buffer. */
export function readFlags(sample: Deno.PointerObject): number {
  const buffer = gst().gst_sample_get_buffer(sample)!;
  return new Deno.UnsafePointerView(buffer).getUint32(OFFSETS["GstMiniObject.flags"]);
}

/** Returns the DTS of a sample in seconds from the first one stored, before any edit list. */
export function storedSec(sample: Deno.PointerObject): number {
  const { ptsNs, dtsNs } = readTimes(sample);
  return secOf(dtsNs ?? ptsNs) ?? 0;
}

function secOf(ns: bigint | null): number | null {
  return ns === null ? null : nsToSec(ns);
}

/** The error of a frame's duration by rounding, in nanoseconds. */
const ROUNDING_NS = 1000n;

/** Returns whether any part of a buffer is within its segment. */
function isInside(sample: Deno.PointerObject, { ptsNs, durationNs }: SampleTimes): boolean {
  if (ptsNs === null) return true;
  const isLong = durationNs !== null && durationNs > ROUNDING_NS;
  const end = isLong ? ptsNs + durationNs - ROUNDING_NS : CLOCK_TIME_NONE;
  const segment = gst().gst_sample_get_segment(sample);
  return gst().gst_segment_clip(segment, ENUMS.GST_FORMAT_TIME, ptsNs, end, null, null) !== 0;
}
