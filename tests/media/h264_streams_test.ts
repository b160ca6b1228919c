/**
 * Access units of H.264 as x264 makes them, compared with what ffmpeg finds in them and decodes from them.
 */
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import type { AccessUnitInfo } from "../../src/media/access_unit.ts";
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

const STREAM: EncodedVideo = { mediaType: "video/x-h264", lengthBytes: null };

async function encode(dir: string, params: string): Promise<EncodedStream> {
  const codec = ["-c:v", "libx264", "-x264-params", `threads=1:${params}`];
  const stream = await encodeStream(`${dir}/x.264`, codec);
  assertEquals(stream.units.length, STREAM_FRAMES);
  return stream;
}

function isSlice({ nal_unit_type }: Syntax): boolean {
  return nal_unit_type === 1 || nal_unit_type === 5;
}

/** What is to be read of an access unit by its syntax elements. */
function factsOf(syntax: readonly Syntax[]) {
  const slice = syntax.find(isSlice)!;
  const types = syntax.map(({ nal_unit_type }) => nal_unit_type);
  const recovery = syntax.find(({ recovery_frame_cnt }) => recovery_frame_cnt !== undefined)
    ?.recovery_frame_cnt;
  return {
    belongsTo: "itself",
    randomAccess: slice.nal_unit_type === 5
      ? "instant"
      : recovery === undefined
      ? null
      : recovery === 0
      ? "open"
      : "gradual",
    recoveryPictures: slice.nal_unit_type === 5 ? 0 : recovery ?? 0,
    isReference: slice.nal_ref_idc !== 0,
    hasParameterSets: types.includes(7) && types.includes(8),
  };
}

/** Checks all that is read of a stream by ffmpeg's own parser. */
function checkFacts(stream: EncodedStream): AccessUnitInfo[] {
  const infos = readUnits(STREAM, stream.units);
  const traced = stream.syntax.map(factsOf);
  const read = infos.map((info) => {
    const { belongsTo, randomAccess, recoveryPictures, isReference, hasParameterSets } = info;
    return { belongsTo, randomAccess, recoveryPictures, isReference, hasParameterSets };
  });
  assertEquals(read, traced as typeof read);
  return infos;
}

/** Returns the access unit at which frame_num has been incremented so often, once after each reference picture. */
function unitAfter(infos: readonly AccessUnitInfo[], start: number, increments: number): number {
  let unit = start;
  for (let left = increments; left > 0; unit++) if (infos[unit]!.isReference) left--;
  return unit;
}

Deno.test("each slice of H.264 from x264 is found, and which of them begins a picture", async () => {
  await using dir = await tempDir();
  const stream = await encode(dir.path, "slices=4:keyint=20:scenecut=0");
  const infos = checkFacts(stream);
  const points = indicesOf(infos, "instant");
  assertEquals(points, [20, 40]);
  for (const point of points) {
    assertEquals(await hashFrom(stream, point), stream.hashes.slice(point));
  }

  // each NAL unit in a buffer of its own
  const traced = stream.syntax.flat();
  assertEquals(traced.filter(isSlice).length, 4 * STREAM_FRAMES);
  checkEachUnit(stream, STREAM, isSlice, ({ first_mb_in_slice }) => first_mb_in_slice === 0);
});

Deno.test("H.264 from x264 in an .mp4 file reads like the byte stream, with its codec_data", async () => {
  await using dir = await tempDir();
  const stream = await encode(dir.path, "slices=2:keyint=20:open-gop=1:bframes=3");
  await checkInMp4(stream, STREAM, "avcC");
});

Deno.test("an intra picture of H.264 from x264 is no random access point without more", async () => {
  await using dir = await tempDir();
  const stream = await encode(
    dir.path,
    "keyint=300:min-keyint=300:scenecut=200:ref=4:bframes=0",
  );
  const infos = checkFacts(stream);
  const intra = stream.shown.filter(({ type, unit }) => type === "I" && unit > 0);
  assert(intra.length > 1);
  for (const { unit } of intra) assertEquals(infos[unit]!.randomAccess, null);
  // pictures from there on are wrong, although the parameter sets are known
  const { unit } = intra[0]!;
  const right = shownFrom(stream, unit);
  const sets = infos[0]!.parameterSets.flatMap((
    { start, end },
  ) => [0, 0, 1, ...stream.bytes.subarray(start, end)]);
  const hashes = await hashFrom(stream, unit, new Uint8Array(sets));
  assertEquals(hashes.length, right.length);
  assertNotEquals(hashes, right);
});

Deno.test("open GOPs of H.264 from x264 are right from their intra picture on", async () => {
  await using dir = await tempDir();
  const stream = await encode(dir.path, "open-gop=1:keyint=20:bframes=3:b-adapt=0:scenecut=0");
  const infos = checkFacts(stream);
  const points = indicesOf(infos, "open");
  assertEquals(points.length, 2);
  for (const point of points) {
    const right = shownFrom(stream, point);
    const hashes = await hashFrom(stream, point);
    assertEquals(hashes.slice(-right.length), right);
    // the leading pictures are not
    assertNotEquals(hashes, stream.hashes.slice(-hashes.length));
  }
});

Deno.test("an intra refresh of H.264 from x264 is right as many pictures later as it says", async () => {
  await using dir = await tempDir();
  const params = "intra-refresh=1:keyint=20:scenecut=0:bframes=2:b-adapt=0";
  const stream = await encode(dir.path, params);
  const infos = checkFacts(stream);
  const [point] = indicesOf(infos, "gradual");
  assert(point !== undefined);
  const complete = unitAfter(infos, point, infos[point]!.recoveryPictures);
  const right = shownFrom(stream, complete);
  const hashes = await hashFrom(stream, point);
  assertEquals(hashes.slice(-right.length), right);
  const all = shownFrom(stream, point);
  assertNotEquals(hashes.slice(-all.length), all);
});
