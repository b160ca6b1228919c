/**
 * Statistics of recorders' rings, and limits of the rings.
 */
import { assert, assertAlmostEquals, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { ringStats } from "../../src/recorder/stats.ts";
import { EncodedRingBuffer } from "../../mod.ts";
import { newPaths, recordClip, recorderOf, runLive } from "../helpers/recording.ts";
import { tempDir } from "../helpers/temp_dir.ts";
import { playFor, reached } from "../helpers/wait.ts";

const MS = 1_000_000n;

/** Makes frames of 1000 bytes at these milliseconds. */
function framesAt(...times: number[]) {
  return times.map((ms) => {
    const timeNs = BigInt(ms) * MS;
    return { timeNs, dtsNs: timeNs, durationNs: null, bytes: 1000 };
  });
}

Deno.test("ringStats() returns span, size and rate", () => {
  const context = {
    holdSec: 2,
    frameNs: 40n * MS,
    capsBytes: null,
    longestGopNs: null,
    openClips: 1,
    warnings: [],
  };
  assertEquals(ringStats(framesAt(0, 40, 80, 160), context), {
    fillSec: 0.2,
    holdSec: 2,
    frames: 4,
    bytes: 4000,
    estimatedBytes: 50_000,
    frameRate: 25,
    dropped: 1,
    gopSec: null,
    openClips: 1,
    warnings: [],
  });
});

Deno.test("ringStats() measures the rate where the caps have none", () => {
  const context = {
    holdSec: 2,
    frameNs: null,
    capsBytes: 7000,
    longestGopNs: 1_500n * MS,
    openClips: 0,
    warnings: [],
  };
  const { frameRate, fillSec, gopSec, dropped } = ringStats(framesAt(0, 100, 200), context);
  assertEquals({ frameRate, fillSec, gopSec, dropped }, {
    frameRate: 10,
    fillSec: 0.3,
    gopSec: 1.5,
    dropped: 0,
  });
  const { frames, ...none } = ringStats([], context);
  assertEquals([frames, none.fillSec, none.frameRate, none.estimatedBytes], [0, 0, null, 7000]);
});

Deno.test("VideoRecorder.stats() estimates the size of an empty ring by its caps", async () => {
  const size = "width=1920,height=1080,framerate=30/1,format=I420";
  const held = `videotestsrc ! video/x-raw,${size} ! tee name=t t. ! fakesink`;
  await using app = await runLive(held);
  const recorder = recorderOf(app.pipeline, () => "", { windowSizeSec: 10 });
  const { frames, estimatedBytes } = recorder.stats();
  assertEquals([frames, estimatedBytes], [0, 10 * 30 * 1920 * 1080 * 1.5]);
});

Deno.test("VideoRecorder.stats() returns the state of the ring", async () => {
  await using dir = await tempDir();
  await using app = await runLive();
  const recorder = recorderOf(app.pipeline, newPaths(dir.path), { windowSizeSec: 1 });
  await reached(app.pipeline, 2);
  const stats = recorder.stats();
  assertAlmostEquals(stats.fillSec, 1, 0.1);
  assertAlmostEquals(stats.frameRate!, 30, 1e-3);
  assertEquals(stats.bytes, stats.frames * 64 * 48 * 1.5);
  assertEquals(stats.estimatedBytes, 30 * 64 * 48 * 1.5);
  assertEquals([stats.dropped, stats.gopSec, stats.openClips], [0, null, 0]);
  // stats() takes nothing away from the next clip
  const recording = await recorder.record();
  assertEquals(recorder.stats().openClips, 1);
  const report = await recording.finished;
  assertEquals([report.frames, report.shortfalls], [60, []]);
});

Deno.test("maxRingBytes bounds the ring, and the report says that it was not full", async () => {
  await using dir = await tempDir();
  await using app = await runLive();
  const frameBytes = 64 * 48 * 1.5;
  const limits = { windowSizeSec: 2, maxRingBytes: 20 * frameBytes };
  const recorder = recorderOf(app.pipeline, newPaths(dir.path), limits);
  await reached(app.pipeline, 3);
  const { frames, bytes } = recorder.stats();
  assertEquals([frames, bytes], [20, 20 * frameBytes]);
  await playFor(app.pipeline, 3);
  const report = await recordClip(recorder, { afterSec: 0.2 });
  assertEquals(report.shortfalls, ["ring-not-full"]);
  assert(report.calls[0]! - report.start < 1, Deno.inspect(report));
  for (const maxRingBytes of [0, -1, NaN]) {
    assertThrows(() => recorderOf(app.pipeline, "a.webm", { maxRingBytes }), RangeError);
  }
});

Deno.test("onWarning is called for a window that is shorter than two GOPs", async () => {
  await using dir = await tempDir();
  await using app = await runLive();
  const warnings: string[] = [];
  const recorder = recorderOf(app.pipeline, newPaths(dir.path, ".mp4"), {
    windowSizeSec: 1,
    ringBufferClass: EncodedRingBuffer,
    onWarning: (text) => warnings.push(text),
  });
  await reached(app.pipeline, 4);
  const { gopSec, holdSec } = recorder.stats();
  assertEquals(gopSec, 1);
  assertEquals(holdSec, 3);
  assertMatch(warnings.join(), /window of 1 s at tee "t" is shorter than two groups of pictures/);
  assertEquals(warnings.length, 1);
});
