/**
 * Frames into an appsrc, as one stream: encoders and muxers misread a step of the timestamps, or another frame rate in
 * the caps, as more than it is.
 *
 * @module
 */
import { gst, gstApp } from "../../../ffi/gst.ts";
import { ENUMS, OFFSETS } from "../../../ffi/layout.ts";
import { renameChannels, replaceFrameRate } from "../../gst/caps.ts";
import { max } from "../../util/clock_time.ts";
import type { Frame } from "../../gst/frame.ts";

/** Pushes frames into an appsrc until {@link close}. */
export class AppsrcFeeder {
  /** A GstAppSrc; its owner's. */
  readonly #appsrc: Deno.PointerObject;
  /** Nanoseconds by which the stream's timestamps are ahead of running time; `undefined` before the first frame. */
  #aheadNs: bigint | undefined;
  /** The segment of such timestamps. Owned, like the caps: freed by {@link close}. */
  #segment: Deno.PointerObject | null = null;
  /** The first caps, whose frame rate all frames get. Owned: unref'd by {@link close}. */
  #firstCaps: Deno.PointerObject | null = null;
  /** The caps of the last frame. */
  #seenCaps: Deno.PointerValue = null;
  /** The caps that replace them; `null` if frames keep theirs. */
  #caps: Deno.PointerValue = null;

  /** Creates a feeder that has pushed nothing. */
  constructor(appsrc: Deno.PointerObject) {
    this.#appsrc = appsrc;
  }

  /** Pushes a frame; it stays the caller's. */
  pushSample(frame: Frame): void {
    this.#readCaps(frame);
    const moved = this.#move(frame);
    const sample = moved ?? frame.sample;
    if (this.#caps === null) {
      gstApp().gst_app_src_push_sample(this.#appsrc, sample);
    } else {
      const copy = gst().gst_mini_object_copy(sample)!;
      gst().gst_sample_set_caps(copy, this.#caps);
      gstApp().gst_app_src_push_sample(this.#appsrc, copy);
      gst().gst_mini_object_unref(copy);
    }
    if (moved !== null) gst().gst_mini_object_unref(moved);
  }

  /** Returns a sample of the frame whose timestamps continue those before; `null` if its own do. */
  #move(frame: Frame): Deno.PointerObject | null {
    const { aheadNs, isUnmodified, dtsNs } = frame;
    if (aheadNs === null) return null;
    // a DTS cannot be negative
    this.#aheadNs ??= isUnmodified && aheadNs > 0n ? aheadNs : max(-dtsNs!, 0n);
    if (isUnmodified && aheadNs === this.#aheadNs) return null;
    this.#segment ??= makeSegment(this.#aheadNs);
    return frame.retimed(this.#aheadNs, this.#segment);
  }

  #readCaps({ capsHandle }: Frame): void {
    if (Deno.UnsafePointer.equals(capsHandle, this.#seenCaps)) return;
    this.#firstCaps ??= gst().gst_mini_object_ref(capsHandle)!;
    this.#dropCaps();
    this.#caps = replaceFrameRate(capsHandle, this.#firstCaps) ?? renameChannels(capsHandle);
    // held, so that no other caps get the same address
    this.#seenCaps = gst().gst_mini_object_ref(capsHandle);
  }

  #dropCaps(): void {
    for (const caps of [this.#caps, this.#seenCaps]) {
      if (caps !== null) gst().gst_mini_object_unref(caps);
    }
    this.#caps = this.#seenCaps = null;
  }

  /** Frees caps and segment. May be called twice. */
  close(): void {
    this.#dropCaps();
    if (this.#firstCaps !== null) gst().gst_mini_object_unref(this.#firstCaps);
    if (this.#segment !== null) gst().gst_segment_free(this.#segment);
    this.#firstCaps = this.#segment = null;
  }
}

/** Creates a GstSegment for timestamps that are `aheadNs` ahead of running time; the caller frees it. */
function makeSegment(aheadNs: bigint): Deno.PointerObject {
  const segment = gst().gst_segment_new()!;
  gst().gst_segment_init(segment, ENUMS.GST_FORMAT_TIME);
  const start = Deno.UnsafePointerView.getArrayBuffer(segment, 8, OFFSETS["GstSegment.start"]);
  new BigUint64Array(start)[0] = aheadNs;
  return segment;
}
