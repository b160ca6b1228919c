import { assertEquals } from "@std/assert";
import { scan } from "../../src/recovery/scan.ts";
import { tempDir } from "../helpers/temp_dir.ts";

const EBML = [0x1a, 0x45, 0xdf, 0xa3, 0x82, 1, 2];
/** Their ends are not known yet. */
const SEGMENT = [0x18, 0x53, 0x80, 0x67, 0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
const CLUSTER = [0x1f, 0x43, 0xb6, 0x75, 0xff, 0xe7, 0x82, 1, 2];
/** A track, a time, flags, and a frame. */
const BLOCK = [0xa3, 0x86, 0x81, 0, 1, 0x80, 5, 6];
/** The same with its length in eight bytes, and a frame of 20 bytes. */
const LONG_BLOCK = [0xa3, 0x01, 0, 0, 0, 0, 0, 0, 24, 0x81, 0, 1, 0, ...fill(20)];
const GROUP = [0xa0, 0x9e, 0xa1, 0x98, 0x81, 0, 1, 0, ...fill(20), 0x9b, 0x82, 1, 1];
const MATROSKA = [...EBML, ...SEGMENT, ...CLUSTER, ...BLOCK];

/** A box of the MP4 family. */
function box(type: string, content: number[], size = content.length + 8): number[] {
  return [0, 0, size >> 8, size & 255, ...new TextEncoder().encode(type), ...content];
}

function fill(bytes: number, value = 7): number[] {
  return Array(bytes).fill(value);
}

/** A fragment whose run says that there are two samples, and tells so many sizes, of so many bytes. */
function fragment(sizes = 2, bytes = 15): number[] {
  const samples = Array.from({ length: sizes }, () => [0, 0, 0, bytes]).flat();
  const run = box("trun", [0, 0, 2, 1, 0, 0, 0, 2, ...fill(4), ...samples]);
  return box("moof", [...box("mfhd", fill(8)), ...box("traf", [...box("tfhd", fill(8)), ...run])]);
}

const MDAT = box("mdat", fill(30));
const LARGE = [...box("mdat", [], 1), 0, 0, 0, 0, 0, 0, 0, 20, 1, 2, 3, 4];
const MP4 = [...box("ftyp", fill(12)), ...MDAT, ...box("moov", fill(40))];
const FRAGMENTS = [...MP4, ...LARGE, ...fragment(), ...MDAT, ...fragment()];

/** What scan() finds, in short: bytes of frames, what is damaged, bytes of the tail. */
async function look(extension: string, bytes: number[]) {
  await using dir = await tempDir();
  await Deno.writeFile(`${dir.path}/a`, new Uint8Array(bytes));
  using file = await Deno.open(`${dir.path}/a`);
  const { frames, damaged, tail } = scan(file, extension);
  return [
    frames?.reduce((sum, { start, end }) => sum + end - start, 0),
    damaged.map(({ start, end }) => [start, end]),
    bytes.length - tail,
  ];
}

Deno.test("scan() finds the frames of a Matroska file, and what belongs to none at its end", async () => {
  assertEquals(await look(".mkv", []), [0, [], 0]);
  assertEquals(await look(".mkv", MATROSKA), [2, [], 0]);
  const more = [...MATROSKA, ...LONG_BLOCK, ...GROUP, ...CLUSTER, ...BLOCK];
  assertEquals(await look(".webm", more), [44, [], 0]);
  // cut off at each byte of what comes next
  for (const next of [LONG_BLOCK, GROUP, CLUSTER]) {
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

Deno.test("scan() tells damage in a Matroska file from its end", async () => {
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

Deno.test("scan() finds the frames of an MP4 file, and what belongs to no fragment at its end", async () => {
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

Deno.test("scan() tells damage in an MP4 file from its end", async () => {
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

Deno.test("scan() looks at the packets of a transport stream", async () => {
  const packets = (count: number) =>
    Array.from({ length: count }, () => [0x47, ...fill(187)]).flat();
  assertEquals(await look(".ts", [...packets(3), ...fill(5)]), [undefined, [], 5]);
  assertEquals(await look(".ts", [...packets(3), ...fill(400, 0)]), [undefined, [], 400]);
  const damaged = [...packets(1), ...fill(188), ...packets(2)];
  assertEquals(await look(".ts", damaged), [undefined, [[188, 376]], 0]);
});
