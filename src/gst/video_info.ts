/**
 * The layout of pixels in the bytes of raw video.
 *
 * @module
 */
import { readCString } from "../../ffi/cstring.ts";
import { gst, gstVideo } from "../../ffi/gst.ts";
import { OFFSETS, SIZES } from "../../ffi/layout.ts";
import type { RawVideo } from "../media/raw_video.ts";
import { isInSystemMemory, mediaTypeOf } from "./caps.ts";

/** A plane of a raw video frame. */
export interface VideoPlane {
  /** The offset of its first line in the frame's bytes. */
  readonly offset: number;
  /** Bytes from the start of a line to the start of the next one, including padding. */
  readonly stride: number;
}

/**
 * The layout of the bytes of a raw video frame. In `GRAY8`, the pixel in column x and line y is
 * `bytes[planes[0].offset + y * planes[0].stride + x]`; in `RGB`, its three bytes begin at `... + 3 * x`. `I420` has planes
 * for Y, U and V, the latter two with half the lines and columns
 * (GStreamer: Additional design documents, "Raw Video Media Types").
 */
export interface VideoLayout {
  /** The width in pixels. */
  readonly width: number;
  /** The height in lines. */
  readonly height: number;
  /** GStreamer's name for the format, such as `GRAY8` or `I420`. */
  readonly format: string;
  /** The planes, in the format's order. */
  readonly planes: readonly VideoPlane[];
}

/**
 * Returns the layout with GStreamer's default strides.
 *
 * @param caps GstCaps; the caller keeps them.
 * @returns The layout; null if the caps are not of raw video with a fixed format and size.
 */
export function layoutOfCaps(caps: Deno.PointerValue): VideoLayout | null {
  const view = videoInfo(caps);
  if (view === null) return null;
  const number = (offset: number) => view.getInt32(offset, true);
  const format = Deno.UnsafePointer.create(
    view.getBigUint64(OFFSETS["GstVideoInfo.finfo"], true),
  )!;
  const formatView = new Deno.UnsafePointerView(format);
  return {
    width: number(OFFSETS["GstVideoInfo.width"]),
    height: number(OFFSETS["GstVideoInfo.height"]),
    format: readCString(formatView.getPointer(OFFSETS["GstVideoFormatInfo.name"])!),
    planes: planes(
      formatView.getUint32(OFFSETS["GstVideoFormatInfo.n_planes"]),
      (i) => Number(view.getBigUint64(OFFSETS["GstVideoInfo.offset"] + 8 * i, true)),
      (i) => number(OFFSETS["GstVideoInfo.stride"] + 4 * i),
    ),
  };
}

/**
 * Returns the size in bytes of a picture with GStreamer's default strides.
 *
 * @param caps GstCaps; the caller keeps them.
 * @returns The size; null if the caps are not of raw video with a fixed format and size.
 */
export function pictureBytes(caps: Deno.PointerValue): number | null {
  const view = videoInfo(caps);
  return view && Number(view.getBigUint64(OFFSETS["GstVideoInfo.size"], true));
}

/**
 * Returns what caps of raw video state; missing colors are those that GStreamer assumes.
 *
 * @param caps GstCaps; the caller keeps them.
 * @returns The facts; null if the caps are not of raw video with a fixed format and size in system memory.
 */
export function rawVideoOf(caps: Deno.PointerObject): RawVideo | null {
  const isFixed = gst().gst_caps_is_fixed(caps) !== 0 && isInSystemMemory(caps);
  const view = isFixed ? videoInfo(caps) : null;
  if (view === null) return null;
  const number = (member: keyof typeof OFFSETS, index = 0) =>
    view.getInt32(OFFSETS[member] + 4 * index, true);
  const [range, matrix, transfer, primaries] = [0, 1, 2, 3].map((index) =>
    number("GstVideoInfo.colorimetry", index)
  ) as [number, number, number, number];
  return {
    width: number("GstVideoInfo.width"),
    height: number("GstVideoInfo.height"),
    pixelAspectRatio: [number("GstVideoInfo.par_n"), number("GstVideoInfo.par_d")],
    isInterlaced: number("GstVideoInfo.interlace_mode") !== 0,
    colorimetry: { range, matrix, transfer, primaries },
  };
}

/** Returns the GstVideoInfo of caps; null if they have none. */
function videoInfo(caps: Deno.PointerValue): DataView | null {
  if (mediaTypeOf(caps) !== "video/x-raw") return null;
  const info = new Uint8Array(SIZES.GstVideoInfo);
  return gstVideo().gst_video_info_from_caps(info, caps) ? new DataView(info.buffer) : null;
}

/** Returns a layout with a buffer's own offsets and strides, if it has any; the caller keeps the GstBuffer. */
export function layoutOfBuffer(layout: VideoLayout, buffer: Deno.PointerValue): VideoLayout {
  const meta = gstVideo().gst_buffer_get_video_meta(buffer);
  if (meta === null) return layout;
  const view = new Deno.UnsafePointerView(meta);
  return {
    width: view.getUint32(OFFSETS["GstVideoMeta.width"]),
    height: view.getUint32(OFFSETS["GstVideoMeta.height"]),
    format: layout.format,
    planes: planes(
      view.getUint32(OFFSETS["GstVideoMeta.n_planes"]),
      (i) => Number(view.getBigUint64(OFFSETS["GstVideoMeta.offset"] + 8 * i)),
      (i) => view.getInt32(OFFSETS["GstVideoMeta.stride"] + 4 * i),
    ),
  };
}

function planes(
  count: number,
  offset: (index: number) => number,
  stride: (index: number) => number,
): VideoPlane[] {
  return Array.from({ length: count }, (_, i) => ({ offset: offset(i), stride: stride(i) }));
}
