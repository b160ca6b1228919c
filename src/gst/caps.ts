/**
 * What pads have negotiated.
 *
 * @module
 */
import { cString, readCString, takeCString } from "../../ffi/cstring.ts";
import { glib, gst } from "../../ffi/gst.ts";
import { MP3 } from "../media/codecs.ts";

/** The name of media, such as `video/x-raw`, or of its n-th alternative. The caps stay the caller's. */
export function mediaTypeOf(caps: Deno.PointerValue, index = 0): string {
  const structure = gst().gst_caps_get_structure(caps, index);
  const name = readCString(gst().gst_structure_get_name(structure)!);
  if (name !== "audio/mpeg") return name;
  const version = new Int32Array(1);
  gst().gst_structure_get_int(structure, cString("mpegversion"), version);
  return version[0] === 1 ? MP3 : name;
}

// made once, as each frame of a clip is asked
const FRAMERATE = cString("framerate");
const numerator = new Int32Array(1);
const denominator = new Int32Array(1);

/** Frames per second; null where the caps tell no fixed rate. They stay the caller's. */
export function frameRateOf(caps: Deno.PointerValue): number | null {
  const structure = gst().gst_caps_get_structure(caps, 0);
  if (!gst().gst_structure_get_fraction(structure, FRAMERATE, numerator, denominator)) return null;
  const [frames, sec] = [numerator[0]!, denominator[0]!];
  return frames > 0 && sec > 0 ? frames / sec : null;
}

/** Whether caps are the same but for some fields of their first structure; both stay the caller's. */
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

/**
 * Caps for raw video of the size and the colours of other caps, in a format that all players show; null where those are
 * not of raw video in main memory. They stay the caller's.
 */
export function shapeOf(caps: Deno.PointerObject): string | null {
  const text = capsText(caps);
  const [, width, height] =
    /^video\/x-raw, (?:.*, )?width=\(int\)(\d+), height=\(int\)(\d+)/.exec(text) ?? [];
  if (width === undefined) return null;
  const ratio = /pixel-aspect-ratio=\(fraction\)(\d+\/\d+)/.exec(text)?.[1] ?? "1/1";
  return "video/x-raw,format={I420,NV12}," +
    `width=${width},height=${height},pixel-aspect-ratio=${ratio},colorimetry=${
      colorimetryOf(text)
    }`;
}

/** RGB has a matrix of its own (1), and caps need not tell any: then it goes by the size, as it does in GStreamer. */
function colorimetryOf(text: string): string {
  const told = /colorimetry=\(string\)([\w:]+)/.exec(text)?.[1];
  if (told !== undefined && told !== "sRGB" && !/^\d+:1:/.test(told)) return told;
  const height = Number(/height=\(int\)(\d+)/.exec(text)?.[1]);
  return height > 576 ? "bt709" : "bt601";
}

/** Reads what a pad has negotiated; null where that is nothing yet. */
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

/** What a pad has negotiated, read again only where that has changed. */
export class PadCaps<T> {
  readonly #pad: Deno.PointerObject;
  readonly #read: (caps: Deno.PointerObject) => T;
  /** Owned: unref'd by {@link close}. Holding them keeps other caps from getting the same address. */
  #caps: Deno.PointerValue = null;
  #value: T | null = null;

  /**
   * Reads nothing yet.
   *
   * @param pad A GstPad; it stays the caller's, and must be valid as long as the value is asked for.
   * @param read Makes the value of the caps, which stay this object's.
   */
  constructor(pad: Deno.PointerObject, read: (caps: Deno.PointerObject) => T) {
    this.#pad = pad;
    this.#read = read;
  }

  /** What was read of them; null where nothing is negotiated. */
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

  /** Lets go of the caps. May be called twice. */
  close(): void {
    if (this.#caps !== null) gst().gst_mini_object_unref(this.#caps);
    this.#caps = this.#value = null;
  }
}

/** Caps as text; they stay the caller's. */
export function capsText(caps: Deno.PointerObject): string {
  return takeCString(glib(), gst().gst_caps_to_string(caps)) ?? "";
}
