/**
 * Access units of H.265, from single NAL units.
 */
import { assert, assertEquals } from "@std/assert";
import { rewriteCraAsBla } from "../../src/media/h265.ts";
import { readAccessUnit } from "../../src/media/read_access_unit.ts";
import {
  behindLengths,
  behindStartCodes,
  readUnits,
  recoveryPointMessage,
  type UnitsInfo,
} from "../helpers/nal_units.ts";

/** Makes a NAL unit of a type, in the layer that all decoders decode unless another one is given. */
function unit(type: number, content: number[], layer = 0): number[] {
  return [type << 1 | layer >> 5, (layer & 31) << 3 | 1, ...content];
}

/** The first slice segment of a picture, and a further one. */
const firstSlice = (type: number, layer = 0) => unit(type, [0xaf, 0x21], layer);
const secondSlice = (type: number) => unit(type, [0x2f, 0x21]);

const AUD = unit(35, [0x50]);
const VPS = unit(32, [0x0c, 1]);
const SPS = unit(33, [0x01, 2]);
const PPS = unit(34, [0xc1, 3]);
const TRAIL_N = 0;
const TRAIL_R = 1;
const IDR_W_RADL = 19;
const CRA = 21;

/** An SEI message of a recovery point: recovery_poc_cnt, exact_match_flag, broken_link_flag. */
function recoveryPoint(bits: string): number[] {
  return unit(39, recoveryPointMessage(bits));
}

function read(...units: number[][]): UnitsInfo {
  return readUnits("video/x-h265", units);
}

function access(...units: number[][]) {
  const { randomAccess, recoveryPictures } = read(...units);
  return [randomAccess, recoveryPictures];
}

Deno.test("readAccessUnit() reads an IDR picture of H.265 with its parameter sets", () => {
  assertEquals(read(AUD, VPS, SPS, PPS, firstSlice(IDR_W_RADL), secondSlice(IDR_W_RADL)), {
    hasPicture: true,
    beginsPicture: true,
    belongsTo: "itself",
    randomAccess: "instant",
    recoveryPictures: 0,
    isSkippedLeading: false,
    isReference: true,
    isShown: true,
    hasParameterSets: true,
    sets: [VPS, SPS, PPS],
  });
  assertEquals(read(SPS, PPS, firstSlice(IDR_W_RADL)).hasParameterSets, false);
});

Deno.test("readAccessUnit() distinguishes the first slice segment of an H.265 picture from its others", () => {
  const { hasPicture, belongsTo, randomAccess } = read(VPS, SPS, PPS, secondSlice(IDR_W_RADL));
  assertEquals([hasPicture, belongsTo, randomAccess], [true, "before", null]);
  // the picture of a higher layer, whose first slice segment it is
  const other = read(firstSlice(IDR_W_RADL, 1));
  assertEquals([other.hasPicture, other.belongsTo, other.randomAccess], [false, "before", null]);
});

Deno.test("readAccessUnit() begins a picture of H.265 behind a delimiter if its first slice is lost", () => {
  const { hasPicture, belongsTo, randomAccess } = read(AUD, VPS, SPS, PPS, secondSlice(IDR_W_RADL));
  assertEquals([hasPicture, belongsTo, randomAccess], [true, "itself", null]);
});

Deno.test("readAccessUnit() begins to decode H.265 at IRAP pictures", () => {
  const open = [16, 21]; // BLA_W_LP, CRA_NUT
  const instant = [17, 18, 19, 20];
  for (let type = 0; type < 64; type++) {
    const randomAccess = open.includes(type) ? "open" : instant.includes(type) ? "instant" : null;
    assertEquals(access(firstSlice(type)), [randomAccess, 0], `${type}`);
  }
});

Deno.test("readAccessUnit() begins to decode H.265 at recovery points", () => {
  // recovery_poc_cnt 24 is code 47 (00000110000), -1 is code 2 (011), 0 is code 0 (1)
  assertEquals(access(recoveryPoint("0000011000010"), firstSlice(TRAIL_R)), ["gradual", 24]);
  assertEquals(access(recoveryPoint("01110"), firstSlice(TRAIL_R)), ["open", 0]);
  assertEquals(access(recoveryPoint("110"), firstSlice(TRAIL_R)), ["open", 0]);
  assertEquals(access(recoveryPoint("100"), firstSlice(TRAIL_R)), [null, 0]); // not exact
  assertEquals(access(recoveryPoint("111"), firstSlice(TRAIL_R)), ["open", 0]); // broken_link_flag
  // recovery_poc_cnt beyond MaxPicOrderCntLsb / 2, and cut off
  const beyond = `${"0".repeat(17)}1${"0".repeat(16)}110`;
  assertEquals(access(recoveryPoint(beyond), firstSlice(TRAIL_R)), [null, 0]);
  assertEquals(access(unit(39, [6, 1]), firstSlice(TRAIL_R)), [null, 0]);
  assertEquals(access(recoveryPoint("110"), firstSlice(CRA)), ["open", 0]);
  assertEquals(access(recoveryPoint("0000011000010"), firstSlice(IDR_W_RADL)), ["instant", 0]);
  assertEquals(access(recoveryPoint("110"), secondSlice(TRAIL_R)), [null, 0]);
});

Deno.test("readAccessUnit() reads which pictures of H.265 are RASL, and which others may reference", () => {
  for (let type = 0; type <= 9; type++) {
    const { isSkippedLeading, isReference } = read(firstSlice(type));
    assertEquals([isSkippedLeading, isReference], [type >= 8, type % 2 === 1], `${type}`);
  }
  assertEquals(read(firstSlice(20)).isReference, true);
});

Deno.test("readAccessUnit() reads which access unit H.265 without a picture belongs to", () => {
  for (const units of [[AUD], [VPS], [SPS, PPS], [recoveryPoint("110")], [unit(48, [1])]]) {
    const { hasPicture, belongsTo, randomAccess } = read(...units);
    assertEquals([hasPicture, belongsTo, randomAccess], [false, "next", null]);
  }
  // end of sequence, end of stream, filler data, a suffix SEI message, an unspecified one, parameter sets of another layer
  for (const type of [36, 37, 38, 40, 56]) {
    const { hasPicture, belongsTo } = read(unit(type, [0x80]));
    assertEquals([hasPicture, belongsTo], [false, "before"], `${type}`);
  }
  assertEquals(read(unit(33, [1, 2], 1)).belongsTo, "before");
  assertEquals(read(VPS, SPS, PPS).hasParameterSets, true);
});

Deno.test("readAccessUnit() asks for more of H.265 until it has read the first slice segment", () => {
  const stream = { mediaType: "video/x-h265", lengthBytes: 4 };
  const bytes = behindLengths([VPS, SPS, PPS, firstSlice(CRA).concat(new Array(300).fill(7))], 4);
  const whole = readAccessUnit(stream, bytes, true);
  const slice = bytes.length - 304;
  for (let length = 0; length < bytes.length; length++) {
    const info = readAccessUnit(stream, bytes.subarray(0, length), false);
    assertEquals(info, length < slice + 3 ? null : whole, `${length}`);
  }
});

Deno.test("rewriteCraAsBla() changes the slices of a CRA picture, and nothing else", () => {
  const craUnits = [AUD, VPS, firstSlice(CRA), secondSlice(CRA), unit(40, [0x80])];
  const blaUnits = [AUD, VPS, firstSlice(16), secondSlice(16), unit(40, [0x80])];
  const cra = behindStartCodes(craUnits);
  assert(rewriteCraAsBla(cra, null));
  assertEquals(cra, behindStartCodes(blaUnits));
  assertEquals(rewriteCraAsBla(cra, null), false);

  const file = behindLengths(craUnits, 4);
  assert(rewriteCraAsBla(file, 4));
  assertEquals(file, behindLengths(blaUnits, 4));
  const idr = behindLengths([firstSlice(IDR_W_RADL)], 4);
  assertEquals(rewriteCraAsBla(idr.slice(), 4), false);
  const inter = behindStartCodes([firstSlice(TRAIL_N)]);
  assertEquals(rewriteCraAsBla(inter, null), false);
  assertEquals(inter, behindStartCodes([firstSlice(TRAIL_N)]));
});
