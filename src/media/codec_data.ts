/**
 * The codec_data of caps: the configuration records of H.264 and H.265 (ISO/IEC 14496-15, sections 5.3.3.1 and 8.3.3.1).
 *
 * @module
 */

/** Types of H.265's parameter sets; a configuration record can also hold SEI messages. */
const HEVC_SETS = [32, 33, 34];

/** What a configuration record says. */
export interface CodecData {
  /** How many bytes the length in front of each NAL unit has. */
  readonly lengthBytes: number;
  /** The parameter sets, without lengths, in the order of the record; parts of its bytes. */
  readonly parameterSets: readonly Uint8Array[];
}

/**
 * Reads the codec_data of H.264 (avcC) or H.265 (hvcC).
 *
 * @returns `null` for other media types, and if it is cut off before the length. Parameter sets that are cut off are left
 * out.
 *
 * @example
 * ```ts
 * import { readCodecData } from "./codec_data.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const avcC = new Uint8Array([1, 0x42, 0xc0, 10, 0xff, 0xe1, 0, 2, 0x67, 0x42, 1, 0, 1, 0x68]);
 * assertEquals(readCodecData("video/x-h264", avcC), {
 *   lengthBytes: 4,
 *   parameterSets: [new Uint8Array([0x67, 0x42]), new Uint8Array([0x68])],
 * });
 * ```
 */
export function readCodecData(mediaType: string, bytes: Uint8Array): CodecData | null {
  if (mediaType === "video/x-h264" && bytes.length > 4) return readAvcC(bytes);
  if (mediaType === "video/x-h265" && bytes.length > 21) return readHvcC(bytes);
  return null;
}

function readAvcC(bytes: Uint8Array): CodecData {
  const reader = new SetReader(bytes, 5);
  const spsCount = reader.u8() & 0x1f;
  const parameterSets = reader.sets(spsCount);
  const ppsCount = reader.u8();
  parameterSets.push(...reader.sets(ppsCount));
  return { lengthBytes: (bytes[4]! & 3) + 1, parameterSets };
}

function readHvcC(bytes: Uint8Array): CodecData {
  const reader = new SetReader(bytes, 22);
  const parameterSets: Uint8Array[] = [];
  for (let arrays = reader.u8(); arrays > 0; arrays--) {
    const type = reader.u8() & 0x3f;
    const units = reader.sets(reader.u16());
    if (HEVC_SETS.includes(type)) parameterSets.push(...units);
  }
  return { lengthBytes: (bytes[21]! & 3) + 1, parameterSets };
}

/** Reads NAL units behind lengths of two bytes; beyond the end, numbers are 0. */
class SetReader {
  readonly #bytes: Uint8Array;
  #at: number;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.#at = at;
  }

  u8(): number {
    return this.#bytes[this.#at++] ?? 0;
  }

  u16(): number {
    return this.u8() * 256 + this.u8();
  }

  sets(count: number): Uint8Array[] {
    const sets: Uint8Array[] = [];
    for (let left = count; left > 0 && this.#at < this.#bytes.length; left--) {
      const length = this.u16();
      const set = this.#bytes.subarray(this.#at, this.#at + length);
      this.#at += length;
      if (length > 0 && set.length === length) sets.push(set);
    }
    return sets;
  }
}
