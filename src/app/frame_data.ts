/**
 * Frames as plain data.
 *
 * @module
 */
import { GstError } from "../../ffi/errors.ts";
import { gst } from "../../ffi/gst.ts";
import { CLOCK_TIME_NONE, ENUMS, OFFSETS, SIZES } from "../../ffi/layout.ts";
import { nsToSec } from "../util/clock_time.ts";
import { capsText } from "../gst/caps.ts";
import { Frame } from "../gst/frame.ts";
import { layoutOfBuffer, layoutOfCaps, type VideoLayout } from "../gst/video_info.ts";

/** A copy of a frame from a pipeline. JavaScript owns its bytes. */
export interface FrameData {
  /** The frame's bytes. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The caps as text, such as `video/x-raw, format=(string)GRAY8, width=(int)64, ...`. */
  readonly caps: string;
  /**
   * The running time of the PTS in seconds, which `at` of {@link VideoRecorder.record} accepts; null if the buffer has no
   * PTS, or lies outside its segment.
   */
  readonly runningTimeSec: number | null;
  /** The buffer's PTS in seconds; null if it has none. */
  readonly ptsSec: number | null;
  /** The duration in seconds; null if the buffer has none. */
  readonly durationSec: number | null;
  /** Whether the frame can be decoded without earlier ones; always true for raw frames. */
  readonly isKeyframe: boolean;
  /** The layout of raw video; null for other media. */
  readonly video: VideoLayout | null;
}

/** Copies samples into plain data. It reads their caps only when those have changed. */
export class FrameReader {
  /** Owned: unref'd by {@link close}. While they are referenced, no other caps get the same address. */
  #caps: Deno.PointerValue = null;
  #text = "";
  #layout: VideoLayout | null = null;

  /**
   * Copies a sample.
   *
   * @param sample A GstSample with a buffer; the method takes over the reference.
   * @throws {GstError} If the memory cannot be read.
   */
  read(sample: Deno.PointerObject): FrameData {
    const frame = new Frame(sample);
    try {
      this.#readCaps(gst().gst_sample_get_caps(sample));
      const buffer = gst().gst_sample_get_buffer(sample)!;
      const pts = new Deno.UnsafePointerView(buffer).getBigUint64(OFFSETS["GstBuffer.pts"]);
      return {
        bytes: this.#copy(buffer),
        caps: this.#text,
        runningTimeSec: toSec(frame.timeNs),
        ptsSec: toSec(pts === CLOCK_TIME_NONE ? null : pts),
        durationSec: toSec(frame.durationNs),
        isKeyframe: frame.isKeyframe,
        video: this.#layout && layoutOfBuffer(this.#layout, buffer),
      };
    } finally {
      frame.release();
    }
  }

  #readCaps(caps: Deno.PointerValue): void {
    if (caps === null || Deno.UnsafePointer.equals(caps, this.#caps)) return;
    this.close();
    this.#caps = gst().gst_mini_object_ref(caps);
    this.#text = capsText(caps);
    this.#layout = layoutOfCaps(caps);
  }

  #copy(buffer: Deno.PointerObject): Uint8Array<ArrayBuffer> {
    const map = new Uint8Array(SIZES.GstMapInfo);
    if (!gst().gst_buffer_map(buffer, map, ENUMS.GST_MAP_READ)) {
      throw new GstError(`Cannot read the memory of frames: ${this.#text}`, {
        hint: "Copy them to system memory in front of the appsink, for example with gldownload",
      });
    }
    const view = new DataView(map.buffer);
    const data = Deno.UnsafePointer.create(view.getBigUint64(OFFSETS["GstMapInfo.data"], true));
    const bytes = new Uint8Array(
      Number(view.getBigUint64(OFFSETS["GstMapInfo.size"], true)),
    );
    if (data !== null) Deno.UnsafePointerView.copyInto(data, bytes);
    gst().gst_buffer_unmap(buffer, map);
    return bytes;
  }

  /** Drops the reference to the caps. May be called twice. */
  close(): void {
    if (this.#caps !== null) gst().gst_mini_object_unref(this.#caps);
    this.#caps = null;
  }
}

function toSec(ns: bigint | null): number | null {
  return ns === null ? null : nsToSec(ns);
}
