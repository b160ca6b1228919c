import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { scan } from "../../src/recovery/scan.ts";
import { containerFor } from "../../src/media/containers.ts";
import type { ScanResult } from "../../src/recovery/scan_result.ts";
import { box as makeBox, words } from "../helpers/mp4.ts";
import { tempDir } from "../helpers/temp_dir.ts";

const EBML = [0x1a, 0x45, 0xdf, 0xa3, 0x82, 1, 2];
/** Its size is not known yet. */
const SEGMENT = [0x18, 0x53, 0x80, 0x67, 0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
const CLUSTER = [0x1f, 0x43, 0xb6, 0x75, 0xff, 0xe7, 0x82, 1, 2];
/** A track, a time, flags, and a frame of 2 bytes. */
const BLOCK = [0xa3, 0x86, 0x81, 0, 1, 0x80, 5, 6];
/** The same with its size in eight bytes, and a frame of 20 bytes. */
const LONG_BLOCK = [0xa3, 0x01, 0, 0, 0, 0, 0, 0, 24, 0x81, 0, 1, 0, ...fill(20)];
const GROUP = [0xa0, 0x9e, 0xa1, 0x98, 0x81, 0, 1, 0, ...fill(20), 0x9b, 0x82, 1, 1];
/** The same with the duration in front of the block, as GStreamer writes it. */
const DURATION_FIRST_GROUP = [0xa0, 0x9e, 0x9b, 0x82, 1, 1, ...GROUP.slice(2, -4)];
const MATROSKA = [...EBML, ...SEGMENT, ...CLUSTER, ...BLOCK];

/** Makes a box, which may state another size. */
function box(type: string, content: number[], size = content.length + 8): number[] {
  return [0, 0, size >> 8, size & 255, ...new TextEncoder().encode(type), ...content];
}

function fill(bytes: number, value = 7): number[] {
  return Array(bytes).fill(value);
}

/** Makes a fragment whose run states two samples, and so many sizes, of so many bytes. */
function fragment(sizes = 2, bytes = 15): number[] {
  const samples = Array.from({ length: sizes }, () => [0, 0, 0, bytes]).flat();
  const run = box("trun", [0, 0, 2, 1, 0, 0, 0, 2, ...fill(4), ...samples]);
  return box("moof", [...box("mfhd", fill(8)), ...box("traf", [...box("tfhd", fill(8)), ...run])]);
}

const MDAT = box("mdat", fill(30));
const LARGE = [...box("mdat", [], 1), 0, 0, 0, 0, 0, 0, 0, 20, 1, 2, 3, 4];
const MP4 = [...box("ftyp", fill(12)), ...MDAT, ...box("moov", fill(40))];
const FRAGMENTS = [...MP4, ...LARGE, ...fragment(), ...MDAT, ...fragment()];

/** Scans a file. */
async function scanBytes(extension: string, bytes: number[]): Promise<ScanResult> {
  await using dir = await tempDir();
  await Deno.writeFile(`${dir.path}/a`, new Uint8Array(bytes));
  using file = await Deno.open(`${dir.path}/a`);
  return await scan(file, containerFor(`clip${extension}`).name);
}

/** Returns what scan() finds, in short: the bytes of frames, the damaged parts, the bytes of the tail. */
async function look(extension: string, bytes: number[]) {
  const { frameBytes, damaged, tail } = await scanBytes(extension, bytes);
  return [
    frameBytes ?? undefined,
    damaged.map(({ start, end }) => [start, end]),
    bytes.length - tail,
  ];
}

Deno.test("scan() finds the frames of a Matroska file, and its end without any", async () => {
  assertEquals(await look(".mkv", []), [0, [], 0]);
  assertEquals(await look(".mkv", MATROSKA), [2, [], 0]);
  const more = [...MATROSKA, ...LONG_BLOCK, ...GROUP, ...CLUSTER, ...BLOCK];
  assertEquals(await look(".webm", more), [44, [], 0]);
  // cut off at each byte of what comes next
  for (const next of [LONG_BLOCK, GROUP, DURATION_FIRST_GROUP, CLUSTER]) {
    for (let bytes = 1; bytes < next.length; bytes++) {
      const isHead = next === CLUSTER && bytes >= 5;
      const cut = [...MATROSKA, ...next.slice(0, bytes)];
      assertEquals(await look(".mkv", cut), [2, [], isHead ? bytes - 5 : bytes], `${cut}`);
      assertEquals(
        await look(".mkv", [...cut, ...fill(100, 0)]),
        [2, [], (isHead ? bytes - 5 : bytes) + 100],
        `${cut} and zeros`,
      );
    }
  }
});

Deno.test("scan() distinguishes damage in a Matroska file from its end", async () => {
  const at = MATROSKA.length;
  const rest = [...BLOCK, ...GROUP, ...CLUSTER, ...BLOCK];
  // noise, a block's size, and its id; what is behind it can be read
  assertEquals(await look(".mkv", [...MATROSKA, ...fill(50), ...rest]), [26, [[at, at + 50]], 0]);
  const long = [0xa3, 0x46, ...BLOCK.slice(2)];
  assertEquals(await look(".mkv", [...MATROSKA, ...long, ...rest]), [26, [[at, at + 8]], 0]);
  const other = [0xec, ...BLOCK.slice(1)];
  assertEquals(await look(".mkv", [...MATROSKA, ...other, ...rest]), [26, [[at, at + 8]], 0]);
  // what is behind it is little: a block at the end, cut off, in front of zeros or an index
  const endless = [...MATROSKA, 0xa3, 0x46, ...BLOCK.slice(2)];
  const index = [0x1c, 0x53, 0xbb, 0x6b, 0x82, 1, 2];
  for (const end of [[], GROUP.slice(0, -3), fill(9, 0), index]) {
    const [frames, damaged] = await look(".mkv", [...endless, ...BLOCK, ...end]);
    assertEquals([frames, damaged], [4, [[at, at + 8]]], `${end}`);
  }
  // nothing is behind it: no file is cut off like that
  assertEquals(await look(".mkv", [...MATROSKA, ...fill(50)]), [2, [[at, at + 50]], 0]);
  assertEquals(await look(".mkv", fill(50)), [0, [[0, 50]], 0]);
});

Deno.test("scan() finds the frames of an MP4 file, and its end without a fragment", async () => {
  assertEquals(await look(".mp4", []), [0, [], 0]);
  assertEquals(await look(".mp4", MP4), [30, [], 0]);
  assertEquals(await look(".mp4", MP4.slice(0, -1)), [0, [], MP4.length - 1]);
  assertEquals(await look(".mov", [...MP4, ...LARGE]), [30, [], LARGE.length]);
  assertEquals(await look(".mov", FRAGMENTS), [64, [], 0]);
  assertEquals(await look(".mp4", [...FRAGMENTS, ...box("free", [])]), [64, [], 8]);
  const next = [...box("mdat", fill(25), 0)];
  for (let bytes = 1; bytes < next.length; bytes++) {
    const cut = [...FRAGMENTS, ...next.slice(0, bytes)];
    assertEquals(await look(".mp4", cut), [64, [], bytes]);
    assertEquals(await look(".mp4", [...cut, ...fill(100, 0)]), [64, [], bytes + 100]);
  }
  // a movie box in front: each fragment describes what comes after it
  const first = [...box("ftyp", fill(12)), ...box("moov", fill(40)), ...fragment(), ...MDAT];
  assertEquals(await look(".mp4", [...first, ...fragment(), 0]), [
    undefined,
    [],
    fragment().length + 1,
  ]);
});

Deno.test("scan() distinguishes damage in an MP4 file from its end", async () => {
  const at = MP4.length;
  const length = fragment().length;
  const rest = [...MDAT, ...fragment()];
  // noise, a box's size, and a fragment, with the frames behind it; the next one can be read
  assertEquals(await look(".mp4", [...MP4, ...fill(50), ...rest]), [30, [[at, at + 88]], 0]);
  const long = box("mdat", fill(30), 20_000);
  assertEquals(await look(".mp4", [...MP4, ...long, ...fragment(), ...rest]), [
    60,
    [[at, at + 38]],
    0,
  ]);
  assertEquals(
    await look(".mp4", [...MP4, ...MDAT, ...fragment(3), ...rest]),
    [60, [[at + 38, at + 38 + length + 4 + 38]], 0],
  );
  const larger = [...MP4, ...MDAT, ...fragment(2, 200), ...rest];
  assertEquals(await look(".mp4", larger), [60, [[at + 38, at + 38 + length + 38]], 0]);
  assertEquals(await look(".mp4", [...MP4, ...fill(50)]), [30, [[at, at + 50]], 0]);
});

Deno.test("scan() finds damaged packets of a transport stream", async () => {
  const packets = (count: number) =>
    Array.from({ length: count }, () => [0x47, ...fill(187)]).flat();
  assertEquals(await look(".ts", [...packets(3), ...fill(5)]), [undefined, [], 5]);
  assertEquals(await look(".ts", [...packets(3), ...fill(400, 0)]), [undefined, [], 400]);
  const damaged = [...packets(1), ...fill(188), ...packets(2)];
  assertEquals(await look(".ts", damaged), [undefined, [[188, 376]], 0]);
});

Deno.test("scan() digests the frames of a Matroska file by track", async () => {
  const digestsOf = async (...blocks: number[][]) =>
    (await scanBytes(".mkv", [...MATROSKA, ...blocks.flat()])).digests!;
  const group = await digestsOf(GROUP);
  assertEquals(await digestsOf(DURATION_FIRST_GROUP), group);
  assertEquals(await digestsOf(LONG_BLOCK), group);
  assertEquals((await digestsOf()).length, 1);
  const otherBlock = BLOCK.with(-1, 9);
  const digests = await digestsOf(BLOCK, otherBlock);
  assertNotEquals(await digestsOf(otherBlock, BLOCK), digests);
  const otherTrack = otherBlock.with(2, 0x82);
  assertEquals((await digestsOf(BLOCK, otherTrack)).length, 2);
});

/** Makes a cut MP4 file of one fragment: two runs of 10 bytes, and what the second one's track, offset and sizes are. */
function mp4Of(track: number, offset: number, ...sizes: number[]): number[] {
  const runs = [
    makeBox("trun", words(0x201, 2, 8, 4, 6)),
    makeBox("trun", words(0x201, sizes.length, offset, ...sizes)),
  ];
  const base = box("ftyp", fill(12)).length;
  const trafs = [1, track].map((id, i) =>
    makeBox("traf", makeBox("tfhd", words(0x01, id, 0, base)), runs[i]!)
  );
  const media = makeBox("mdat", fill(10, 1), fill(10, 2));
  const fragment = makeBox("moof", makeBox("mfhd", words(0, 1)), ...trafs);
  const movie = makeBox("moov", makeBox("mvhd", words(0)));
  return [...box("ftyp", fill(12)), ...media, ...movie, ...fragment, 0];
}

Deno.test("scan() digests the frames of an MP4 file by track, if its tables account for each byte once", async () => {
  const digestsOf = async (...args: Parameters<typeof mp4Of>) => {
    const { digests, damaged } = await scanBytes(".mp4", mp4Of(...args));
    assertEquals(damaged, []);
    assert(digests !== null);
    return digests;
  };
  const digests = await digestsOf(2, 18, 10);
  assertEquals(digests.length, 2);
  assertEquals(await digestsOf(2, 18, 3, 7), digests);
  assertEquals((await digestsOf(1, 18, 10)).length, 1);
  // too few, too many, a gap, an overlap, and an offset beyond the file
  assertEquals(await digestsOf(2, 18, 9), []);
  assertEquals(await digestsOf(2, 18, 11), []);
  assertEquals(await digestsOf(2, 19, 9), []);
  assertEquals(await digestsOf(2, 17, 11), []);
  assertEquals(await digestsOf(2, 0xffffffff, 10), []);
});
