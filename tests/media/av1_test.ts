/**
 * Temporal units of AV1, from single OBUs.
 */
import { assertEquals } from "@std/assert";
import type { AccessUnitInfo } from "../../src/media/access_unit.ts";
import { readAccessUnit } from "../../src/media/read_access_unit.ts";

/** Makes an OBU, with its size. */
function obu(type: number, ...content: number[]): number[] {
  const size = content.length < 128
    ? [content.length]
    : [content.length & 127 | 128, content.length >> 7];
  return [type << 3 | 2, ...size, ...content];
}

const DELIMITER = obu(2);
/** seq_profile 0, still_picture 0, reduced_still_picture_header 0. */
const SEQUENCE = obu(1, 0b000_0_0_000, 7, 7);
const METADATA = obu(5, 1, 2);
const PADDING = obu(15, 1, 2);
const TILE_GROUP = obu(4, 1, 2);
// show_existing_frame, frame_type (0 key, 1 inter, 2 intra only, 3 switch), show_frame
const KEY = obu(6, 0b0_00_1_0000, 7);
const HIDDEN_KEY = obu(6, 0b0_00_0_0000, 7);
const INTER = obu(6, 0b0_01_1_0000, 7);
const INTRA_ONLY = obu(6, 0b0_10_1_0000, 7);
const HIDDEN = obu(6, 0b0_01_0_0000, 7);
const EXISTING = obu(3, 0b1_010_0000);

function readBytes(bytes: number[], isWhole: boolean): AccessUnitInfo | null {
  return readAccessUnit(
    { mediaType: "video/x-av1", lengthBytes: null },
    new Uint8Array(bytes),
    isWhole,
  );
}

function read(...units: number[][]): AccessUnitInfo {
  return readBytes(units.flat(), true)!;
}

Deno.test("readAccessUnit() reads a keyframe of AV1 with its sequence header", () => {
  assertEquals(read(DELIMITER, SEQUENCE, METADATA, KEY), {
    hasPicture: true,
    beginsPicture: true,
    sliceAt: 0,
    belongsTo: "itself",
    randomAccess: "instant",
    recoveryPictures: 0,
    isSkippedLeading: false,
    isReference: true,
    isShown: true,
    hasParameterSets: true,
    parameterSets: [{ start: 2, end: 7 }],
  });
  assertEquals(read(DELIMITER, KEY).hasParameterSets, false);
});

Deno.test("readAccessUnit() begins to decode AV1 at keyframes that are shown", () => {
  const access = (...units: number[][]) => {
    const { randomAccess, isShown } = read(DELIMITER, ...units);
    return [randomAccess, isShown];
  };
  assertEquals(access(KEY), ["instant", true]);
  // with a temporal and a spatial layer, without a size, and with its header in an OBU of its own
  assertEquals(access([6 << 3 | 4 | 2, 0, 2, 0b0_00_1_0000, 7]), ["instant", true]);
  assertEquals(access([6 << 3, 0b0_00_1_0000, 7]), ["instant", true]);
  assertEquals(access(obu(3, 0b0_00_1_0000), TILE_GROUP), ["instant", true]);
  assertEquals(access(HIDDEN_KEY, INTER), [null, true]);
  assertEquals(access(HIDDEN_KEY), [null, false]);
  assertEquals(access(INTER), [null, true]);
  assertEquals(access(INTRA_ONLY), [null, true]);
  assertEquals(access(HIDDEN, INTER), [null, true]);
  assertEquals(access(HIDDEN, EXISTING), [null, true]);
  assertEquals(access(EXISTING), [null, true]);
  // reduced_still_picture_header
  assertEquals(access(obu(1, 0b000_1_1_000), obu(6, 0xff, 7)), ["instant", true]);
});

Deno.test("readAccessUnit() reads which temporal unit OBUs without a frame belong to", () => {
  for (const units of [[DELIMITER], [SEQUENCE], [DELIMITER, METADATA], [DELIMITER, PADDING]]) {
    const { hasPicture, belongsTo } = read(...units);
    assertEquals([hasPicture, belongsTo], [false, "next"]);
  }
  const redundantHeader = obu(7, 0b0_00_1_0000);
  const forbidden = [0x80 | DELIMITER[0]!, 0];
  const cutOff = KEY.slice(0, 2);
  for (
    const units of [[cutOff], [TILE_GROUP], [PADDING], [redundantHeader], [obu(6)], [forbidden], []]
  ) {
    const { hasPicture, belongsTo } = read(...units);
    assertEquals([hasPicture, belongsTo], [false, "before"]);
  }
});

Deno.test("readAccessUnit() asks for more of AV1 until it has read a frame that is shown", () => {
  const big = obu(6, 0b0_01_0_0000, ...new Array(300).fill(7));
  const bytes = [DELIMITER, SEQUENCE, big, INTER].flat();
  for (let length = 0; length < bytes.length - 1; length++) {
    assertEquals(readBytes(bytes.slice(0, length), false), null, `${length}`);
  }
  assertEquals(readBytes(bytes, false), readBytes(bytes, true));
});
