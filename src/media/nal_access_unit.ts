/**
 * Access units of the codecs with NAL units: H.264 and H.265.
 *
 * @module
 */
import { type AccessUnitInfo, NO_PICTURE } from "./access_unit.ts";
import { type NalLengthBytes, type NalUnit, nalUnits } from "./nal_units.ts";

/** What the beginning of a slice shows. */
export type SliceInfo = Pick<
  AccessUnitInfo,
  "beginsPicture" | "randomAccess" | "isSkippedLeading" | "isReference"
>;

/** How a codec uses NAL units. */
export interface NalCodec {
  /** The types of the parameter sets that decoding needs. */
  readonly parameterSets: readonly number[];
  /** The type of SEI messages in front of a picture. */
  readonly sei: number;
  /** The type of the delimiter that an access unit can begin with. */
  readonly delimiter: number;
  /** The types of all that is in front of a picture. */
  readonly prefixes: readonly number[];
  /** How many bytes of a slice {@link readSlice} reads at most. */
  readonly sliceBytes: number;

  /** Returns the type of a NAL unit. */
  typeOf(bytes: Uint8Array, unit: NalUnit): number;
  /** Returns whether NAL units of a type hold data of the picture. */
  isSlice(type: number): boolean;
  /** Reads when pictures are right by an exact recovery point of SEI messages; `null` without one. */
  readRecoveryPoint(bytes: Uint8Array, unit: NalUnit): number | null;
  /** Reads what the beginning of a slice shows. */
  readSlice(bytes: Uint8Array, unit: NalUnit, recoveryPoint: number | null): SliceInfo;
}

/**
 * Reads an access unit, up to the beginning of its first slice.
 *
 * @returns `null` if that may be beyond the bytes, which are not whole.
 */
export function readNalAccessUnit(
  codec: NalCodec,
  bytes: Uint8Array,
  isWhole: boolean,
  lengthBytes: NalLengthBytes,
): AccessUnitInfo | null {
  const types: number[] = [];
  const parameterSets: NalUnit[] = [];
  let recoveryPoint: number | null = null;
  let slice: NalUnit | undefined;
  for (const unit of nalUnits(bytes, lengthBytes)) {
    const type = codec.typeOf(bytes, unit);
    if (codec.isSlice(type)) {
      slice = unit;
      break;
    }
    types.push(type);
    if (codec.parameterSets.includes(type)) parameterSets.push(unit);
    else if (type === codec.sei) recoveryPoint ??= codec.readRecoveryPoint(bytes, unit);
  }
  if (!isWhole && (slice === undefined || bytes.length < slice.start + codec.sliceBytes)) {
    return null;
  }
  const has = (type: number) => types.includes(type);
  const info = slice === undefined
    ? { ...NO_PICTURE, belongsTo: codec.prefixes.some(has) ? "next" as const : "before" as const }
    : pictureOf(codec.readSlice(bytes, slice, recoveryPoint), recoveryPoint);
  return {
    ...info,
    // a delimiter is only in front of the first slice, which may be lost
    belongsTo: info.hasPicture && has(codec.delimiter) ? "itself" : info.belongsTo,
    hasParameterSets: codec.parameterSets.every(has),
    parameterSets,
    sliceAt: slice?.start ?? 0,
  };
}

/** Returns what a slice shows of its access unit. */
function pictureOf(slice: SliceInfo, recoveryPoint: number | null): AccessUnitInfo {
  return {
    ...NO_PICTURE,
    ...slice,
    hasPicture: true,
    belongsTo: slice.beginsPicture ? "itself" : "before",
    recoveryPictures: slice.randomAccess === "gradual" ? recoveryPoint! : 0,
    isShown: true,
  };
}
