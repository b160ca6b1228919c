import { assertEquals } from "@std/assert";
import { tailBytes } from "../src/recorder/tail.ts";
import { tempDir } from "./helpers/temp_dir.ts";

const EBML = [0x1a, 0x45, 0xdf, 0xa3, 0x82, 1, 2];
/** Their ends are not known yet. */
const SEGMENT = [0x18, 0x53, 0x80, 0x67, 0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
const CLUSTER = [0x1f, 0x43, 0xb6, 0x75, 0xff];
const BLOCK = [0xa3, 0x84, 1, 2, 3, 4];
/** The same with its length in eight bytes. */
const LONG_BLOCK = [0xa3, 0x01, 0, 0, 0, 0, 0, 0, 3, 1, 2, 3];
const MATROSKA = [...EBML, ...SEGMENT, ...CLUSTER, ...BLOCK];

/** A box of the MP4 family, with so many bytes in it. */
function box(type: string, bytes: number, size = bytes + 8): number[] {
  return [0, 0, size >> 8, size & 255, ...new TextEncoder().encode(type), ...Array(bytes).fill(7)];
}

const LARGE = [...box("mdat", 0, 1), 0, 0, 0, 0, 0, 0, 0, 20, 1, 2, 3, 4];
const MP4 = [...box("ftyp", 12), ...box("mdat", 30), ...box("moov", 40)];

Deno.test("tailBytes() counts what belongs to no whole element, fragment or packet", async () => {
  await using dir = await tempDir();
  const tail = (extension: string, bytes: number[]) => {
    Deno.writeFileSync(`${dir.path}/a`, new Uint8Array(bytes));
    using file = Deno.openSync(`${dir.path}/a`);
    return tailBytes(file, extension);
  };
  assertEquals(tail(".mkv", []), 0);
  assertEquals(tail(".mkv", MATROSKA), 0);
  assertEquals(tail(".webm", [...MATROSKA, ...LONG_BLOCK, ...CLUSTER, ...BLOCK]), 0);
  assertEquals(tail(".webm", [...MATROSKA, ...LONG_BLOCK.slice(0, -1)]), 11);
  assertEquals(tail(".mkv", [...MATROSKA, ...BLOCK, 0xa3]), 1);
  assertEquals(tail(".mkv", [...MATROSKA, ...Array(100).fill(0)]), 100);
  assertEquals(tail(".mp4", MP4), 0);
  assertEquals(tail(".mp4", MP4.slice(0, -1)), MP4.length - 1);
  assertEquals(tail(".mov", [...MP4, ...LARGE]), LARGE.length);
  assertEquals(tail(".mp4", [...MP4, ...LARGE, ...box("moof", 20), ...box("free", 0)]), 8);
  assertEquals(tail(".mp4", [...MP4, ...box("mdat", 25, 0)]), 33);
  assertEquals(tail(".ts", Array(188 * 3 + 5).fill(0x47)), 5);
});
