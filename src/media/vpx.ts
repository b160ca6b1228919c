/**
 * Frames of VP8 (RFC 6386) and VP9 (VP9 Bitstream & Decoding Process Specification, version 0.6).
 *
 * @module
 */
import { type AccessUnitInfo, NO_PICTURE } from "./access_unit.ts";

/** What holds of each frame; no parameter sets are needed. */
const FRAME: AccessUnitInfo = {
  ...NO_PICTURE,
  hasPicture: true,
  beginsPicture: true,
  belongsTo: "itself",
  isReference: true,
  hasParameterSets: true,
};

/** What is in front of the size of a VP8 keyframe. */
const VP8_START_CODE = [0x9d, 0x01, 0x2a];

/**
 * Reads a frame of VP8 up to its start code (section 9.1). Whether others reference it is not read: that is in its
 * arithmetic-coded data.
 *
 * @returns `null` if it is cut off in front of that.
 */
export function readVp8(bytes: Uint8Array, isWhole: boolean): AccessUnitInfo | null {
  if (bytes.length < 6 && !isWhole) return null;
  if (bytes.length < 3) return NO_PICTURE;
  const isShown = (bytes[0]! & 0x10) !== 0;
  const isKeyframe = (bytes[0]! & 1) === 0 &&
    VP8_START_CODE.every((byte, index) => bytes[3 + index] === byte);
  return { ...FRAME, randomAccess: isKeyframe && isShown ? "instant" : null, isShown };
}

/**
 * Reads a frame of VP9, or the first one of a superframe (annex B), of whose others only whether they are shown is
 * read.
 *
 * @returns `null` if the header is cut off, or the frame is not shown, and later ones may be.
 */
export function readVp9(bytes: Uint8Array, isWhole: boolean): AccessUnitInfo | null {
  if (bytes.length < VP9_HEADER_BYTES && !isWhole) return null;
  const first = readVp9Header(bytes);
  if (first === null) return NO_PICTURE;
  if (!first.isShown && !isWhole) return null;
  const isShown = first.isShown ||
    vp9Frames(bytes).some((frame) => readVp9Header(frame)?.isShown === true);
  const { isKeyframe, isReference } = first;
  const randomAccess = isKeyframe && first.isShown ? "instant" : null;
  return { ...FRAME, randomAccess, isReference, isShown };
}

/** How many bytes of a frame are read. */
const VP9_HEADER_BYTES = 3;

interface Vp9Header {
  isKeyframe: boolean;
  isShown: boolean;
  isReference: boolean;
}

/** Reads the beginning of an uncompressed header (section 6.2); `null` if it is none. */
function readVp9Header(bytes: Uint8Array): Vp9Header | null {
  const header = (bytes[0] ?? 0) << 16 | (bytes[1] ?? 0) << 8 | (bytes[2] ?? 0);
  let bitsLeft = 8 * VP9_HEADER_BYTES;
  const u = (bits: number) => header >> (bitsLeft -= bits) & (1 << bits) - 1;
  if (u(2) !== 2) return null; // frame_marker
  const profile = u(1) | u(1) << 1;
  if (profile === 3) u(1);
  // show_existing_frame: of a frame that is decoded already
  if (u(1) === 1) return { isKeyframe: false, isShown: true, isReference: false };
  const isKeyframe = u(1) === 0;
  const isShown = u(1) === 1;
  const isErrorResilient = u(1) === 1;
  if (isKeyframe || !isShown) return { isKeyframe, isShown, isReference: true };
  if (!isErrorResilient) u(2); // reset_frame_context
  return { isKeyframe, isShown, isReference: u(8) !== 0 }; // refresh_frame_flags
}

/** Returns the frames of a superframe; none if the bytes are not one. */
function vp9Frames(bytes: Uint8Array): Uint8Array[] {
  const marker = bytes[bytes.length - 1]!;
  const count = (marker & 7) + 1;
  const sizeBytes = (marker >> 3 & 3) + 1;
  const index = bytes.length - (2 + count * sizeBytes);
  if (marker >> 5 !== 6 || index < 0 || bytes[index] !== marker) return [];
  const frames: Uint8Array[] = [];
  let at = 0;
  for (let frame = 0; frame < count; frame++) {
    let size = 0;
    for (let byte = sizeBytes; byte > 0; byte--) {
      size = size * 256 + bytes[index + frame * sizeBytes + byte]!;
    }
    frames.push(bytes.subarray(at, Math.min(at + size, index)));
    at += size;
  }
  return frames;
}
