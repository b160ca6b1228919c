/**
 * What an access unit of encoded video is, whatever its codec: where it begins, and whether decoding can begin there.
 *
 * @module
 */
import type { NalUnit } from "./nal_units.ts";

/**
 * Facts about the bytes of a buffer of encoded video, which may hold an access unit or a part of it.
 *
 * Where an access unit comes in several buffers, these facts are those of each one alone: parameter sets and recovery
 * points in buffers that belong to the `"next"` one count only if the bytes of both are read as one.
 */
export interface AccessUnitInfo {
  /** Whether it holds data of a picture; parameter sets, SEI messages and delimiters alone do not. */
  readonly hasPicture: boolean;
  /** Whether that is the beginning of a picture: its first slice is not lost, and not in the bytes before. */
  readonly beginsPicture: boolean;
  /** Where the NAL unit of the first slice is in the bytes, without start code or length; 0 for codecs without NAL units. */
  readonly sliceAt: number;
  /**
   * The access unit that the bytes are part of:
   * - `"itself"`: a picture begins in them, with whatever is in front of it. Its first slices may be lost if a delimiter
   *   shows that it does.
   * - `"before"`: they go on with the access unit before them: further slices of its picture, or what can only end
   *   it, such as a suffix SEI message or filler data. Bytes that are not understood are among these.
   * - `"next"`: they hold only what comes in front of a picture, such as a delimiter, parameter sets or an SEI
   *   message, and belong to whatever follows them.
   */
  readonly belongsTo: "itself" | "before" | "next";
  /**
   * How decoding can begin at the picture that begins here; `null` if it cannot, or if none begins.
   * - `"instant"`: nothing that follows in decode order references what was before.
   * - `"open"`: nothing that follows in output order does. Leading pictures, which follow in decode order but are shown
   *   before it, may.
   * - `"gradual"`: the first pictures are wrong; those from {@link recoveryPictures} later on are right.
   */
  readonly randomAccess: "instant" | "open" | "gradual" | null;
  /**
   * How much later the pictures of a gradual refresh are right; 0 for others. H.264 counts increments of frame_num in
   * decode order, one after each reference picture; H.265 counts pictures (of POC) in output order.
   */
  readonly recoveryPictures: number;
  /** Whether it is an H.265 RASL picture, which cannot be decoded if decoding begins at the IRAP picture before it. */
  readonly isSkippedLeading: boolean;
  /**
   * Whether other pictures may reference it; `true` where that cannot be read. An H.265 picture that is none for its own
   * temporal sub-layer may still be one for higher sub-layers.
   */
  readonly isReference: boolean;
  /** Whether a picture of it is shown at its time; VP8, VP9 and AV1 have frames that others only reference. */
  readonly isShown: boolean;
  /**
   * Whether all the parameter sets that its codec needs are in it, so that decoding can begin without others; `true` for
   * VP8 and VP9, which need none.
   */
  readonly hasParameterSets: boolean;
  /**
   * Where the parameter sets in front of its first slice are in the bytes: NAL units without start codes or lengths, or the
   * sequence headers of AV1 as whole OBUs.
   */
  readonly parameterSets: readonly NalUnit[];
}

/** What is known of bytes without a picture. */
export const NO_PICTURE: AccessUnitInfo = {
  hasPicture: false,
  beginsPicture: false,
  sliceAt: 0,
  belongsTo: "before",
  randomAccess: null,
  recoveryPictures: 0,
  isSkippedLeading: false,
  isReference: false,
  isShown: false,
  hasParameterSets: false,
  parameterSets: [],
};
