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

/** A frame out of a pipeline: a copy, which stays as it is whatever becomes of the pipeline. */
export interface FrameData {
  /** Its bytes. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** What it is, as GStreamer writes it, such as `video/x-raw, format=(string)GRAY8, width=(int)64, ...`. */
  readonly caps: string;
  /**
   * Seconds of the pipeline's running time at which it is shown, as {@link VideoRecorder.record} takes them; null where
   * the buffer has no timestamp or lies outside its segment.
   */
  readonly runningTimeSec: number | null;
  /** The buffer's own timestamp in seconds; null where it has none. */
  readonly ptsSec: number | null;
  /** Seconds that it lasts; null where the buffer does not tell. */
  readonly durationSec: number | null;
  /** Whether it can be decoded without the frames before it; always so for raw frames. */
  readonly isKeyframe: boolean;
  /** Where the pixels are; null for anything but raw video. */
  readonly video: VideoLayout | null;
}

/** Makes frames plain data; it reads the caps only where they have changed. */
export class FrameReader {
  /** Owned: unref'd by {@link close}. Held, so that no other caps can be at its address. */
  #caps: Deno.PointerValue = null;
  #text = "";
  #layout: VideoLayout | null = null;

  /**
   * Copies a sample.
   *
   * @param sample A GstSample with a buffer; the reference becomes this method's.
   * @throws {GstError} if the memory cannot be read.
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
      throw new GstError(`The memory of frames cannot be read: ${this.#text}`, {
        hint: "Bring them out of their device in front of the appsink, as gldownload does",
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

  /** Lets go of the caps; may be called twice. */
  close(): void {
    if (this.#caps !== null) gst().gst_mini_object_unref(this.#caps);
    this.#caps = null;
  }
}

function toSec(ns: bigint | null): number | null {
  return ns === null ? null : nsToSec(ns);
}
