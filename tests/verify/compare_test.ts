/**
 * verifyClip() on clips and the longer recordings that they are part of.
 */
import { assert, assertAlmostEquals, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { verifyClip } from "../../mod.ts";
import { words } from "../../scripts/lib/run.ts";
import { comparePictures } from "../../src/verify/compare.ts";
import { THUMBNAIL_BYTES } from "../../src/verify/picture_digest.ts";
import { PictureList } from "../../src/verify/picture_list.ts";
import { gstp } from "../helpers/cli.ts";
import { cutFrom, encode, encodeFlash } from "../helpers/damaged_clips.ts";
import { ffmpeg } from "../helpers/ffmpeg.ts";
import { tempDir } from "../helpers/temp_dir.ts";

const folder = await tempDir();
globalThis.addEventListener("unload", () => Deno.removeSync(folder.path, { recursive: true }));

const pathOf = (name: string) => `${folder.path}/${name}`;

const X264 = "-c:v libx264 -preset ultrafast -x264-params keyint=30:scenecut=0";

Deno.test("verifyClip() compares a clip with the recording that it is part of, in every container", async () => {
  const whole = await encode(pathOf("whole.mkv"), `${X264}:bframes=2:b-adapt=0`);
  const clip = await cutFrom(whole, 30, pathOf("clip.mkv"));
  const copies = [clip, pathOf("clip.mp4"), pathOf("clip.ts")];
  for (const copy of copies.slice(1)) await ffmpeg(["-i", clip, "-c", "copy", copy]);
  for (const path of copies) {
    const { faults, comparison } = await verifyClip(path, { against: whole });
    assertEquals(faults, [], path);
    const { offsetSec, ...counts } = comparison!;
    assertEquals(counts, {
      ...{ against: whole, wholeFrames: 90, equalFrames: 60 },
      ...{ reencodedFrames: 0, wrongFrames: 0, missingFrames: 0 },
    });
    if (path === clip) assertAlmostEquals(offsetSec!, 0, 0.002);
  }
});

Deno.test("verifyClip() finds pictures that are wrong, missing, at other times or of another stream", async () => {
  const whole = await encodeFlash(pathOf("flash.mkv"));
  const other = await encode(
    pathOf("other.mkv"),
    X264,
    "smptebars=s=160x128:r=30",
  );
  // ends a stream that goes on behind it: all but the first two depend on pictures before it
  const wrong = await verifyClip(await cutFrom(whole, 60, pathOf("wrong.mkv")), { against: whole });
  const { wrongFrames, equalFrames, missingFrames } = wrong.comparison!;
  assert(wrongFrames > 50, `${wrongFrames}`);
  assertEquals([wrongFrames + equalFrames, missingFrames], [62, 0]);
  assertMatch(wrong.faults.at(-1)!.message, /^\d+ of 62 pictures are not those of .* there\)$/);

  const gap = pathOf("gap.mkv");
  await ffmpeg(["-i", whole, "-c", "copy", "-bsf:v", "noise=drop=between(n\\,118\\,119)", gap]);
  const lacks = await verifyClip(gap, { against: whole, maxGapSec: 1 });
  assertEquals(lacks.comparison!.missingFrames, 2);
  assertMatch(
    lacks.faults.at(-1)!.message,
    /^2 pictures of .* are missing, the first at 3\.9\d\d s \(3\.9\d\d s there\)$/,
  );

  const late = pathOf("late.mkv");
  const setts = "setts=ts=TS+gte(N\\,90)*33/TB/1000";
  await ffmpeg(["-i", whole, "-c", "copy", "-bsf:v", setts, late]);
  const shifted = await verifyClip(late, { against: whole, maxGapSec: 1 });
  assertEquals(shifted.comparison!.wrongFrames, 32);
  assertMatch(
    shifted.faults[0]!.message,
    /^32 of 122 pictures are not .*, and is the one at 3\.000 s/,
  );

  const { faults, comparison } = await verifyClip(other, { against: whole });
  assertEquals(faults.map(({ message }) => message), [`its pictures are not found in ${whole}`]);
  assertEquals(comparison!.offsetSec, null);
  const missing = await verifyClip(other, { against: "/nonexistent" });
  assertMatch(missing.faults[0]!.message, /^cannot be compared with \/nonexistent: No such file/);
});

Deno.test("verifyClip() accepts a clip that was encoded from the recording's pictures", async () => {
  const whole = await encode(pathOf("lossless.mkv"), "-c:v ffv1");
  const clip = pathOf("encoded.webm");
  await ffmpeg(["-ss", "1", "-i", whole, ...words("-c:v libvpx -b:v 2M -deadline realtime"), clip]);
  const { faults, comparison } = await verifyClip(clip, { against: whole });
  assertEquals(faults, []);
  assertEquals([comparison!.equalFrames, comparison!.reencodedFrames], [0, 60]);
  assertAlmostEquals(comparison!.offsetSec!, 1, 0.002);
});

Deno.test("verifyClip() refuses to compare without decoding", async () => {
  await assertRejects(() => verifyClip("a", { against: "b", decode: false }), TypeError);
  await assertRejects(() => verifyClip("a", { against: 5 as unknown as string }), TypeError);
});

/** Returns pictures, each of a brightness of its own, whose digests are numbers. */
function listOf(pictures: [timeSec: number, digest: number, brightness: number][]): PictureList {
  const list = new PictureList();
  for (const [timeSec, digest, brightness] of pictures) {
    list.add(timeSec, { digest, thumbnail: new Uint8Array(THUMBNAIL_BYTES).fill(brightness) });
  }
  return list;
}

Deno.test("comparePictures() accepts pictures that were encoded again only before the first equal one", () => {
  const whole = listOf(Array.from({ length: 30 }, (_, i) => [i / 10, i, 8 * i]));
  const compare = (changed: number[], brightness = 1) => {
    const clip = listOf(Array.from({ length: 10 }, (_, i) => {
      const isChanged = changed.includes(i);
      return [i / 10, isChanged ? 1000 + i : 10 + i, 8 * (10 + i) + (isChanged ? brightness : 0)];
    }));
    const { offsetSec, reencodedFrames, wrongFrames } =
      comparePictures(clip, whole, "whole").comparison;
    assertAlmostEquals(offsetSec!, 1, 0.001);
    return [reencodedFrames, wrongFrames];
  };
  assertEquals(compare([]), [0, 0]);
  assertEquals(compare([0, 1, 2]), [3, 0]);
  assertEquals(compare([0, 1, 5]), [2, 1]);
  assertEquals(compare([0, 1], 8), [0, 2]);
});

Deno.test("comparePictures() takes the place whose times are the closest if a scene stands still", () => {
  const whole = listOf(Array.from({ length: 200 }, (_, i) => [i / 10, 7, 100]));
  const clip = listOf(Array.from({ length: 20 }, (_, i) => [5 + i / 10, 7, 100]));
  const { comparison, faults } = comparePictures(clip, whole, "whole");
  assertEquals([comparison.offsetSec, comparison.equalFrames, faults], [0, 20, []]);
});

Deno.test("PictureList keeps pictures in the order of their times", () => {
  const list = listOf([[3, 3, 30], [1, 1, 10], [2, 2, 20], [4, 4, 40]]);
  assertEquals([list.times, list.digests], [[1, 2, 3, 4], [1, 2, 3, 4]]);
  assertEquals([0, 1, 2, 3].map((i) => list.thumbnail(i)[0]), [10, 20, 30, 40]);
  assertEquals([0, 1.4, 1.6, 9].map((sec) => list.closest(sec)), [0, 0, 1, 3]);
  assertEquals(new PictureList().closest(1), -1);
});

Deno.test("gstp verify --against compares clips, and exits with 1 if pictures are not those of the recording", async () => {
  const whole = await encodeFlash(pathOf("flash.mkv"));
  const wrong = await cutFrom(whole, 60, pathOf("wrong.mkv"));
  const { code, stdout, stderr } = await gstp(["verify", `--against=${whole}`, whole, wrong]);
  const [good = "", bad = ""] = stdout.split("\n");
  assertEquals([code, stderr], [1, ""]);
  assertEquals(
    good,
    `ok     ${whole}: video/x-h264 4.066 s in 122 frames, 122 frames decoded, against ${whole}: 122 equal`,
  );
  assertMatch(bad, /^faulty .* \d+ of 62 pictures are not those of /);
  const json = await gstp(["verify", "--json", `--against=${whole}`, whole]);
  assertEquals(JSON.parse(json.stdout)[0].comparison.equalFrames, 122);
  const fast = await gstp(["verify", "--fast", `--against=${whole}`, whole]);
  assertEquals([fast.code, fast.stdout], [2, ""]);
  assertMatch(fast.stderr, /--fast does not decode, which --against requires/);
});
