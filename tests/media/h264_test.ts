/**
 * Access units of H.264, from single NAL units.
 */
import { assert, assertEquals } from "@std/assert";
import { readAccessUnit } from "../../src/media/read_access_unit.ts";
import {
  behindStartCodes,
  readUnits,
  recoveryPointMessage,
  type UnitsInfo,
} from "../helpers/nal_units.ts";

const AUD = [9, 0xf0];
const SPS = [0x67, 0x42, 0xc0, 0x0a, 0xda, 0x79];
const PPS = [0x68, 0xce, 0x0f, 0xc8];
/** first_mb_in_slice 0 (1), slice_type 7 (0001000), pic_parameter_set_id 0 (1). */
const IDR = [0x65, 0b1000_1000, 0b1000_0000, 0x21];
const INTRA = [0x41, 0b1000_1000, 0b1000_0000, 0x21];
/** The same with slice_type 5 (00110). */
const INTER = [0x41, 0b1001_1010, 0x21];
const UNREFERENCED = [0x01, 0b1001_1010, 0x21];
/** first_mb_in_slice 20 (000010101). */
const SECOND_SLICE = [0x65, 0b0000_1010, 0b1000_1000, 0x80];
const FILLER = [12, 0xff, 0xff, 0x80];

/** An SEI message of a recovery point: recovery_frame_cnt, exact_match_flag, broken_link_flag, 2 bits. */
function recoveryPoint(bits: string): number[] {
  return [6, ...recoveryPointMessage(bits)];
}

function read(...units: number[][]): UnitsInfo {
  return readUnits("video/x-h264", units);
}

Deno.test("readAccessUnit() reads an IDR picture of H.264 with its parameter sets", () => {
  assertEquals(read(AUD, SPS, PPS, recoveryPoint("1100"), IDR, SECOND_SLICE), {
    hasPicture: true,
    beginsPicture: true,
    belongsTo: "itself",
    randomAccess: "instant",
    recoveryPictures: 0,
    isSkippedLeading: false,
    isReference: true,
    isShown: true,
    hasParameterSets: true,
    sets: [SPS, PPS],
  });
  assertEquals(read(PPS, IDR).hasParameterSets, false);
});

Deno.test("readAccessUnit() distinguishes the first slice of an H.264 picture from its others", () => {
  const { hasPicture, belongsTo, randomAccess } = read(SPS, PPS, SECOND_SLICE);
  assertEquals([hasPicture, belongsTo, randomAccess], [true, "before", null]);
  // a data partition A with first_mb_in_slice 0, and B and C with slice_id 0
  assertEquals(read([0x42, 0b1001_1010, 0x80]).belongsTo, "itself");
  assertEquals(read([0x43, 0x80, 0x80]).belongsTo, "before");
  assertEquals(read([0x44, 0x80, 0x80]).belongsTo, "before");
});

Deno.test("readAccessUnit() finds the first slice of H.264 behind what is in front of it", () => {
  const bytes = behindStartCodes([AUD, SPS, PPS, IDR, SECOND_SLICE]);
  const { sliceAt } = readAccessUnit(
    { mediaType: "video/x-h264", lengthBytes: null },
    bytes,
    true,
  )!;
  assertEquals([...bytes.slice(sliceAt, sliceAt + IDR.length)], IDR);
});

Deno.test("readAccessUnit() begins a picture of H.264 behind a delimiter if its first slice is lost", () => {
  const unit = read(AUD, SPS, PPS, SECOND_SLICE);
  const { hasPicture, beginsPicture, belongsTo, randomAccess } = unit;
  assertEquals([hasPicture, beginsPicture, belongsTo, randomAccess], [true, false, "itself", null]);
});

Deno.test("readAccessUnit() begins to decode H.264 at recovery points, but not at any intra picture", () => {
  const access = (...units: number[][]) => {
    const { randomAccess, recoveryPictures } = read(...units);
    return [randomAccess, recoveryPictures];
  };
  assertEquals(access(SPS, PPS, INTRA), [null, 0]);
  assertEquals(access(SPS, PPS, INTER), [null, 0]);
  assertEquals(access(recoveryPoint("1100"), INTRA), ["open", 0]);
  assertEquals(access(recoveryPoint("1100"), INTER), [null, 0]); // not intra, as it must be
  assertEquals(access(recoveryPoint("1110"), INTRA), ["open", 0]); // broken_link_flag
  assertEquals(access(recoveryPoint("1000"), INTRA), [null, 0]); // not exact
  // recovery_frame_cnt 24 (000011001)
  assertEquals(access(recoveryPoint("000011001100"), INTER), ["gradual", 24]);
  assertEquals(access(recoveryPoint("000011001000"), INTER), [null, 0]);
  // behind another message in the same NAL unit, whose size takes two bytes, and one with emulation prevention
  const [, ...point] = recoveryPoint("000011001100");
  assertEquals(access([6, 5, 255, 1, ...new Array(256).fill(7), ...point], INTER), ["gradual", 24]);
  assertEquals(access([6, 5, 5, 7, 0, 0, 3, 1, 7, ...point], INTER), ["gradual", 24]);
  // in front of another NAL unit of messages, and cut off
  assertEquals(access(recoveryPoint("1100"), [6, 5, 1, 7, 0x80], INTRA), ["open", 0]);
  assertEquals(access([6, 6, 1], INTRA), [null, 0]);
  // recovery_frame_cnt beyond MaxFrameNum
  assertEquals(access(recoveryPoint(`${"0".repeat(17)}1${"0".repeat(17)}100`), INTER), [null, 0]);
});

Deno.test("readAccessUnit() reads whether other pictures of H.264 may reference one", () => {
  assertEquals(read(INTER).isReference, true);
  assertEquals(read(UNREFERENCED).isReference, false);
});

Deno.test("readAccessUnit() reads which access unit H.264 without a picture belongs to", () => {
  for (const units of [[AUD], [SPS], [PPS], [SPS, PPS], [recoveryPoint("1100")], [AUD, FILLER]]) {
    const { hasPicture, belongsTo, randomAccess } = read(...units);
    assertEquals([hasPicture, belongsTo, randomAccess], [false, "next", null]);
  }
  // filler data, end of sequence, end of stream, an auxiliary slice, an unspecified one; nothing
  for (const units of [[FILLER], [[10]], [[11]], [[19, 0x88]], [[24, 0x88]], []]) {
    const { hasPicture, belongsTo } = read(...units);
    assertEquals([hasPicture, belongsTo], [false, "before"]);
  }
  assertEquals(read(SPS, PPS).hasParameterSets, true);
});

Deno.test("readAccessUnit() asks for more of H.264 until it has read the first slice", () => {
  const stream = { mediaType: "video/x-h264", lengthBytes: null };
  const bytes = behindStartCodes([AUD, SPS, PPS, [...IDR, ...new Array(300).fill(0x77)]]);
  const whole = readAccessUnit(stream, bytes, true);
  const header = bytes.length - 304;
  for (let length = 0; length < bytes.length; length++) {
    const info = readAccessUnit(stream, bytes.subarray(0, length), false);
    if (length < header + 2) assertEquals(info, null, `${length}`);
    if (info !== null) assertEquals(info, whole, `${length}`);
    if (length > header + 12) assert(info !== null, `${length}`);
  }
});
