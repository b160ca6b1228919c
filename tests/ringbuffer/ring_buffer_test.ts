/**
 * The frames that a ring buffer holds.
 */
import { assert, assertEquals, assertGreaterOrEqual } from "@std/assert";
import { hasElement, Pipeline, RingBuffer, Standalone } from "../../mod.ts";
import "../../scripts/open_libraries.ts";
import { newPaths, recordClip, recorderOf } from "../helpers/recording.ts";
import {
  APPSINK,
  assertContiguous,
  attach,
  capsOf,
  ConvertingRing,
  drainTimes,
  nextTimes,
  pullTimes,
  ringClass,
} from "../helpers/ring.ts";
import { tempDir } from "../helpers/temp_dir.ts";
import { playFor, reached, until } from "../helpers/wait.ts";

/** When to attach a ring. */
const MOMENTS = ["null", "prerolling", "paused", "playing"] as const;
type Moment = typeof MOMENTS[number];

/** Frame rates with windows in seconds. */
const STREAMS: [fps: number, windowSec: number][] = [[15, 3], [25, 2], [30, 1], [60, 0.5]];

/** Returns a pipeline's text: small video at a tee, with an appsink that keeps all frames. */
function stream(fps: number, live: boolean, i = 0): string {
  return `videotestsrc is-live=${live} ! ` +
    `video/x-raw,format=GRAY8,width=16,height=16,framerate=${fps}/1 ! tee name=t${i} ` +
    `t${i}. ! appsink name=probe${i} sync=${!live}`;
}

/** Starts a pipeline, and calls a function at a moment of the start. */
async function startAnd<T>(pipeline: Pipeline, moment: Moment, action: () => T): Promise<T> {
  if (moment === "null") {
    const result = action();
    await pipeline.play();
    return result;
  }
  const pausing = pipeline.pause();
  if (moment === "prerolling") {
    const result = action();
    await pausing;
    await pipeline.play();
    return result;
  }
  await pausing;
  const result = moment === "paused" ? action() : undefined;
  await pipeline.play();
  return result ?? action();
}

/** Attaches rings at a moment of the start, and checks their frames some seconds later. */
async function checkRings(moment: Moment, live: boolean): Promise<void> {
  const text = STREAMS.map(([fps], i) => stream(fps, live, i)).join(" ");
  await using pipeline = Pipeline.parse(text);
  const rings = await startAnd(
    pipeline,
    moment,
    () => STREAMS.map(([, windowSec], i) => attach(pipeline, { teeName: `t${i}`, windowSec })),
  );
  await until("frames flow", () => rings.every((ring) => ring.resize()));
  await playFor(pipeline, 3.5);
  for (const [i, ring] of rings.entries()) {
    const [fps, windowSec] = STREAMS[i]!;
    const seen = pullTimes(pipeline, `probe${i}`);
    const times = drainTimes(ring);
    const stream = `${fps} frames/s, attached ${moment}`;
    // one more frame may have arrived while these were drained
    assert([4, 5].includes(times.length - windowSec * fps), `${times.length} of ${stream}`);
    await until("the newest frame arrives", () => {
      times.push(...drainTimes(ring));
      return times.at(-1)! >= seen.at(-1)!;
    });
    const from = seen.indexOf(times[0]!);
    assertEquals(times.slice(0, seen.length - from), seen.slice(from), stream);
    if (!live) assertContiguous(times, fps);
    ring.detach();
  }
}

for (const live of [true, false]) {
  const name = live ? "a live" : "a non-live";
  Deno.test(`RingBuffer.drain() returns the last seconds of ${name} pipeline, whenever attached`, async () => {
    await Promise.all(MOMENTS.map((moment) => checkRings(moment, live)));
  });
}

Deno.test("RingBuffer.drain() returns all frames from the first one, if attached before it", async () => {
  for (const moment of ["null", "prerolling"] as const) {
    await using pipeline = Pipeline.parse(stream(30, false));
    const ring = await startAnd(pipeline, moment, () => attach(pipeline, { teeName: "t0" }));
    const times = await nextTimes(ring, 5);
    assertEquals(times[0], 0, moment);
    assertContiguous(times, 30);
    ring.detach();
  }
});

Deno.test("RingBuffer.drain() returns frames at the pace of their source, also beside a live source", async () => {
  await using pipeline = Pipeline.parse(
    "videotestsrc is-live=true ! fakesink " +
      "videotestsrc ! video/x-raw,width=16,height=16,framerate=30/1 ! tee name=t t. ! fakesink",
  );
  await pipeline.pause();
  const ring = attach(pipeline);
  await pipeline.play();
  assertEquals(pipeline.isLive, true);
  const times = await nextTimes(ring, 10);
  ring.resize();
  times.push(...await nextTimes(ring, 10));
  assertContiguous(times, 30);
  assertGreaterOrEqual(pipeline.runningTimeSec!, times.at(-1)!);
  ring.detach();
});

Deno.test("RingBuffer.drain() returns no frame twice, and none after detach()", async () => {
  await using pipeline = Pipeline.parse(stream(60, true));
  await pipeline.play();
  const ring = attach(pipeline, { teeName: "t0" });
  const times = await nextTimes(ring, 30);
  assertEquals(times, times.toSorted((a, b) => a - b));
  assertEquals(new Set(times).size, times.length);
  ring.detach();
  ring.detach();
  assertEquals(ring.drain(), []);
  assertEquals([ring.isEos, ring.frameNs, ring.failure, ring.resize()], [false, null, null, true]);
});

Deno.test("RingBuffer.drain() returns the output of a converting bin", async () => {
  await using pipeline = Pipeline.parse(stream(30, true));
  await pipeline.play();
  const ring = attach(pipeline, { teeName: "t0" }, ConvertingRing);
  const frames = ring.drain();
  await until("there are frames", () => frames.push(...ring.drain()) > 3);
  for (const frame of frames) {
    assert(capsOf(frame).includes("format=(string)I420"), capsOf(frame));
    frame.release();
  }
  ring.detach();
});

Deno.test("RingBuffer.drain() returns frames of any format as they flow", async () => {
  const formats = ["RGB", "BGRA", "ARGB64", "NV12", "I420", "YUY2", "Y444", "P010_10LE", "GRAY8"];
  const text = formats.map((format, i) =>
    `videotestsrc is-live=true ! video/x-raw,format=${format},width=16,height=16 ! tee name=t${i} ` +
    `t${i}. ! fakesink name=sink${i}`
  );
  await using pipeline = Pipeline.parse(text.join(" "));
  await pipeline.play();
  for (const [i, format] of formats.entries()) {
    const ring = attach(pipeline, { teeName: `t${i}` });
    const frames = ring.drain();
    await until(`${format} arrives`, () => frames.push(...ring.drain()) > 0);
    for (const frame of frames) {
      assertEquals(capsOf(frame), pipeline.element(`sink${i}`).caps("sink"), format);
      frame.release();
    }
    ring.detach();
  }
});

Deno.test("RingBuffer.drain() returns frames from before and after a change of caps", async () => {
  await using pipeline = Pipeline.parse(
    "videotestsrc is-live=true ! capsfilter name=filter caps=video/x-raw,format=NV12,width=16 ! " +
      "tee name=t t. ! fakesink",
  );
  await pipeline.play();
  const ring = attach(pipeline);
  const frames = ring.drain();
  await until("frames arrive", () => frames.push(...ring.drain()) > 3);
  pipeline.element("filter").setProperty("caps", "video/x-raw,format=RGB,width=32");
  const isNew = () => capsOf(frames.at(-1)!).includes("RGB");
  await until("frames with the new caps arrive", () => (frames.push(...ring.drain()), isNew()));
  const caps = new Set(frames.map(capsOf));
  assertEquals(caps.size, 2);
  for (const frame of frames) frame.release();
  ring.detach();
});

Deno.test("RingBuffer.resize() adapts the ring to a new frame rate", async () => {
  await using pipeline = Pipeline.parse(
    "videotestsrc is-live=true ! capsfilter name=filter " +
      "caps=video/x-raw,width=16,height=16,framerate=10/1 ! tee name=t t. ! fakesink",
  );
  await pipeline.play();
  const ring = attach(pipeline, { windowSec: 0.5 });
  await until("frames flow", () => ring.resize());
  assertEquals(ring.frameNs, 100_000_000n);
  pipeline.element("filter").setProperty("caps", "video/x-raw,framerate=100/1");
  await until("the new rate arrives", () => ring.frameNs === 10_000_000n);
  ring.resize();
  await playFor(pipeline, 1);
  const times = drainTimes(ring);
  assertEquals(times.length, 54);
  ring.detach();
});

Deno.test("record() has the full window where the caps have no frame rate", async () => {
  await using dir = await tempDir();
  const app = await Standalone.buildAndRun(
    "videotestsrc is-live=true ! video/x-raw,width=64,height=48,framerate=30/1 ! " +
      "capssetter caps=video/x-raw,framerate=0/1 ! tee name=t t. ! fakesink",
    { background: true },
  );
  const windowSizeSec = 1.2; // longer than the poll interval
  const recorder = recorderOf(app.pipeline, newPaths(dir.path), { windowSizeSec });
  await reached(app.pipeline, 2.7);
  const { requested, start, end, frames, shortfalls } = await recordClip(recorder);
  await app.stop();
  assertEquals(shortfalls, []);
  assert(start >= requested.start && start < requested.start + 0.04);
  assert(end <= requested.end + 0.04);
  assertEquals(frames, Math.round((end - start) * 30));
});

Deno.test("RingBuffer lets an encoder on another branch preroll that needs many frames", async () => {
  const encoder = hasElement("x264enc")
    ? "x264enc ! matroskamux"
    : "vp8enc lag-in-frames=25 deadline=1 ! webmmux";
  for (const moment of ["null", "prerolling"] as const) {
    for (const ringBufferClass of [RingBuffer, ConvertingRing, ringClass(APPSINK)]) {
      await using pipeline = Pipeline.parse(
        "videotestsrc num-buffers=120 ! video/x-raw,width=64,height=48,framerate=30/1 ! " +
          `tee name=t t. ! ${encoder} ! fakesink`,
      );
      const ring = await startAnd(pipeline, moment, () => attach(pipeline, {}, ringBufferClass));
      const times = await nextTimes(ring, 5);
      assertEquals(times[0], 0);
      assertContiguous(times, 30);
      ring.detach();
    }
  }
});
