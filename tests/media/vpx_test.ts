/**
 * Frames of VP8 and VP9, from single ones.
 */
import { assertEquals } from "@std/assert";
import type { AccessUnitInfo } from "../../src/media/access_unit.ts";
import { readAccessUnit } from "../../src/media/read_access_unit.ts";

function read(mediaType: string, bytes: number[], isWhole = true): AccessUnitInfo | null {
  return readAccessUnit({ mediaType, lengthBytes: null }, new Uint8Array(bytes), isWhole);
}

/** Reads what differs between frames: the random access, whether it is shown, and whether it is a reference. */
function readFrame(mediaType: string, bytes: number[]) {
  const info = read(mediaType, bytes)!;
  assertEquals([info.hasPicture, info.belongsTo], [true, "itself"]);
  return [info.randomAccess, info.isShown, info.isReference];
}

Deno.test("readAccessUnit() reads frames of VP8", () => {
  const vp8 = (...bytes: number[]) => readFrame("video/x-vp8", bytes);
  // bit 0: no keyframe, bits 1 to 3: version, bit 4: shown, then the size of the first partition
  assertEquals(vp8(0x10, 2, 0, 0x9d, 1, 0x2a, 64, 0, 48, 0), ["instant", true, true]);
  assertEquals(vp8(0x00, 2, 0, 0x9d, 1, 0x2a, 64, 0, 48, 0), [null, false, true]);
  assertEquals(vp8(0x10, 2, 0, 0x9d, 1, 0x2b, 64, 0, 48, 0), [null, true, true]);
  assertEquals(vp8(0x11, 2, 0, 7), [null, true, true]);
  assertEquals(vp8(0x01, 2, 0, 7), [null, false, true]);
});

/** Makes the header of a VP9 frame from its bits, and some data. */
function vp9Frame(bits: string): number[] {
  return bits.padEnd(32, "1").match(/.{8}/g)!.map((byte) => parseInt(byte, 2));
}

/** Makes a superframe, with sizes of two bytes. */
function superframe(...frames: number[][]): number[] {
  const marker = 0b110_01_000 | frames.length - 1;
  const sizes = frames.flatMap(({ length }) => [length & 255, length >> 8]);
  return [...frames.flat(), marker, ...sizes, marker];
}

// frame_marker, profile bits, show_existing_frame, frame_type, show_frame, error_resilient_mode
const SHOWN_KEY = vp9Frame("10" + "00" + "0" + "0" + "1" + "0");
const HIDDEN_KEY = vp9Frame("10" + "00" + "0" + "0" + "0" + "0");
const HIDDEN = vp9Frame("10" + "00" + "0" + "1" + "0" + "0");
/** Also reset_frame_context and refresh_frame_flags. */
const SHOWN = vp9Frame("10" + "00" + "0" + "1" + "1" + "0" + "00" + "00000100");
const UNREFERENCED = vp9Frame("10" + "00" + "0" + "1" + "1" + "0" + "00" + "00000000");
const RESILIENT = vp9Frame("10" + "00" + "0" + "1" + "1" + "1" + "00000000");
const EXISTING = vp9Frame("10" + "00" + "1" + "010");

Deno.test("readAccessUnit() reads frames of VP9", () => {
  const vp9 = (bytes: number[]) => readFrame("video/x-vp9", bytes);
  assertEquals(vp9(SHOWN_KEY), ["instant", true, true]);
  assertEquals(vp9(HIDDEN_KEY), [null, false, true]);
  assertEquals(vp9(SHOWN), [null, true, true]);
  assertEquals(vp9(UNREFERENCED), [null, true, false]);
  assertEquals(vp9(RESILIENT), [null, true, false]);
  assertEquals(vp9(HIDDEN), [null, false, true]);
  assertEquals(vp9(EXISTING), [null, true, false]);
  // profile 3 has one more bit
  assertEquals(vp9(vp9Frame("10" + "11" + "0" + "0" + "0" + "1" + "0")), ["instant", true, true]);
});

Deno.test("readAccessUnit() reads whether one of the frames in a VP9 superframe is shown", () => {
  const vp9 = (bytes: number[]) => readFrame("video/x-vp9", bytes);
  assertEquals(vp9(superframe(HIDDEN, UNREFERENCED)), [null, true, true]);
  assertEquals(vp9(superframe(HIDDEN, EXISTING.slice(0, 1))), [null, true, true]);
  assertEquals(vp9(superframe(HIDDEN, HIDDEN)), [null, false, true]);
  // not an index: its first byte differs
  const damaged = superframe(HIDDEN, SHOWN);
  damaged[HIDDEN.length + SHOWN.length] = 0;
  assertEquals(vp9(damaged), [null, false, true]);
});

Deno.test("readAccessUnit() asks for more of VP8 and VP9 where it must", () => {
  assertEquals(read("video/x-vp8", [0x10, 2, 0, 0x9d, 1], false), null);
  assertEquals(read("video/x-vp9", SHOWN.slice(0, 2), false), null);
  assertEquals(read("video/x-vp9", SHOWN.slice(0, 3), false)?.isShown, true);
  assertEquals(read("video/x-vp9", HIDDEN, false), null);
});

Deno.test("readAccessUnit() finds no picture in what is neither VP8 nor VP9", () => {
  for (const bytes of [[], [0x10, 2]]) {
    for (const mediaType of ["video/x-vp8", "video/x-vp9"]) {
      const { hasPicture, belongsTo } = read(mediaType, bytes)!;
      assertEquals([hasPicture, belongsTo], [false, "before"]);
    }
  }
});
