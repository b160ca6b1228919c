/**
 * Temporal units of AV1 (AV1 Bitstream & Decoding Process Specification).
 *
 * @module
 */
import { type AccessUnitInfo, NO_PICTURE } from "./access_unit.ts";
import type { NalUnit } from "./nal_units.ts";

/** Types of OBUs (section 6.2.2). */
const OBU = {
  sequenceHeader: 1,
  temporalDelimiter: 2,
  frameHeader: 3,
  metadata: 5,
  frame: 6,
} as const;

/** The types of all that is in front of a frame. */
const PREFIXES: readonly number[] = [OBU.temporalDelimiter, OBU.sequenceHeader, OBU.metadata];

/** An OBU. */
interface Obu {
  readonly type: number;
  /** Where its header begins. */
  readonly start: number;
  /** Where its content begins, and ends; beyond the bytes if its size says so. */
  readonly content: number;
  readonly end: number;
}

/**
 * Reads a temporal unit up to its first frame, and whether one of its frames is shown (sections 5.5.1 and 5.9.2). Whether
 * others reference it is not read: where that is depends on the sequence header.
 *
 * Decoding can begin at a keyframe that is shown. One that is shown later is none: frames in between may reference earlier
 * ones.
 *
 * @returns `null` if a frame that is shown may be beyond the bytes, which are not whole.
 */
export function readAv1(bytes: Uint8Array, isWhole: boolean): AccessUnitInfo | null {
  const types: number[] = [];
  const parameterSets: NalUnit[] = [];
  let first: FrameHeader | undefined;
  let isShown = false;
  let isStillPicture = false;
  for (const { type, start, content, end } of obus(bytes)) {
    if (content >= bytes.length && content < end) break;
    if ((type === OBU.frame || type === OBU.frameHeader) && content < end) {
      const header = isStillPicture ? STILL_PICTURE : readFrameHeader(bytes[content]!);
      first ??= header;
      isShown ||= header.isShown;
      if (isShown) break;
    } else if (first === undefined) {
      types.push(type);
      if (type === OBU.sequenceHeader) {
        parameterSets.push({ start, end });
        isStillPicture = (bytes[content]! & 0x08) !== 0; // reduced_still_picture_header
      }
    }
  }
  if (!isShown && !isWhole) return null;
  const hasParameterSets = parameterSets.length > 0;
  if (first === undefined) {
    const belongsTo = PREFIXES.some((type) => types.includes(type)) ? "next" : "before";
    return { ...NO_PICTURE, belongsTo, hasParameterSets, parameterSets };
  }
  return {
    ...NO_PICTURE,
    hasPicture: true,
    beginsPicture: true,
    belongsTo: "itself",
    randomAccess: first.isKeyframe && first.isShown ? "instant" : null,
    isReference: true,
    isShown,
    hasParameterSets,
    parameterSets,
  };
}

interface FrameHeader {
  readonly isKeyframe: boolean;
  readonly isShown: boolean;
}

/** The header of a frame behind a sequence header of a still picture does not say what it is. */
const STILL_PICTURE: FrameHeader = { isKeyframe: true, isShown: true };

/** Reads show_existing_frame, frame_type and show_frame (section 5.9.2). */
function readFrameHeader(byte: number): FrameHeader {
  if ((byte & 0x80) !== 0) return { isKeyframe: false, isShown: true };
  return { isKeyframe: (byte & 0x60) === 0, isShown: (byte & 0x10) !== 0 };
}

/** Yields OBUs (section 5.3), up to the first one that is damaged or cut off in its header. */
function* obus(bytes: Uint8Array): Generator<Obu> {
  for (let start = 0; start < bytes.length;) {
    const header = bytes[start]!;
    if ((header & 0x80) !== 0) return; // obu_forbidden_bit
    const hasExtension = (header & 0x04) !== 0;
    const hasSize = (header & 0x02) !== 0;
    let content = start + (hasExtension ? 2 : 1);
    let end = bytes.length;
    if (hasSize) {
      // leb128 (section 4.10.5)
      let size = 0;
      let byte = 0x80;
      for (let shift = 0; shift < 56 && (byte & 0x80) !== 0; shift += 7, content++) {
        if (content >= bytes.length) return;
        byte = bytes[content]!;
        size += (byte & 0x7f) * 2 ** shift;
      }
      end = content + size;
    }
    yield { type: header >> 3 & 15, start, content, end };
    start = end;
  }
}
