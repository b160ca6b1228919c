/**
 * Access units of H.264 (ITU-T H.264).
 *
 * @module
 */
import type { AccessUnitInfo } from "./access_unit.ts";
import { BitReader } from "./bit_reader.ts";
import { type NalCodec, readNalAccessUnit, type SliceInfo } from "./nal_access_unit.ts";
import type { NalLengthBytes, NalUnit } from "./nal_units.ts";
import { findRecoveryPoint } from "./sei.ts";

/** Types of NAL units (table 7-1). */
const NAL = {
  slice: 1,
  partitionA: 2,
  idr: 5,
  sei: 6,
  sps: 7,
  pps: 8,
  delimiter: 9,
} as const;

/** Types of slices whose macroblocks are all intra (table 7-6): I and SI. */
const INTRA_SLICES = [2, 4, 7, 9];

/** The limit of recovery_frame_cnt: it is less than the largest MaxFrameNum (section 7.4.2.1.1). */
const MAX_FRAME_NUM = 2 ** 16;

const H264: NalCodec = {
  parameterSets: [NAL.sps, NAL.pps],
  sei: NAL.sei,
  delimiter: NAL.delimiter,
  prefixes: [6, 7, 8, 9, 13, 14, 15, 16, 17, 18], // section 7.4.1.2.3
  sliceBytes: 12, // two Exp-Golomb codes
  typeOf: (bytes, { start }) => bytes[start]! & 0x1f,
  isSlice: (type) => type >= NAL.slice && type <= NAL.idr,
  readRecoveryPoint,
  readSlice,
};

/**
 * Reads an access unit, up to the beginning of its first slice.
 *
 * Decoding can begin at an IDR picture, and at a recovery point (section D.2.8): an `"open"` one on an intra picture if
 * its recovery_frame_cnt is 0, a `"gradual"` one if that is more. An intra picture without either is none: later pictures
 * may reference earlier ones. Nor is a recovery point whose exact_match_flag is 0: the pictures would only be similar to
 * those of the whole stream. Its broken_link_flag is about pictures that are shown before the recovery point, which are
 * wrong anyway where decoding begins there.
 *
 * Each field of a frame that is coded as two fields is a picture.
 *
 * @returns `null` if the first slice may be beyond the bytes, which are not whole.
 */
export function readH264(
  bytes: Uint8Array,
  isWhole: boolean,
  lengthBytes: NalLengthBytes,
): AccessUnitInfo | null {
  return readNalAccessUnit(H264, bytes, isWhole, lengthBytes);
}

/** Reads recovery_frame_cnt (section D.1.8). */
function readRecoveryPoint(bytes: Uint8Array, { start, end }: NalUnit): number | null {
  const reader = new BitReader(bytes, start + 1, end);
  if (!findRecoveryPoint(reader)) return null;
  const frames = reader.ue();
  const isExact = reader.u(1) === 1;
  return isExact && frames < MAX_FRAME_NUM ? frames : null;
}

/** Reads the beginning of a slice (sections 7.3.2.8, 7.3.2.9.1 and 7.3.3). */
function readSlice(
  bytes: Uint8Array,
  { start, end }: NalUnit,
  recoveryPoint: number | null,
): SliceInfo {
  const type = bytes[start]! & 0x1f;
  const reader = new BitReader(bytes, start + 1, end);
  // data partitions B and C have no header, and follow their A
  const hasHeader = type <= NAL.partitionA || type === NAL.idr;
  const begins = hasHeader && reader.ue() === 0; // first_mb_in_slice
  const isIntra = INTRA_SLICES.includes(reader.ue());
  return {
    beginsPicture: begins,
    randomAccess: begins ? accessAt(type === NAL.idr, isIntra, recoveryPoint) : null,
    isSkippedLeading: false,
    isReference: (bytes[start]! & 0x60) !== 0, // nal_ref_idc
  };
}

function accessAt(
  isIdr: boolean,
  isIntra: boolean,
  recoveryPoint: number | null,
): AccessUnitInfo["randomAccess"] {
  if (isIdr) return "instant";
  if (recoveryPoint === null) return null;
  if (recoveryPoint > 0) return "gradual";
  return isIntra ? "open" : null;
}
