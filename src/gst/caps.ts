/**
 * Caps: what they describe, and what pads have negotiated.
 *
 * The caller keeps the GstCaps that a function reads.
 *
 * @module
 */
import { cString, takeCString } from "../../ffi/cstring.ts";
import { glib, gst } from "../../ffi/gst.ts";
import { ENUMS, OFFSETS } from "../../ffi/layout.ts";
import { type CodecData, readCodecData } from "../media/codec_data.ts";
import { codecKey } from "../media/codecs.ts";
import { plainMask, type SoundLayout, STEREO } from "../media/sound_layout.ts";
import { readFraction, readInt, readString, structureName } from "./structure.ts";

const CODEC_DATA = cString("codec_data");

/** Returns caps as text. */
export function capsText(caps: Deno.PointerObject): string {
  return takeCString(glib(), gst().gst_caps_to_string(caps)) ?? "";
}

/** Returns what `read` returns for caps from their text; null if the text is not that of caps. */
export function parseCaps<T>(text: string, read: (caps: Deno.PointerObject) => T): T | null {
  const caps = gst().gst_caps_from_string(cString(text));
  if (caps === null) return null;
  try {
    return read(caps);
  } finally {
    gst().gst_mini_object_unref(caps);
  }
}

/** Returns the media type of caps, such as `video/x-raw`, or of their alternative at an index. */
export function mediaTypeOf(caps: Deno.PointerValue, index = 0): string {
  const structure = gst().gst_caps_get_structure(caps, index);
  const name = structureName(structure);
  return name.endsWith("/mpeg") ? codecKey(name, readInt(structure, "mpegversion")) : name;
}

/** Returns frames per second; null if the caps have no fixed frame rate. */
export function frameRateOf(caps: Deno.PointerValue): number | null {
  const rate = readFraction(gst().gst_caps_get_structure(caps, 0), "framerate");
  if (rate === null || rate.numerator <= 0 || rate.denominator <= 0) return null;
  return rate.numerator / rate.denominator;
}

/** Returns whether NAL units follow start codes, as they do unless the caps state another format. */
export function isByteStream(caps: Deno.PointerValue): boolean {
  const format = readString(gst().gst_caps_get_structure(caps, 0), "stream-format");
  return format === null || format === "byte-stream";
}

/** Returns the codec_data of H.264 and H.265 that is not a byte stream; null if caps have none. */
export function codecDataOf(caps: Deno.PointerValue): CodecData | null {
  const structure = gst().gst_caps_get_structure(caps, 0);
  const value = gst().gst_structure_get_value(structure, CODEC_DATA);
  if (value === null || isByteStream(caps)) return null;
  const buffer = new Deno.UnsafePointerView(value).getPointer(OFFSETS["GValue.data"]);
  if (buffer === null) return null;
  const bytes = new Uint8Array(Number(gst().gst_buffer_get_size(buffer)));
  gst().gst_buffer_extract(buffer, 0n, bytes, BigInt(bytes.length));
  return readCodecData(mediaTypeOf(caps), bytes);
}

/** Returns whether caps are equal, apart from some fields of their first structure. */
export function areAlike(
  caps: Deno.PointerObject,
  other: Deno.PointerObject,
  ignored: readonly string[],
): boolean {
  if (gst().gst_caps_is_equal(caps, other)) return true;
  const copies = [caps, other].map((each) => {
    const copy = gst().gst_mini_object_copy(each)!;
    const structure = gst().gst_caps_get_structure(copy, 0);
    for (const field of ignored) gst().gst_structure_remove_field(structure, cString(field));
    return copy;
  });
  const isEqual = gst().gst_caps_is_equal(copies[0]!, copies[1]!) !== 0;
  for (const copy of copies) gst().gst_mini_object_unref(copy);
  return isEqual;
}

const FRAME_RATE = cString("framerate");

/**
 * Copies caps, with the frame rate of others.
 *
 * @returns GstCaps that the caller owns; null if the frame rates are equal, or both are missing.
 */
export function replaceFrameRate(
  caps: Deno.PointerObject,
  model: Deno.PointerObject,
): Deno.PointerObject | null {
  const valueOf = (each: Deno.PointerObject) =>
    gst().gst_structure_get_value(gst().gst_caps_get_structure(each, 0), FRAME_RATE);
  const [value, expected] = [valueOf(caps), valueOf(model)];
  const isEqual = value === null || expected === null
    ? value === expected
    : gst().gst_value_compare(value, expected) === ENUMS.GST_VALUE_EQUAL;
  if (isEqual) return null;
  const copy = gst().gst_mini_object_copy(caps)!;
  const structure = gst().gst_caps_get_structure(copy, 0);
  if (expected === null) gst().gst_structure_remove_field(structure, FRAME_RATE);
  else gst().gst_structure_set_value(structure, FRAME_RATE, expected);
  return copy;
}

/** Returns whether caps have no features, such as those of GPU memory. */
export function isInSystemMemory(caps: Deno.PointerObject): boolean {
  const system = gst().gst_caps_features_from_string(cString("memory:SystemMemory"));
  const isEqual = gst().gst_caps_features_is_equal(gst().gst_caps_get_features(caps, 0), system);
  gst().gst_caps_features_free(system);
  return isEqual !== 0;
}

/** Returns the channels of raw sound by its caps. */
export function soundLayoutOf(caps: Deno.PointerObject): SoundLayout {
  const channels = readInt(gst().gst_caps_get_structure(caps, 0), "channels") ?? 1;
  const mask = /channel-mask=\(bitmask\)0x([0-9a-f]+)/.exec(capsText(caps))?.[1];
  return { channels, mask: mask === undefined ? null : parseInt(mask, 16) };
}

/**
 * Copies caps of raw sound, with its channels in a layout that audioconvert mixes.
 *
 * @returns GstCaps that the caller owns; null if they need no change, or are others.
 */
export function renameChannels(caps: Deno.PointerObject): Deno.PointerObject | null {
  if (mediaTypeOf(caps) !== "audio/x-raw") return null;
  const layout = soundLayoutOf(caps);
  const mask = plainMask(layout);
  if (layout.channels === 1 || (layout.mask ?? STEREO) === mask) return null;
  const text = capsText(caps).replace(/, channel-mask=[^,;]+/, "");
  return gst().gst_caps_from_string(
    cString(`${text}, channel-mask=(bitmask)0x${mask.toString(16)}`),
  );
}

/** Returns what `read` returns for the caps that a pad has negotiated; null before the negotiation. */
export function readPadCaps<T>(
  pad: Deno.PointerObject,
  read: (caps: Deno.PointerObject) => T,
): T | null {
  const caps = gst().gst_pad_get_current_caps(pad);
  if (caps === null) return null;
  try {
    return read(caps);
  } finally {
    gst().gst_mini_object_unref(caps);
  }
}

/** A value read from the caps that a pad has negotiated; it is read again only when they have changed. */
export class PadCaps<T> {
  readonly #pad: Deno.PointerObject;
  readonly #read: (caps: Deno.PointerObject) => T;
  /** Owned: unref'd by {@link close}. While they are referenced, no other caps get the same address. */
  #caps: Deno.PointerValue = null;
  #value: T | null = null;

  /**
   * Creates a reader; it reads when {@link value} is used.
   *
   * @param pad A GstPad; the caller keeps it valid while {@link value} is used.
   * @param read Returns the value for caps, which it must not unref.
   */
  constructor(pad: Deno.PointerObject, read: (caps: Deno.PointerObject) => T) {
    this.#pad = pad;
    this.#read = read;
  }

  /** The value for the current caps; null before the negotiation. */
  get value(): T | null {
    const caps = gst().gst_pad_get_current_caps(this.#pad);
    if (Deno.UnsafePointer.equals(caps, this.#caps)) {
      if (caps !== null) gst().gst_mini_object_unref(caps);
      return this.#value;
    }
    this.close();
    this.#caps = caps;
    return this.#value = caps === null ? null : this.#read(caps);
  }

  /** Drops the reference to the caps. May be called twice. */
  close(): void {
    if (this.#caps !== null) gst().gst_mini_object_unref(this.#caps);
    this.#caps = this.#value = null;
  }
}
