/**
 * What samples hold: their buffers' times and bytes.
 *
 * @module
 */
import { GstError } from "../../ffi/errors.ts";
import { gst } from "../../ffi/gst.ts";
import { CLOCK_TIME_NONE, ENUMS, OFFSETS, SIZES } from "../../ffi/layout.ts";

/** The times of a buffer in nanoseconds; `null` if it has none. */
export interface SampleTimes {
  ptsNs: bigint | null;
  dtsNs: bigint | null;
  durationNs: bigint | null;
}

/**
 * Reads the times of a sample's buffer.
 *
 * @param sample A GstSample with a buffer; it stays the caller's.
 */
export function readTimes(sample: Deno.PointerObject): SampleTimes {
  const view = new Deno.UnsafePointerView(gst().gst_sample_get_buffer(sample)!);
  const read = (offset: number) => {
    const time = view.getBigUint64(offset);
    return time === CLOCK_TIME_NONE ? null : time;
  };
  return {
    ptsNs: read(OFFSETS["GstBuffer.pts"]),
    dtsNs: read(OFFSETS["GstBuffer.dts"]),
    durationNs: read(OFFSETS["GstBuffer.duration"]),
  };
}

/**
 * Converts a time of a sample's segment to running time, also one outside the segment, such as below 0 what an edit list
 * skips. Returns `null` if the segment has no times.
 *
 * @param sample A GstSample; it stays the caller's.
 */
export function toRunningTime(sample: Deno.PointerObject, ns: bigint): bigint | null {
  const result = new BigUint64Array(1);
  const sign = gst().gst_segment_to_running_time_full(
    gst().gst_sample_get_segment(sample),
    ENUMS.GST_FORMAT_TIME,
    ns,
    result,
  );
  return sign === 0 ? null : BigInt(sign) * result[0]!;
}

/**
 * Calls a function with the bytes of a sample's buffer, and returns what it returns. The bytes are not copied: they are
 * valid only during the call (GStreamer: Core Library, "GstBuffer", `gst_buffer_map`).
 *
 * @param sample A GstSample with a buffer; it stays the caller's.
 * @throws {GstError} If the memory cannot be mapped.
 */
export function withSampleBytes<T>(sample: Deno.PointerObject, use: (bytes: Uint8Array) => T): T {
  const buffer = gst().gst_sample_get_buffer(sample)!;
  const map = new Uint8Array(SIZES.GstMapInfo);
  if (!gst().gst_buffer_map(buffer, map, ENUMS.GST_MAP_READ)) {
    throw new GstError("Cannot map the memory of a buffer");
  }
  try {
    const view = new DataView(map.buffer);
    const data = Deno.UnsafePointer.create(view.getBigUint64(OFFSETS["GstMapInfo.data"], true));
    const size = Number(view.getBigUint64(OFFSETS["GstMapInfo.size"], true));
    const bytes = data === null
      ? new ArrayBuffer(0)
      : Deno.UnsafePointerView.getArrayBuffer(data, size);
    return use(new Uint8Array(bytes));
  } finally {
    gst().gst_buffer_unmap(buffer, map);
  }
}
