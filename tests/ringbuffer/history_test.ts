/**
 * The frames that are kept for the next clip, without GStreamer.
 */
import { assertEquals } from "@std/assert";
import type { Frame } from "../../src/gst/frame.ts";
import { History } from "../../src/ringbuffer/history.ts";

/** Admits encoded frames at 0, 1, 2, ..., `K` being a keyframe; returns the list of those that are released. */
function fill(history: History, kinds: string): number[] {
  const released: number[] = [];
  for (const [i, kind] of [...kinds].entries()) {
    const frame = {
      timeNs: BigInt(i),
      dtsNs: BigInt(i),
      isKeyframe: kind === "K",
      bytes: 10,
      release: () => released.push(i),
    };
    history.admit(frame as unknown as Frame);
  }
  return released;
}

function timesOf({ frames }: History): number[] {
  return frames.map(({ timeNs }) => Number(timeNs));
}

Deno.test("History.admit() releases frames before the first keyframe", () => {
  const history = new History();
  const released = fill(history, "--K-");
  assertEquals(released, [0, 1]);
  assertEquals(timesOf(history), [2, 3]);
  assertEquals(history.bytes, 20);
});

Deno.test("History.frameNs is the average frame duration", () => {
  const history = new History();
  fill(history, "K");
  assertEquals(history.frameNs, null);
  history.clear();
  fill(history, "K----");
  assertEquals(history.frameNs, 1n);
});

Deno.test("History.trim() releases old raw frames, oldest first", () => {
  const history = new History();
  const released = fill(history, "KKKKK");
  history.trim(3n);
  assertEquals(released, [0, 1, 2]);
  assertEquals(timesOf(history), [3, 4]);
  history.trim(3n);
  assertEquals(released, [0, 1, 2]);
});

Deno.test("History.trim() keeps the keyframe that the oldest frame needs", () => {
  const history = new History();
  const released = fill(history, "K--K--");
  history.trim(4n);
  assertEquals(released, [0, 1, 2]);
  assertEquals(timesOf(history), [3, 4, 5]);
});

Deno.test("History.trim() releases the oldest frames beyond a limit in bytes", () => {
  const history = new History();
  const released = fill(history, "KKKKK");
  assertEquals(history.bytes, 50);
  history.trim(0n, 25);
  assertEquals(released, [0, 1, 2]);
  assertEquals(history.bytes, 20);
  history.trim(0n, 0);
  assertEquals(history.frames, []);
});

Deno.test("History.clear() releases all frames", () => {
  const history = new History();
  const released = fill(history, "K--");
  history.clear();
  history.clear();
  assertEquals(released, [0, 1, 2]);
  assertEquals(history.frames, []);
});

Deno.test("History.longestGopNs is the duration of the longest GOP so far", () => {
  const history = new History();
  assertEquals(history.longestGopNs, null);
  fill(history, "K--");
  assertEquals(history.longestGopNs, null);
  history.clear();
  fill(history, "K--K-K----");
  assertEquals(history.longestGopNs, 3n);
  history.trim(100n);
  assertEquals(history.longestGopNs, 3n);
});
