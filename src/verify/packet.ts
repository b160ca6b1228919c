/**
 * What a demuxer gives, with its place in time.
 *
 * @module
 */
import { gst } from "../../ffi/gst.ts";
import { CLOCK_TIME_NONE, ENUMS, OFFSETS } from "../../ffi/layout.ts";
import { nsToSec } from "../util/clock_time.ts";

/** A frame of a track as its container has it, or some samples of sound. */
export interface Packet {
  /** When it is shown, in seconds of the file; null where the container does not tell. */
  timeSec: number | null;
  /** When it is decoded; null where the container does not tell it apart. */
  dtsSec: number | null;
  /** How long it is shown; null where the container does not tell. */
  durationSec: number | null;
  /** Whether it can be decoded without those before it. */
  isKeyframe: boolean;
  /** False where it is only decoded, be it that it is marked so or that an edit list leaves it out. */
  isShown: boolean;
  /** Size of its data. */
  bytes: number;
}

/** How to read a GstSample's times. */
export type TimeKind =
  /** As an edit list places them. Demuxers give it as segments. */
  | "edited"
  /** As they are stored. matroskademux moves its segment when a later track starts before the first one. */
  | "stored";

/** Reads a GstSample with a buffer; it stays the caller's. */
export function readPacket(sample: Deno.PointerObject, kind: TimeKind): Packet {
  const buffer = gst().gst_sample_get_buffer(sample)!;
  const view = new Deno.UnsafePointerView(buffer);
  const segment = gst().gst_sample_get_segment(sample);
  const flags = view.getUint32(OFFSETS["GstMiniObject.flags"]);
  const { pts, dts, duration } = times(view);
  const toSec = (time: bigint) => kind === "stored" ? known(time) : runningTimeSec(segment, time);
  const isMarked = (flags & ENUMS.GST_BUFFER_FLAG_DECODE_ONLY) !== 0;
  return {
    timeSec: toSec(pts),
    dtsSec: toSec(dts),
    durationSec: known(duration),
    isKeyframe: (flags & ENUMS.GST_BUFFER_FLAG_DELTA_UNIT) === 0,
    isShown: !isMarked && (kind === "stored" || isInside(segment, pts, duration)),
    bytes: Number(gst().gst_buffer_get_size(buffer)),
  };
}

/** When a sample is decoded, in seconds from the first one stored, before any edit list. */
export function storedSec(sample: Deno.PointerObject): number {
  const buffer = gst().gst_sample_get_buffer(sample)!;
  const { pts, dts } = times(new Deno.UnsafePointerView(buffer));
  return known(dts) ?? known(pts) ?? 0;
}

function times(view: Deno.UnsafePointerView) {
  return {
    pts: view.getBigUint64(OFFSETS["GstBuffer.pts"]),
    dts: view.getBigUint64(OFFSETS["GstBuffer.dts"]),
    duration: view.getBigUint64(OFFSETS["GstBuffer.duration"]),
  };
}

function known(time: bigint): number | null {
  return time === CLOCK_TIME_NONE ? null : nsToSec(time);
}

/** Running time, also below 0: what an edit list leaves out at the start is there. */
function runningTimeSec(segment: Deno.PointerValue, time: bigint): number | null {
  if (time === CLOCK_TIME_NONE) return null;
  const result = new BigUint64Array(1);
  const sign = gst().gst_segment_to_running_time_full(
    segment,
    ENUMS.GST_FORMAT_TIME,
    time,
    result,
  );
  return sign === 0 ? null : sign * nsToSec(result[0]!);
}

/** What rounding may add to a frame's duration, in nanoseconds. */
const ROUNDING_NS = 1000n;

/** Whether any part of a buffer is within its segment. */
function isInside(segment: Deno.PointerValue, pts: bigint, duration: bigint): boolean {
  if (pts === CLOCK_TIME_NONE) return true;
  const isLong = duration !== CLOCK_TIME_NONE && duration > ROUNDING_NS;
  const end = isLong ? pts + duration - ROUNDING_NS : CLOCK_TIME_NONE;
  return gst().gst_segment_clip(segment, ENUMS.GST_FORMAT_TIME, pts, end, null, null) !== 0;
}
