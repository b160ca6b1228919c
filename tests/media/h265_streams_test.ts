/**
 * Access units of H.265 as x265 makes them, compared with what ffmpeg finds in them and decodes from them.
 */
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import type { AccessUnitInfo } from "../../src/media/access_unit.ts";
import { rewriteCraAsBla } from "../../src/media/h265.ts";
import type { EncodedVideo } from "../../src/media/read_access_unit.ts";
import {
  checkEachUnit,
  checkInMp4,
  type EncodedStream,
  encodeStream,
  hashFrom,
  indicesOf,
  readUnits,
  shownFrom,
  STREAM_FRAMES,
  type Syntax,
} from "../helpers/encoded_stream.ts";
import { tempDir } from "../helpers/temp_dir.ts";

const STREAM: EncodedVideo = { mediaType: "video/x-h265", lengthBytes: null };

/** Types of slices by table 7-1 of ITU-T H.265. */
const RASL = [8, 9];
const RADL = [6, 7];
const IDR = [19, 20];
const CRA = 21;

async function encode(dir: string, params: string): Promise<EncodedStream> {
  const one = "log-level=error:pools=none:frame-threads=1:keyint=20:scenecut=0";
  const codec = ["-c:v", "libx265", "-x265-params", `${one}:${params}`];
  const stream = await encodeStream(`${dir}/x.265`, codec);
  assertEquals(stream.units.length, STREAM_FRAMES);
  return stream;
}

function isSlice({ nal_unit_type }: Syntax): boolean {
  return nal_unit_type! < 32;
}

/** Checks what is read of a stream without recovery points by ffmpeg's own parser; returns the types of slices, too. */
function checkFacts(stream: EncodedStream): { infos: AccessUnitInfo[]; types: number[] } {
  const infos = readUnits(STREAM, stream.units);
  const traced = stream.syntax;
  const types = traced.map((syntax) => syntax.find(isSlice)!.nal_unit_type!);
  assertEquals(
    infos.map((info) => [
      info.belongsTo,
      info.randomAccess,
      info.isSkippedLeading,
      info.isReference,
      info.hasParameterSets,
    ]),
    types.map((type, index) => [
      "itself",
      IDR.includes(type) ? "instant" : type === CRA ? "open" : null,
      RASL.includes(type),
      type >= 16 || type % 2 === 1,
      [32, 33, 34].every((set) =>
        traced[index]!.some(({ nal_unit_type }) => nal_unit_type === set)
      ),
    ]),
  );
  return { infos, types };
}

Deno.test("each slice of H.265 from x265 is found, and which of them begins a picture", async () => {
  await using dir = await tempDir();
  const stream = await encode(dir.path, "slices=2:open-gop=0:bframes=2:b-adapt=0");
  const { infos } = checkFacts(stream);
  const points = indicesOf(infos, "instant");
  assertEquals(points, [20, 40]);
  assertEquals(await hashFrom(stream, 20), stream.hashes.slice(20));

  // each NAL unit in a buffer of its own
  const traced = stream.syntax.flat();
  assert(traced.filter(isSlice).length > STREAM_FRAMES);
  checkEachUnit(
    stream,
    STREAM,
    isSlice,
    ({ first_slice_segment_in_pic_flag }) => first_slice_segment_in_pic_flag === 1,
  );
});

Deno.test("H.265 from x265 in an .mp4 file reads like the byte stream, with its codec_data", async () => {
  await using dir = await tempDir();
  const stream = await encode(dir.path, "open-gop=1:bframes=3");
  await checkInMp4(stream, STREAM, "hvcC");
});

Deno.test("closed GOPs of H.265 from x265 with leading pictures are right as a whole", async () => {
  await using dir = await tempDir();
  const stream = await encode(
    dir.path,
    "open-gop=0:radl=3:bframes=4:b-adapt=0:keyint=25:min-keyint=25",
  );
  const { infos, types } = checkFacts(stream);
  assert(types.some((type) => RADL.includes(type)));
  for (const point of indicesOf(infos, "instant")) {
    const right = stream.hashes.slice(-(STREAM_FRAMES - point));
    assertEquals(await hashFrom(stream, point), right);
  }
});

Deno.test("open GOPs of H.265 from x265 are right without the pictures that are skipped", async () => {
  await using dir = await tempDir();
  const stream = await encode(dir.path, "open-gop=1:bframes=3:b-adapt=0");
  const { infos, types } = checkFacts(stream);
  const [point] = indicesOf(infos, "open");
  assert(point !== undefined);
  assert(types.some((type) => RASL.includes(type)));
  assertEquals(await hashFrom(stream, point), shownFrom(stream, point));

  // in the midst of a stream, a decoder leaves them out only if the picture is a BLA picture
  const [start] = stream.units;
  const end = stream.bytes.slice(stream.positions[point]);
  const afterPoint = shownFrom(stream, point);
  const [first] = stream.hashes;
  assertNotEquals(await hashFrom(stream, point, start), [first!, ...afterPoint]);
  assert(rewriteCraAsBla(end.subarray(0, stream.units[point]!.length), null));
  const bytes = new Uint8Array([...start!, ...end]);
  const joined = { ...stream, bytes, positions: [0] };
  assertEquals(await hashFrom(joined, 0), [first!, ...afterPoint]);
});

Deno.test("an intra refresh of H.265 from x265 without recovery points cannot be decoded from its middle", async () => {
  await using dir = await tempDir();
  const stream = await encode(dir.path, "intra-refresh=1:bframes=0");
  const { infos } = checkFacts(stream);
  const [, ...later] = infos;
  assert(later.every(({ randomAccess }) => randomAccess === null));
  // although parameter sets come again where a refresh begins
  const start = later.findIndex(({ hasParameterSets }) => hasParameterSets) + 1;
  assert(start > 0);
  const right = shownFrom(stream, start);
  const hashes = await hashFrom(stream, start);
  assert(right.every((hash, index) => hash !== hashes[index]));
});
