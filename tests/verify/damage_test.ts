/**
 * verifyClip() on clips whose pictures are not what they were, and on sound ones with the same features.
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { verifyClip } from "../../mod.ts";
import { findPictureFaults, type TrackPictures } from "../../src/verify/picture_faults.ts";
import { readSlicePlaces, SliceGrid } from "../../src/verify/slice_grid.ts";
import {
  changeSlices,
  cutFrom,
  encode,
  encodeFlash,
  remux,
  type Slice,
} from "../helpers/damaged_clips.ts";
import { tempDir } from "../helpers/temp_dir.ts";

const folder = await tempDir();
globalThis.addEventListener("unload", () => Deno.removeSync(folder.path, { recursive: true }));

const pathOf = (name: string) => `${folder.path}/${name}`;

/** Encoder options of clips with a keyframe each second. */
const X264 = "-c:v libx264 -preset ultrafast -x264-params keyint=30:scenecut=0";
const X265 = "-c:v libx265 -preset ultrafast -x265-params log-level=error:keyint=30:scenecut=0";

/** Frames of every clip of encode(). */
const FRAMES = 90;

Deno.test("verifyClip() finds clips that begin at an intra picture that later ones reach behind", async () => {
  const whole = await encodeFlash(pathOf("flash.mkv"));
  const cut = await cutFrom(whole, 60, pathOf("flash-cut.mkv"));
  const clip = await remux(cut, pathOf("flash-clip.mkv"));
  assertEquals((await verifyClip(await remux(whole, pathOf("flash-whole.mkv")))).faults, []);
  const { faults } = await verifyClip(clip);
  assertEquals(faults.map(({ kind }) => kind), ["wrong-start"]);
  assertMatch(faults[0]!.message, /IDR picture nor a recovery point: 62 frames up to its end may/);
});

Deno.test("verifyClip() finds pictures of which slices are missing", async () => {
  const clips = [
    { codec: "h264", options: `${X264}:slices=4:bframes=0` },
    { codec: "hevc", options: `${X265}:slices=2:bframes=0` },
  ] as const;
  for (const { codec, options } of clips) {
    const whole = await encode(pathOf(`slices-${codec}.mkv`), options);
    assertEquals((await verifyClip(whole)).faults, [], codec);
    const clip = pathOf(`slice-${codec}.mkv`);
    await changeSlices(
      whole,
      codec,
      clip,
      without(({ picture, slice }) => picture === 40 && slice === 1),
    );
    const { faults, decodedFrames } = await verifyClip(clip);
    assertEquals(faults.map(({ kind }) => kind), ["damaged-picture"], codec);
    // all up to the next keyframe depend on it
    assertMatch(
      faults[0]!.message,
      /: 20 of 90 frames are damaged or .* from 1\.33\d s to 1\.9\d\d s; 1 of them lacks slices$/,
    );
    assertEquals(decodedFrames, FRAMES - 20);
  }
});

Deno.test("verifyClip() finds pictures of which each lacks the same slice, and slices that are cut off", async () => {
  const whole = await encode(pathOf("two.mkv"), `${X264}:slices=2:bframes=0`);
  const half = pathOf("half.mkv");
  await changeSlices(whole, "h264", half, without(({ slice }) => slice === 1));
  const all = await verifyClip(half);
  assertEquals(all.faults.map(({ kind }) => kind), ["damaged-picture"]);
  assertMatch(all.faults[0]!.message, /: 90 of 90 frames are damaged/);
  assertEquals(all.decodedFrames, 0);
  const cut = pathOf("cut.mkv");
  await changeSlices(
    whole,
    "h264",
    cut,
    (bytes, { picture, slice }) =>
      picture === 40 && slice === 1 ? bytes.subarray(0, bytes.length / 2) : bytes,
  );
  const { faults } = await verifyClip(cut);
  assertMatch(faults[0]?.message ?? "", /: 20 of 90 frames are damaged/);
});

Deno.test("verifyClip() finds clips that begin in the middle of a gradual refresh", async () => {
  const options = `${X264}:intra-refresh=1:bframes=0`;
  const whole = await encode(pathOf("refresh.mkv"), options);
  assertEquals((await verifyClip(whole)).faults, []);
  const inside = await verifyClip(await cutFrom(whole, 35, pathOf("refresh-inside.mkv")));
  const kinds = inside.faults.map(({ kind }) => kind);
  assertEquals(kinds, ["no-keyframe-first", "damaged-picture"]);
  // one that begins with a refresh is right from its end on
  const { faults, decodedFrames, leadInFrames } = await verifyClip(
    await cutFrom(whole, 30, pathOf("refresh-whole.mkv")),
  );
  assertEquals(faults, []);
  assert(leadInFrames! > 3 && leadInFrames! < 30, `${leadInFrames}`);
  assertEquals(decodedFrames! + leadInFrames!, FRAMES - 30);
});

Deno.test("verifyClip() finds no fault in open GOPs, whether their leading pictures are there or not", async () => {
  const h264 = await encode(pathOf("open.mkv"), `${X264}:open-gop=1:bframes=3:b-adapt=0`);
  const h265 = await encode(pathOf("open265.mkv"), `${X265}:open-gop=1:bframes=3:b-adapt=0`);
  for (const whole of [h264, h265]) {
    const { faults, decodedFrames } = await verifyClip(whole);
    assertEquals([faults, decodedFrames], [[], FRAMES]);
    const first = await findKeyframe(whole, 1);
    const clip = await verifyClip(await cutFrom(whole, first, whole.replace(".mkv", "-cut.mkv")));
    assertEquals(clip.faults, [], whole);
    assertEquals(clip.decodedFrames! + clip.leadInFrames!, FRAMES - first);
    assert(clip.leadInFrames! > 0);
  }
});

Deno.test("verifyClip() finds no fault in B-pyramids, fields, slices of any size and varying rates", async () => {
  const clips: Record<string, string> = {
    "pyramid.mkv": `${X264}:bframes=8:b-adapt=0:b-pyramid=strict`,
    "fields.mkv": `${X264}:interlaced=1:tff=1`,
    "fields.ts": `${X264}:interlaced=1:tff=1`,
    "sizes.mkv": `${X264}:slice-max-size=300:bframes=0`,
    "rate.mkv": `-vf select=not(mod(n\\,3))+lt(n\\,30) -fps_mode vfr ${X264}:bframes=0`,
    "temporal.mp4": `${X264}:direct=temporal:bframes=3`,
  };
  for (const [name, options] of Object.entries(clips)) {
    const path = await encode(pathOf(name), options);
    const { faults, decodedFrames, tracks } = await verifyClip(path, { maxGapSec: 0.2 });
    assertEquals([faults, decodedFrames], [[], tracks[0]!.frames], name);
  }
});

Deno.test("verifyClip() finds no fault where the size or the profile changes", async () => {
  const parts = [
    await encode(pathOf("high.ts"), `${X264}:bframes=0:cabac=1:8x8dct=1`),
    await encode(pathOf("small.ts"), `-vf scale=96:64 ${X264}:bframes=0 -output_ts_offset 3`),
    await encode(pathOf("base.ts"), `${X264}:bframes=0 -profile:v baseline -output_ts_offset 6`),
  ];
  const path = pathOf("parts.ts");
  const bytes = await Promise.all(parts.map((part) => Deno.readFile(part)));
  await Deno.writeFile(path, await new Blob(bytes).bytes());
  const { faults, decodedFrames } = await verifyClip(path);
  assertEquals([faults, decodedFrames], [[], 3 * FRAMES]);
});

/** Returns a change that drops slices. */
function without(isDropped: (slice: Slice) => boolean) {
  return (bytes: Uint8Array, slice: Slice) => isDropped(slice) ? null : bytes;
}

/** Returns the number of the packet that is a clip's n-th keyframe. */
async function findKeyframe(path: string, n: number): Promise<number> {
  const { stdout } = await new Deno.Command("ffprobe", {
    args: ["-v", "error", "-show_entries", "packet=flags", "-of", "csv=p=0", path],
  }).output();
  const flags = new TextDecoder().decode(stdout).trim().split("\n");
  return flags.flatMap((flag, i) => flag.startsWith("K") ? [i] : [])[n]!;
}

/** Returns ten pictures that are all right. */
function pictures(changes: Partial<TrackPictures> = {}): TrackPictures {
  const times = Array.from({ length: 10 }, (_, i) => i / 30);
  return {
    storedSec: times,
    decoded: times.map((timeSec) => ({ timeSec, isDamaged: false, isInterlaced: false })),
    facts: null,
    strictSec: null,
    ...changes,
  };
}

Deno.test("findPictureFaults() finds frames that are lost, repeated or out of order", () => {
  const { decoded } = pictures();
  assertEquals(findPictureFaults(pictures()).faults, []);
  const lost = findPictureFaults(pictures({ decoded: decoded.toSpliced(3, 2) }));
  assertEquals(lost.faults.map(({ message }) => message), [
    "2 of 10 frames cannot be decoded, the first at 0.100 s",
  ]);
  assertEquals(lost.frames, 8);
  const swapped = [...decoded.slice(0, 4), decoded[5]!, decoded[4]!, ...decoded.slice(6)];
  for (const wrong of [swapped, decoded.toSpliced(4, 0, decoded[3]!)]) {
    const { faults } = findPictureFaults(pictures({ decoded: wrong }));
    assertEquals(faults.map(({ kind }) => kind), ["not-in-order"]);
    assertMatch(faults[0]!.message, /^1 of 1\d decoded frames repeat or go back in time/);
  }
});

Deno.test("findPictureFaults() accepts fields that are stored one by one", () => {
  const { decoded } = pictures();
  const storedSec = Array.from({ length: 20 }, (_, i) => i / 60);
  const frames = decoded.map((picture) => ({ ...picture, isInterlaced: true }));
  const { faults, frames: count } = findPictureFaults(pictures({ storedSec, decoded: frames }));
  assertEquals([faults, count], [[], 10]);
});

Deno.test("findPictureFaults() takes what a strict decoder drops for damaged, but not what it holds back", () => {
  const { storedSec } = pictures();
  const accessPoints = [0, 5].map((i) => ({ timeSec: storedSec[i]!, kind: "instant" as const }));
  const facts = {
    ...{ start: "instant" as const, recoveryPictures: 0, accessPoints },
    ...{ skippedSec: [], incompleteSec: [] },
  };
  const damagedBy = (...dropped: number[]) => {
    const strictSec = storedSec.flatMap((sec, i) => dropped.includes(i) ? [] : sec!);
    const { faults } = findPictureFaults(pictures({ facts, strictSec }));
    return faults.map(({ message }) => message.replace(/are damaged or .*, /, ""));
  };
  assertEquals(damagedBy(), []);
  assertEquals(damagedBy(2, 3, 4), ["3 of 10 frames from 0.067 s to 0.133 s"]);
  assertEquals(damagedBy(2, 3), ["2 of 10 frames from 0.100 s to 0.133 s"]);
  assertEquals(damagedBy(4), []);
  assertEquals(damagedBy(...storedSec.keys()), ["10 of 10 frames from 0.000 s to 0.300 s"]);
});

Deno.test("SliceGrid knows incomplete pictures only where all are divided alike", () => {
  const incompleteOf = (...pictures: number[][]) => {
    const grid = new SliceGrid();
    for (const [i, places] of pictures.entries()) grid.add(i, places);
    return grid.findIncomplete();
  };
  assertEquals(incompleteOf([0, 8], [0, 8], [0], [8], [0, 8], [0, 8]), [2, 3]);
  assertEquals(incompleteOf([0, 8], [0, 9], [0], [0, 8], [0, 8]), []);
  assertEquals(incompleteOf([0], [0], [0]), []);
  assertEquals(incompleteOf([0], [0], [7], [0]), [2]);
  assertEquals(readSlicePlaces("video/x-vp8", new Uint8Array(9)), null);
});
