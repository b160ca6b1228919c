/**
 * Reads encoded video, as far as it shows where an access unit begins and whether decoding can begin there.
 *
 * @module
 */
import type { AccessUnitInfo } from "./access_unit.ts";
import { readAv1 } from "./av1.ts";
import { readH264 } from "./h264.ts";
import { readH265 } from "./h265.ts";
import { readVp8, readVp9 } from "./vpx.ts";
import type { NalLengthBytes } from "./nal_units.ts";

/** Encoded video. */
export interface EncodedVideo {
  /** The media type of its caps, such as `video/x-h264`. */
  readonly mediaType: string;
  /** What is in front of each NAL unit of H.264 and H.265; not used for others. */
  readonly lengthBytes: NalLengthBytes;
}

/** Reads an access unit as {@link readAccessUnit} does. */
type Reader = (
  bytes: Uint8Array,
  isWhole: boolean,
  lengthBytes: NalLengthBytes,
) => AccessUnitInfo | null;

/** The readers by media type. */
const READERS: Record<string, Reader> = {
  "video/x-h264": readH264,
  "video/x-h265": readH265,
  "video/x-vp8": readVp8,
  "video/x-vp9": readVp9,
  "video/x-av1": readAv1,
};

/** Returns whether {@link readAccessUnit} knows a media type. */
export function isInspected(mediaType: string): boolean {
  return Object.hasOwn(READERS, mediaType);
}

/**
 * Reads a buffer of encoded video, up to the beginning of its first picture.
 *
 * @param bytes The buffer, or the first bytes of it.
 * @param isWhole Whether they are all of its bytes.
 * @returns `null` if more bytes are needed, which cannot be if they are whole.
 * @throws {RangeError} If the media type is unknown: see {@link isInspected}.
 *
 * @example
 * ```ts
 * import { readAccessUnit } from "./read_access_unit.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const stream = { mediaType: "video/x-h264", lengthBytes: null };
 * const idr = new Uint8Array([0, 0, 0, 1, 9, 0xf0, 0, 0, 1, 0x65, 0x88, 0x84]);
 * assertEquals(readAccessUnit(stream, idr, true)?.randomAccess, "instant");
 * assertEquals(readAccessUnit(stream, idr.subarray(0, 6), false), null);
 * ```
 */
export function readAccessUnit(
  stream: EncodedVideo,
  bytes: Uint8Array,
  isWhole: boolean,
): AccessUnitInfo | null {
  const read = READERS[stream.mediaType];
  if (read === undefined || !isInspected(stream.mediaType)) {
    throw new RangeError(`mediaType must be one that is inspected, got ${stream.mediaType}`);
  }
  return read(bytes, isWhole, stream.lengthBytes);
}
