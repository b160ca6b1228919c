/**
 * Intervals of clips, without GStreamer.
 */
import { assertEquals } from "@std/assert";
import { type Call, clipStartIndex, ClipWindow } from "../../src/ringbuffer/clip_window.ts";

const SEC = 1_000_000_000n;

/** Makes a call at an instant, with seconds before and after it. */
function call(atNs: bigint, before = 2n, after = before): Call {
  return { atNs, beforeNs: before * SEC, afterNs: after * SEC };
}

Deno.test("ClipWindow begins before its call and ends after it, by the seconds of the call", () => {
  const window = new ClipWindow(call(3n * SEC, 2n, 5n));
  assertEquals([window.startNs, window.endNs], [SEC, 8n * SEC]);
  assertEquals(window.callsNs, [3n * SEC]);
});

Deno.test("ClipWindow can begin before the stream", () => {
  assertEquals(new ClipWindow(call(SEC / 2n)).startNs, -3n * SEC / 2n);
});

Deno.test("ClipWindow.extend() moves the end, never the start", () => {
  const window = new ClipWindow(call(3n * SEC));
  window.extend(call(4n * SEC));
  assertEquals([window.startNs, window.endNs], [SEC, 6n * SEC]);
  window.extend(call(4n * SEC, 0n, 10n));
  assertEquals([window.startNs, window.endNs], [SEC, 14n * SEC]);
});

Deno.test("ClipWindow.extend() keeps the latest end, whatever the order of calls", () => {
  const window = new ClipWindow(call(3n * SEC));
  for (const atNs of [5n * SEC, 4n * SEC, 5n * SEC, 3n * SEC]) window.extend(call(atNs));
  window.extend(call(6n * SEC, 0n, 0n));
  assertEquals([window.startNs, window.endNs], [SEC, 7n * SEC]);
  assertEquals(window.callsNs, [3n, 5n, 4n, 5n, 3n, 6n].map((sec) => sec * SEC));
});

Deno.test("ClipWindow.takes() accepts calls within it that do not reach back before it", () => {
  const window = new ClipWindow(call(3n * SEC));
  assertEquals(window.takes(call(3n * SEC)), true);
  assertEquals(window.takes(call(5n * SEC - 1n)), true);
  assertEquals(window.takes(call(5n * SEC)), false);
  assertEquals(window.takes(call(4n * SEC, 3n)), true);
  assertEquals(window.takes(call(4n * SEC - 1n, 3n)), false);
  window.extend(call(4n * SEC));
  assertEquals(window.takes(call(5n * SEC)), true);
});

Deno.test("ClipWindow.takes() rejects a call that would exceed the maximum length", () => {
  const window = new ClipWindow(call(3n * SEC), 6n * SEC);
  assertEquals(window.takes(call(5n * SEC - 1n)), true);
  window.extend(call(5n * SEC - 1n));
  assertEquals(window.takes(call(5n * SEC)), true);
  window.extend(call(5n * SEC));
  assertEquals(window.endNs, 7n * SEC);
  assertEquals(window.takes(call(5n * SEC + 1n)), false);
  assertEquals(window.takes(call(5n * SEC + 1n, 2n, 1n)), true);
});

Deno.test("ClipWindow includes all of its first call, and takes others within that", () => {
  const window = new ClipWindow(call(3n * SEC), 0n);
  assertEquals(window.endNs, 5n * SEC);
  assertEquals(window.takes(call(4n * SEC)), false);
  assertEquals(window.takes(call(4n * SEC, 0n, 1n)), true);
});

Deno.test("ClipWindow has the same number of frames wherever a call falls between two", () => {
  for (const fps of [15n, 25n, 30n, 60n]) {
    // rounded down to nanoseconds, as sources do
    const frames = Array.from({ length: 400 }, (_, i) => BigInt(i) * SEC / fps);
    for (let atNs = 3n * SEC; atNs < 3n * SEC + 2n * SEC / fps; atNs += SEC / 997n) {
      const { startNs, endNs } = new ClipWindow(call(atNs));
      const inside = frames.filter((timeNs) => timeNs >= startNs && timeNs < endNs);
      assertEquals(BigInt(inside.length), 4n * fps, `${fps} frames/s, call at ${atNs}`);
    }
  }
});

/** Makes raw frames from their times: each is a keyframe. */
function raw(...times: (bigint | null)[]) {
  return times.map((timeNs) => ({ timeNs, isKeyframe: true }));
}

/** Makes encoded frames at 0, 1, 2, ...: `K` is a keyframe, any other one needs those before it. */
function encoded(kinds: string) {
  return [...kinds].map((kind, i) => ({ timeNs: BigInt(i), isKeyframe: kind === "K" }));
}

Deno.test("clipStartIndex() returns the first raw frame at an instant or after it", () => {
  assertEquals(clipStartIndex(raw(1n, 2n, 3n, 4n), 3n), 2);
  assertEquals(clipStartIndex(raw(1n, 2n, 3n, 4n), 2n), 1);
  assertEquals(clipStartIndex(raw(1n, 3n), 2n), 1);
  assertEquals(clipStartIndex(raw(1n, 2n), -5n), 0);
});

Deno.test("clipStartIndex() returns the end of the list where all raw frames are earlier", () => {
  assertEquals(clipStartIndex(raw(1n, 2n), 3n), 2);
  assertEquals(clipStartIndex([], 3n), 0);
});

Deno.test("clipStartIndex() groups frames without a timestamp with those before them", () => {
  assertEquals(clipStartIndex(raw(null, 1n, null, 3n, null), 3n), 3);
  assertEquals(clipStartIndex(raw(null, null), 3n), 2);
});

Deno.test("clipStartIndex() returns the keyframe that the first encoded frame needs", () => {
  assertEquals(clipStartIndex(encoded("K--K--"), 2n), 0);
  assertEquals(clipStartIndex(encoded("K--K--"), 3n), 3);
  assertEquals(clipStartIndex(encoded("K--K--"), 5n), 3);
  assertEquals(clipStartIndex(encoded("--K--"), 1n), 0);
});

Deno.test("clipStartIndex() keeps the last GOP, which the next frame needs", () => {
  assertEquals(clipStartIndex(encoded("K--K--"), 100n), 3);
});

Deno.test("clipStartIndex() returns the previous keyframe for frames that are shown before the next one", () => {
  // in decoding order: 5 and 6 are shown before the keyframe that they follow
  const frames = [0n, 2n, 4n, 7n, 5n, 6n, 8n].map((timeNs) => ({
    timeNs,
    isKeyframe: timeNs === 0n || timeNs === 7n,
  }));
  assertEquals([4n, 5n, 6n, 7n, 8n].map((sinceNs) => clipStartIndex(frames, sinceNs)), [
    0,
    0,
    0,
    3,
    3,
  ]);
});
