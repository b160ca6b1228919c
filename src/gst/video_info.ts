/**
 * Where the pixels are in a raw picture's bytes.
 *
 * @module
 */
import { readCString } from "../../ffi/cstring.ts";
import { gstVideo } from "../../ffi/gst.ts";
import { OFFSETS, SIZES } from "../../ffi/layout.ts";
import { mediaTypeOf } from "./caps.ts";

/** One plane of a picture. */
export interface VideoPlane {
  /** Where its first line begins in the frame's bytes. */
  readonly offset: number;
  /** Bytes from the beginning of a line to that of the next one: the width in bytes, and often padding. */
  readonly stride: number;
}

/**
 * How the bytes of a raw picture are laid out. In `GRAY8`, the pixel in column x and line y is
 * `bytes[planes[0].offset + y * planes[0].stride + x]`; in `RGB`, three bytes begin at `... + 3 * x`. `I420` has planes
 * for Y, U and V, the latter two with half as many lines and columns
 * (GStreamer: Additional design documents, "Raw Video Media Types").
 */
export interface VideoLayout {
  /** Pixels in a line. */
  readonly width: number;
  /** Lines. */
  readonly height: number;
  /** GStreamer's name of the format, such as `GRAY8` or `I420`. */
  readonly format: string;
  /** The planes in their order. */
  readonly planes: readonly VideoPlane[];
}

/**
 * The layout that GStreamer's default strides make.
 *
 * @param caps GstCaps; they stay the caller's.
 * @returns null for anything but raw video, and where the caps do not tell.
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

/** Bytes of a picture with GStreamer's default strides; null where the caps do not tell. They stay the caller's. */
export function pictureBytes(caps: Deno.PointerValue): number | null {
  const view = videoInfo(caps);
  return view && Number(view.getBigUint64(OFFSETS["GstVideoInfo.size"], true));
}

/** A GstVideoInfo; null for anything but raw video. */
function videoInfo(caps: Deno.PointerValue): DataView | null {
  if (mediaTypeOf(caps) !== "video/x-raw") return null;
  const info = new Uint8Array(SIZES.GstVideoInfo);
  return gstVideo().gst_video_info_from_caps(info, caps) ? new DataView(info.buffer) : null;
}

/** A layout with a buffer's own strides, where the buffer tells any; the buffer stays the caller's. */
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
