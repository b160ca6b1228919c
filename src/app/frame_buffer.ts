/**
 * Frames as GstBuffers.
 *
 * @module
 */
import { gst } from "../../ffi/gst.ts";
import { ENUMS, OFFSETS } from "../../ffi/layout.ts";
import { byteLengthOf } from "../util/bytes.ts";
import { checkObject, checkSec } from "../util/check.ts";
import { secToNs } from "../util/clock_time.ts";

/** Options of {@link AppSrc.push}. A {@link FrameData} has the same fields, and can be passed. */
export interface PushOptions {
  /** The PTS in seconds. It is a running time if the first frame's PTS is 0. Defaults to none. */
  ptsSec?: number | null;
  /** The duration in seconds. Defaults to none. */
  durationSec?: number | null;
  /** Whether the frame can be decoded without earlier ones. Defaults to `true`. */
  isKeyframe?: boolean;
}

/** Checked {@link PushOptions}. */
export interface FrameTimes {
  /** The PTS in nanoseconds; null for none. */
  ptsNs: bigint | null;
  /** The duration in nanoseconds; null for none. */
  durationNs: bigint | null;
  /** Whether the frame can be decoded without earlier ones. */
  isKeyframe: boolean;
}

/** The largest time in seconds: 100 years. */
const MAX_SEC = 3_155_760_000;

/**
 * Checks the options of a frame.
 *
 * @throws {TypeError} If an option has the wrong type.
 * @throws {RangeError} If a number of seconds is out of range.
 */
export function readPushOptions(options: PushOptions): FrameTimes {
  checkObject("options", options);
  const { ptsSec, durationSec, isKeyframe = true } = options;
  if (typeof isKeyframe !== "boolean") throw new TypeError("isKeyframe must be true or false");
  return {
    ptsNs: readTime("ptsSec", ptsSec),
    durationNs: readTime("durationSec", durationSec),
    isKeyframe,
  };
}

function readTime(name: string, sec: number | null | undefined): bigint | null {
  if (sec === undefined || sec === null) return null;
  if (checkSec(name, sec) > MAX_SEC) {
    throw new RangeError(`${name} must be at most ${MAX_SEC} seconds, got ${sec}`);
  }
  return secToNs(sec);
}

/** The part of a GstBuffer that is written to. */
const BUFFER_BYTES = OFFSETS["GstBuffer.duration"] + 8;

/** Copies bytes into a GstBuffer, which the caller owns. */
export function makeBuffer(
  bytes: Uint8Array<ArrayBuffer>,
  { ptsNs, durationNs, isKeyframe }: FrameTimes,
): Deno.PointerObject {
  const buffer = gst().gst_buffer_new_memdup(bytes, BigInt(byteLengthOf(bytes)))!;
  const view = new DataView(Deno.UnsafePointerView.getArrayBuffer(buffer, BUFFER_BYTES));
  if (ptsNs !== null) view.setBigUint64(OFFSETS["GstBuffer.pts"], ptsNs, true);
  if (durationNs !== null) view.setBigUint64(OFFSETS["GstBuffer.duration"], durationNs, true);
  if (!isKeyframe) {
    const flags = view.getUint32(OFFSETS["GstMiniObject.flags"], true);
    const delta = flags | ENUMS.GST_BUFFER_FLAG_DELTA_UNIT;
    view.setUint32(OFFSETS["GstMiniObject.flags"], delta, true);
  }
  return buffer;
}
