/**
 * Frames of VP8, VP9 and AV1 as encoders make them, among which are some that are not shown, compared with what ffmpeg finds
 * in them and decodes from them.
 */
import { assert, assertEquals } from "@std/assert";
import type { AccessUnitInfo } from "../../src/media/access_unit.ts";
import {
  type EncodedStream,
  encodeStream,
  hashFrom,
  indicesOf,
  readUnits,
  STREAM_FRAMES,
  type Syntax,
} from "../helpers/encoded_stream.ts";
import { tempDir } from "../helpers/temp_dir.ts";

const LIMITS = ["-b:v", "200k", "-g", "20", "-lag-in-frames", "16"];

/** Checks which frames are shown, and that those from each random access point on are right. */
async function checkFrames(mediaType: string, stream: EncodedStream): Promise<AccessUnitInfo[]> {
  const infos = readUnits({ mediaType, lengthBytes: null }, stream.units);
  assert(infos.every(({ hasPicture, belongsTo }) => hasPicture && belongsTo === "itself"));
  const isShown = stream.units.map((_, index) => stream.shown.some(({ unit }) => unit === index));
  assertEquals(infos.map((info) => info.isShown), isShown);
  assertEquals(stream.hashes.length, STREAM_FRAMES);

  const points = indicesOf(infos, "instant");
  assert(points.length > 0);
  const intra = stream.shown.filter(({ type, unit }) => type === "I" && unit > 0);
  assertEquals(points, intra.map(({ unit }) => unit));
  for (const point of points) {
    const right = isShown.slice(point).filter((shown) => shown).length;
    assertEquals(await hashFrom(stream, point), stream.hashes.slice(-right));
  }
  return infos;
}

/** What is to be read of the frames in a buffer by their syntax elements. */
function factsOf(syntax: readonly Syntax[], isFirstReference: boolean) {
  const frames = syntax.filter((frame) => frame.show_existing_frame !== undefined);
  const [first] = frames;
  const isKeyframe = first!.frame_type === 0 && first!.show_frame === 1;
  return {
    randomAccess: isKeyframe ? "instant" as const : null,
    isShown: frames.some((frame) => frame.show_existing_frame === 1 || frame.show_frame === 1),
    isReference: isFirstReference,
    hasSequenceHeader: syntax.some(({ obu_type }) => obu_type === 1),
    isHidden: first!.show_frame === 0,
  };
}

Deno.test("VP8 from libvpx has frames that are not shown", async () => {
  await using dir = await tempDir();
  const path = `${dir.path}/x.ivf`;
  const codec = ["-c:v", "libvpx", ...LIMITS, "-auto-alt-ref", "1", "-arnr-maxframes", "5"];
  const pass = (number: string) => ["-pass", number, "-passlogfile", `${dir.path}/pass`];
  await encodeStream(path, [...codec, ...pass("1")]);
  const stream = await encodeStream(path, [...codec, ...pass("2")]);
  const infos = await checkFrames("video/x-vp8", stream);
  assert(infos.some(({ isShown }) => !isShown));
});

Deno.test("VP9 from libvpx has frames that are not shown in superframes", async () => {
  await using dir = await tempDir();
  const codec = ["-c:v", "libvpx-vp9", ...LIMITS, "-auto-alt-ref", "1"];
  const fast = ["-deadline", "realtime", "-cpu-used", "8"];
  const stream = await encodeStream(`${dir.path}/x.ivf`, [...codec, ...fast]);
  const infos = await checkFrames("video/x-vp9", stream);
  const traced = stream.syntax.map((frames) =>
    factsOf(frames, frames[0]!.frame_type === 0 || frames[0]!.refresh_frame_flags !== 0)
  );
  assertEquals(
    infos.map(({ randomAccess, isShown, isReference }) => [randomAccess, isShown, isReference]),
    traced.map(({ randomAccess, isShown, isReference }) => [randomAccess, isShown, isReference]),
  );
  assert(traced.some(({ isHidden }) => isHidden));
});

Deno.test("AV1 from SVT-AV1 has frames that are not shown in temporal units", async () => {
  await using dir = await tempDir();
  const codec = ["-c:v", "libsvtav1", "-preset", "12", "-g", "20"];
  const stream = await encodeStream(`${dir.path}/x.ivf`, codec);
  const infos = await checkFrames("video/x-av1", stream);
  const traced = stream.syntax.map((obus) => factsOf(obus, true));
  assertEquals(
    infos.map((info) => [info.randomAccess, info.isShown, info.hasParameterSets]),
    traced.map((facts) => [facts.randomAccess, facts.isShown, facts.hasSequenceHeader]),
  );
  assert(traced.some(({ isHidden }) => isHidden));
  const [{ start, end }] = infos[0]!.parameterSets as [{ start: number; end: number }];
  assertEquals(stream.units[0]![start]! >> 3, 1); // OBU_SEQUENCE_HEADER
  assertEquals(stream.units[0]![end]! >> 3, 6); // OBU_FRAME
});
