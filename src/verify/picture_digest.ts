/**
 * Digests of decoded pictures: one that differs with any pixel, and one that is similar for similar pictures.
 *
 * @module
 */
import { gst } from "../../ffi/gst.ts";
import { withSampleBytes } from "../gst/sample.ts";
import { layoutOfBuffer, layoutOfCaps, type VideoLayout } from "../gst/video_info.ts";

/** The columns, and the rows, of the blocks of a thumbnail. */
const BLOCKS = 12;
/** The columns, and the rows, of the pixels of each block that are looked at. */
const SAMPLES = 8;
/** The bytes of a thumbnail. */
export const THUMBNAIL_BYTES = BLOCKS * BLOCKS;

/** The digests of a picture. */
export interface PictureDigest {
  /** An integer that is equal for equal pictures. */
  digest: number;
  /** The brightness of each block, row by row. */
  thumbnail: Uint8Array;
}

/**
 * Returns the digests of a picture in I420, without the padding of its lines; `null` if it is in another format.
 *
 * @param sample A GstSample with a buffer; it stays the caller's.
 */
export function digestPicture(sample: Deno.PointerObject): PictureDigest | null {
  const layout = layoutOfCaps(gst().gst_sample_get_caps(sample));
  if (layout?.format !== "I420") return null;
  const own = layoutOfBuffer(layout, gst().gst_sample_get_buffer(sample));
  return withSampleBytes(sample, (bytes) => ({
    digest: digestOf(bytes, own),
    thumbnail: thumbnailOf(bytes, own),
  }));
}

function digestOf(bytes: Uint8Array, { width, height, planes }: VideoLayout): number {
  const hash = new Hash();
  for (const [i, { offset, stride }] of planes.entries()) {
    const [columns, rows] = i === 0 ? [width, height] : [(width + 1) >> 1, (height + 1) >> 1];
    for (let row = 0; row < rows; row++) {
      const start = offset + row * stride;
      hash.add(bytes.subarray(start, start + columns));
    }
  }
  return hash.value;
}

/** A hash of 53 bits, which depends on the order of bytes. */
class Hash {
  #a = 0x811c9dc5;
  #b = 0x9e3779b9;

  add(bytes: Uint8Array): void {
    let a = this.#a;
    let b = this.#b;
    const words = bytes.byteOffset % 4 === 0 ? bytes.length >> 2 : 0;
    for (const word of new Uint32Array(bytes.buffer, words && bytes.byteOffset, words)) {
      a = Math.imul(a ^ word, 0x01000193);
      a ^= a >>> 15;
      b = Math.imul(b + word, 0x85ebca6b);
      b = b << 13 | b >>> 19;
    }
    for (let i = words * 4; i < bytes.length; i++) {
      a = Math.imul(a ^ bytes[i]!, 0x01000193);
      a ^= a >>> 15;
      b = Math.imul(b + bytes[i]!, 0x85ebca6b);
      b = b << 13 | b >>> 19;
    }
    this.#a = a;
    this.#b = b;
  }

  get value(): number {
    return (this.#a >>> 0) * 2 ** 21 + (this.#b >>> 11);
  }
}

function thumbnailOf(bytes: Uint8Array, { width, height, planes }: VideoLayout): Uint8Array {
  const { offset, stride } = planes[0]!;
  const thumbnail = new Uint8Array(THUMBNAIL_BYTES);
  const count = BLOCKS * SAMPLES;
  for (let block = 0; block < THUMBNAIL_BYTES; block++) {
    const top = Math.floor(block / BLOCKS) * SAMPLES;
    const left = block % BLOCKS * SAMPLES;
    let sum = 0;
    for (let y = top; y < top + SAMPLES; y++) {
      const line = offset + Math.floor(y * height / count) * stride;
      for (let x = left; x < left + SAMPLES; x++) {
        sum += bytes[line + Math.floor(x * width / count)]!;
      }
    }
    thumbnail[block] = Math.round(sum / SAMPLES ** 2);
  }
  return thumbnail;
}
