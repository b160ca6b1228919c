/**
 * The codec_data of H.264 and H.265.
 */
import { assertEquals } from "@std/assert";
import { readCodecData } from "../../src/media/codec_data.ts";

const AVCC = new Uint8Array(
  [1, 0x42, 0xc0, 10, 0xfe, 0xe2, 0, 2, 0x67, 1, 0, 3, 0x67, 2, 2, 1, 0, 2, 0x68, 3],
);
const SETS = [[0x67, 1], [0x67, 2, 2], [0x68, 3]].map((set) => new Uint8Array(set));

/** The beginning of an hvcC up to lengthSizeMinusOne, and arrays of NAL units: a VPS, an SEI message, a PPS. */
const HVCC = new Uint8Array(
  [1, ...new Array(20).fill(0), 0x0f, 3]
    .concat([0xa0, 0, 1, 0, 3, 0x40, 1, 5], [39, 0, 1, 0, 2, 0x4e, 1], [34, 0, 1, 0, 2, 0x44, 1]),
);

Deno.test("readCodecData() reads the length and the parameter sets of avcC", () => {
  assertEquals(readCodecData("video/x-h264", AVCC), { lengthBytes: 3, parameterSets: SETS });
});

Deno.test("readCodecData() reads the length and the parameter sets of hvcC", () => {
  assertEquals(readCodecData("video/x-h265", HVCC), {
    lengthBytes: 4,
    parameterSets: [new Uint8Array([0x40, 1, 5]), new Uint8Array([0x44, 1])],
  });
});

Deno.test("readCodecData() leaves out what is cut off", () => {
  for (let length = 0; length < AVCC.length; length++) {
    const parsed = readCodecData("video/x-h264", AVCC.subarray(0, length));
    assertEquals(parsed?.lengthBytes, length < 5 ? undefined : 3);
    assertEquals(
      parsed?.parameterSets ?? [],
      length < 10 ? [] : SETS.slice(0, length < 15 ? 1 : 2),
    );
  }
  for (let length = 0; length < HVCC.length; length++) {
    const parsed = readCodecData("video/x-h265", HVCC.subarray(0, length));
    assertEquals(parsed?.lengthBytes, length < 22 ? undefined : 4);
  }
  assertEquals(readCodecData("video/x-vp9", HVCC), null);
});
