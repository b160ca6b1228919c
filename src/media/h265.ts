/**
 * Access units of H.265 (ITU-T H.265).
 *
 * @module
 */
import type { AccessUnitInfo } from "./access_unit.ts";
import { BitReader } from "./bit_reader.ts";
import { type NalCodec, readNalAccessUnit, type SliceInfo } from "./nal_access_unit.ts";
import { type NalLengthBytes, type NalUnit, nalUnits } from "./nal_units.ts";
import { findRecoveryPoint } from "./sei.ts";

/** Types of NAL units (table 7-1). */
const NAL = {
  raslN: 8,
  raslR: 9,
  blaWithLeading: 16, // BLA_W_LP
  blaWithRadl: 17,
  blaWithoutLeading: 18,
  idrWithRadl: 19,
  idrWithoutLeading: 20,
  cra: 21,
  vps: 32,
  sps: 33,
  pps: 34,
  delimiter: 35,
  prefixSei: 39,
} as const;

/** What is in a higher layer than the one that all decoders decode. */
const OTHER_LAYER = -1;

/** How decoding can begin at pictures by the type of their slices. */
const ACCESS: Readonly<Record<number, AccessUnitInfo["randomAccess"]>> = {
  [NAL.blaWithLeading]: "open",
  [NAL.blaWithRadl]: "instant",
  [NAL.blaWithoutLeading]: "instant",
  [NAL.idrWithRadl]: "instant",
  [NAL.idrWithoutLeading]: "instant",
  [NAL.cra]: "open",
};

const H265: NalCodec = {
  parameterSets: [NAL.vps, NAL.sps, NAL.pps],
  sei: NAL.prefixSei,
  delimiter: NAL.delimiter,
  // section 7.4.2.4.4
  prefixes: [32, 33, 34, 35, 39, 41, 42, 43, 44, 48, 49, 50, 51, 52, 53, 54, 55],
  sliceBytes: 3, // a NAL unit's header and a flag
  typeOf,
  isSlice: (type) => type >= 0 && (type <= NAL.raslR || type >= 16 && type <= NAL.cra),
  readRecoveryPoint,
  readSlice,
};

/**
 * Reads an access unit, up to the beginning of its first slice.
 *
 * Decoding can begin at an IRAP picture: RASL pictures may follow a CRA or BLA_W_LP one, which is `"open"`; none follow the
 * `"instant"` others. It can also begin at a recovery point (section D.3.8), if its exact_match_flag is 1: at an `"open"`
 * one if its recovery_poc_cnt is 0 or less, as later pictures in output order are right then, else at a `"gradual"` one.
 *
 * Pictures of higher layers (nuh_layer_id) are part of the access unit before them.
 *
 * @returns `null` if the first slice may be beyond the bytes, which are not whole.
 */
export function readH265(
  bytes: Uint8Array,
  isWhole: boolean,
  lengthBytes: NalLengthBytes,
): AccessUnitInfo | null {
  return readNalAccessUnit(H265, bytes, isWhole, lengthBytes);
}

/**
 * Turns a CRA picture into a BLA_W_LP one, in place: decoders then leave out the RASL pictures that follow it, wherever
 * in a stream it is.
 *
 * Only the type in the header of each slice changes: both types have the same slice headers (sections 7.3.1.2 and
 * 7.3.6.1).
 *
 * @param bytes A whole access unit.
 * @returns Whether it was a CRA picture.
 */
export function rewriteCraAsBla(bytes: Uint8Array, lengthBytes: NalLengthBytes): boolean {
  let isRewritten = false;
  for (const { start } of nalUnits(bytes, lengthBytes)) {
    if ((bytes[start]! >> 1 & 0x3f) !== NAL.cra) continue;
    bytes[start] = bytes[start]! & 0x81 | NAL.blaWithLeading << 1;
    isRewritten = true;
  }
  return isRewritten;
}

/** Reads nal_unit_type and nuh_layer_id (section 7.3.1.2). */
function typeOf(bytes: Uint8Array, { start }: NalUnit): number {
  const layer = (bytes[start]! & 1) << 5 | (bytes[start + 1] ?? 0) >> 3;
  return layer === 0 ? bytes[start]! >> 1 & 0x3f : OTHER_LAYER;
}

/** Reads recovery_poc_cnt (section D.2.8). */
function readRecoveryPoint(bytes: Uint8Array, { start, end }: NalUnit): number | null {
  const reader = new BitReader(bytes, start + 2, end);
  if (!findRecoveryPoint(reader)) return null;
  const pictures = reader.se();
  const isExact = reader.u(1) === 1;
  return isExact && Math.abs(pictures) <= 2 ** 15 ? pictures : null;
}

/** Reads the beginning of a slice segment (sections 7.3.2.9 and 7.3.6.1). */
function readSlice(
  bytes: Uint8Array,
  unit: NalUnit,
  recoveryPoint: number | null,
): SliceInfo {
  const type = typeOf(bytes, unit);
  // first_slice_segment_in_pic_flag
  const begins = new BitReader(bytes, unit.start + 2, unit.end).u(1) === 1;
  return {
    beginsPicture: begins,
    randomAccess: begins ? ACCESS[type] ?? accessAt(recoveryPoint) : null,
    isSkippedLeading: type === NAL.raslN || type === NAL.raslR,
    isReference: type >= 16 || type % 2 === 1, // sub-layer non-reference pictures are even
  };
}

function accessAt(recoveryPoint: number | null): AccessUnitInfo["randomAccess"] {
  if (recoveryPoint === null) return null;
  return recoveryPoint > 0 ? "gradual" : "open";
}
