import { assertEquals, assertNotEquals } from "@std/assert";
import { TrackDigests } from "../../src/recovery/track_digests.ts";
import { tempDir } from "../helpers/temp_dir.ts";

/** Returns the digests of frames, each with the number of its track. */
function digestsOf(...frames: [track: number, frame: number[]][]): string[] {
  const digests = new TrackDigests();
  for (const [track, frame] of frames) digests.add(track, new Uint8Array(frame));
  return digests.finish();
}

Deno.test("TrackDigests.finish() ignores how tracks are numbered and interleaved, and how sound is divided", () => {
  const digests = digestsOf([1, [1, 2]], [2, [9]], [1, [3]]);
  assertEquals(digests.length, 2);
  assertEquals(digestsOf([7, [9]], [5, [1, 2]], [5, [3]]), digests);
  assertEquals(digestsOf([1, [1, 2, 3]], [2, [9]], [3, []]), digests);
  assertEquals(digestsOf(), []);
});

Deno.test("TrackDigests.finish() differs for frames in another order, in another track, and with the same sum", () => {
  const digests = digestsOf([1, [1, 2]], [1, [3]], [2, [9]]);
  assertNotEquals(digestsOf([1, [3]], [1, [1, 2]], [2, [9]]), digests);
  assertNotEquals(digestsOf([1, [1, 2]], [2, [3]], [2, [9]]), digests);
  assertNotEquals(digestsOf([1, [2, 1]], [1, [3]], [2, [9]]), digests);
  assertNotEquals(digestsOf([1, [1, 2]], [1, [3]]), digests);
});

Deno.test("TrackDigests.addFrom() digests a part of a file that is larger than a chunk", async () => {
  await using dir = await tempDir();
  const bytes = new Uint8Array(3 << 20).map((_, i) => i % 251);
  await Deno.writeFile(`${dir.path}/a`, bytes);
  using file = await Deno.open(`${dir.path}/a`);
  const digests = new TrackDigests();
  await digests.addFrom(file, 1, { start: 10, end: bytes.length - 5 });
  await digests.addFrom(file, 1, { start: 0, end: 7 });
  const whole = new TrackDigests();
  whole.add(3, bytes.subarray(10, -5));
  whole.add(3, bytes.subarray(0, 7));
  assertEquals(digests.bytes, whole.bytes);
  assertEquals(digests.finish(), whole.finish());
});
