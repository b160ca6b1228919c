/**
 * Readers of access units with any bytes.
 */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { readCodecData } from "../../src/media/codec_data.ts";
import { rewriteCraAsBla } from "../../src/media/h265.ts";
import { isInspected, readAccessUnit } from "../../src/media/read_access_unit.ts";
import { randomNumbers } from "../helpers/random.ts";

const MEDIA_TYPES = ["video/x-h264", "video/x-h265", "video/x-vp8", "video/x-vp9", "video/x-av1"];
const STREAMS = MEDIA_TYPES.flatMap((mediaType) =>
  (mediaType.startsWith("video/x-h26") ? [null, 1, 2, 3, 4] : [null])
    .map((lengthBytes) => ({ mediaType, lengthBytes }))
);

/** Start codes, lengths, slices, parameter sets, recovery points, OBUs, and frames of VP8 and VP9. */
const PIECES = [
  [[0], [0, 0, 1], [0, 0, 0, 1], [0, 0, 0, 9], [0, 0, 3], [5], [0xff]],
  [[0x67, 1], [0x68, 1], [0x65, 0x88, 0x80], [0x41, 0x88, 0x80], [0x41, 0x9a], [9, 0xf0]],
  [[6, 6, 1, 0xc4, 0x80], [6, 6, 2, 0x0c, 0xc4, 0x80], [6, 5, 2]],
  [[0x40, 1], [0x42, 1], [0x44, 1], [0x26, 1, 0xaf], [0x2a, 1, 0xaf], [0x02, 1, 0xaf]],
  [[0x4e, 1, 6, 1, 0xd0, 0x80], [0x4e, 1, 6, 2, 0x06, 0x14, 0x80]],
  [[0x12, 0], [0x0a, 3, 0, 7, 7], [0x32, 2, 0x10, 7], [0x32, 2, 0, 7], [0x10, 2, 0, 0x9d, 1, 0x2a]],
  [[0x82, 0x49], [0x86, 0], [0xc9, 3, 0, 2, 0, 0xc9]],
].flat();

/** Makes bytes that begin as those of a codec often do. */
function likelyBytes(random: (limit: number) => number): Uint8Array<ArrayBuffer> {
  const pieces = Array.from(
    { length: random(40) },
    () => random(4) === 0 ? [random(256)] : PIECES[random(PIECES.length)]!,
  );
  return new Uint8Array(pieces.flat());
}

Deno.test("isInspected() knows the codecs that are read", () => {
  for (const mediaType of MEDIA_TYPES) assert(isInspected(mediaType));
  for (const mediaType of ["video/x-raw", "image/jpeg", "video/mpeg", "toString", ""]) {
    assertEquals(isInspected(mediaType), false);
    const stream = { mediaType, lengthBytes: null };
    assertThrows(() => readAccessUnit(stream, new Uint8Array(1), true), RangeError, mediaType);
  }
});

Deno.test("readAccessUnit() reads any bytes, and says the same of the first ones as of all", () => {
  const random = randomNumbers(264);
  const seen = new Set<string>();
  for (let round = 0; round < 3000; round++) {
    const bytes = likelyBytes(random);
    for (const stream of STREAMS) {
      const whole = readAccessUnit(stream, bytes, true);
      assert(whole !== null);
      for (const { start, end } of whole.parameterSets) assert(start >= 0 && end > start);
      const first = readAccessUnit(stream, bytes.subarray(0, random(bytes.length + 1)), false);
      if (first !== null) {
        assertEquals({ ...first, parameterSets: [] }, { ...whole, parameterSets: [] });
      }
      seen.add(`${stream.mediaType} ${whole.belongsTo} ${whole.randomAccess}`);
    }
    for (const lengthBytes of [null, 1, 2, 3, 4]) rewriteCraAsBla(bytes.slice(), lengthBytes);
    for (const mediaType of MEDIA_TYPES) readCodecData(mediaType, bytes);
  }
  // all kinds of results are among them
  for (const access of ["instant", "open", "gradual"]) {
    assert(seen.has(`video/x-h264 itself ${access}`), access);
    assert(seen.has(`video/x-h265 itself ${access}`), access);
  }
  for (const mediaType of MEDIA_TYPES) assert(seen.has(`${mediaType} before null`), mediaType);
});

Deno.test("readAccessUnit() takes time in proportion to the bytes", () => {
  const size = 1 << 18;
  const patterns = [[0], [0, 0, 1], [0, 0, 1, 0], [0, 0, 0, 1], [1], [0, 0, 3], [0xff], [6], [
    0,
    0,
    1,
    6,
  ]];
  for (const pattern of patterns) {
    const bytes = new Uint8Array(size).map((_, at) => pattern[at % pattern.length]!);
    // would take minutes if it were quadratic
    for (const stream of STREAMS) assert(readAccessUnit(stream, bytes, true) !== null);
    rewriteCraAsBla(bytes, null);
  }
});
