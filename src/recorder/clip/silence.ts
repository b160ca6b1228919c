/**
 * Silence in place of sound that does not come.
 *
 * @module
 */
import { cString } from "../../../ffi/cstring.ts";
import { gst } from "../../../ffi/gst.ts";
import { ENUMS } from "../../../ffi/layout.ts";
import { makeBuffer } from "../../app/frame_buffer.ts";
import { capsText, mediaTypeOf } from "../../gst/caps.ts";
import { Frame } from "../../gst/frame.ts";
import { readInt, readString } from "../../gst/structure.ts";
import { type SilentPacket, silentPacket } from "../../media/silence.ts";

const RAW = "audio/x-raw";
const SAMPLE_BYTES = 2;
/** Seconds of a frame of raw silence. */
const RAW_SEC = 0.1;

/** Makes silent frames that a stream can go on with, until {@link close}. */
export class Silence {
  /** Owned, like the segment: freed by {@link close}. */
  #caps: Deno.PointerObject | null;
  #segment: Deno.PointerObject | null;
  readonly #packet: SilentPacket;
  readonly #rate: number;
  readonly #isRaw: boolean;

  /** Returns the silence of a stream by its caps, which stay the caller's; `null` if its codec has none. */
  static of(caps: Deno.PointerObject): Silence | null {
    const structure = gst().gst_caps_get_structure(caps, 0);
    const mediaType = mediaTypeOf(caps);
    const rate = readInt(structure, "rate") ?? (mediaType === "audio/x-opus" ? 48_000 : 0);
    const channels = readInt(structure, "channels") ?? 1;
    if (mediaType === RAW) {
      const samples = Math.round(rate * RAW_SEC);
      const bytes = new Uint8Array(samples * channels * SAMPLE_BYTES);
      return new Silence(rawCaps(caps), { bytes, samples }, rate, true);
    }
    const packet = silentPacket({
      mediaType,
      rate,
      channels,
      streamFormat: readString(structure, "stream-format"),
      layer: readInt(structure, "layer"),
      version: readInt(structure, "mpegaudioversion"),
    });
    if (packet === null) return null;
    // an Opus packet counts samples at 48 kHz, whatever the sound was before
    const packetRate = mediaType === "audio/x-opus" ? 48_000 : rate;
    return new Silence(gst().gst_mini_object_ref(caps)!, packet, packetRate, false);
  }

  private constructor(
    caps: Deno.PointerObject,
    packet: SilentPacket,
    rate: number,
    isRaw: boolean,
  ) {
    this.#caps = caps;
    this.#packet = packet;
    this.#rate = rate;
    this.#isRaw = isRaw;
    this.#segment = gst().gst_segment_new()!;
    gst().gst_segment_init(this.#segment, ENUMS.GST_FORMAT_TIME);
  }

  /** Nanoseconds of a frame. */
  get frameNs(): bigint {
    return this.#durationNs(this.#packet.samples);
  }

  #durationNs(samples: number): bigint {
    return BigInt(Math.round(samples * 1e9 / this.#rate));
  }

  /**
   * Makes frames in an interval, one after the other; the caller owns them.
   *
   * @param isExact Whether they end with the interval, as well as packets can; otherwise they end before it.
   */
  *frames(fromNs: bigint, untilNs: bigint, isExact: boolean): Generator<Frame> {
    const { frameNs } = this;
    let atNs = fromNs;
    while (atNs + frameNs <= untilNs) {
      yield this.#frame(atNs, this.#packet.bytes, frameNs);
      atNs += frameNs;
    }
    if (!isExact) return;
    const { bytes, samples } = this.#packet;
    const rest = Math.round(Number(untilNs - atNs) * this.#rate / 1e9);
    if (!this.#isRaw) {
      if (2 * rest >= samples) yield this.#frame(atNs, bytes, frameNs);
    } else if (rest > 0) {
      const part = bytes.slice(0, rest * bytes.length / samples);
      yield this.#frame(atNs, part, this.#durationNs(rest));
    }
  }

  #frame(ptsNs: bigint, bytes: Uint8Array<ArrayBuffer>, durationNs: bigint): Frame {
    const buffer = makeBuffer(bytes, { ptsNs, durationNs, isKeyframe: true });
    const sample = gst().gst_sample_new(buffer, this.#caps, this.#segment, null)!;
    gst().gst_mini_object_unref(buffer);
    return new Frame(sample);
  }

  /** Frees caps and segment. May be called twice. */
  close(): void {
    if (this.#caps !== null) gst().gst_mini_object_unref(this.#caps);
    if (this.#segment !== null) gst().gst_segment_free(this.#segment);
    this.#caps = this.#segment = null;
  }
}

/** Returns caps of raw sound with the channels and the rate of others, in a format whose silence is 0. */
function rawCaps(caps: Deno.PointerObject): Deno.PointerObject {
  const text = capsText(caps)
    .replace(/format=\(string\)\w+/, "format=(string)S16LE")
    .replace(/layout=\(string\)[\w-]+/, "layout=(string)interleaved");
  return gst().gst_caps_from_string(cString(text))!;
}
