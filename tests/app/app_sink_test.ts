import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  AppSink,
  type AppSinkOptions,
  type FrameData,
  GstClosedError,
  GstError,
  Pipeline,
  Standalone,
} from "../../mod.ts";
import "../../scripts/open_libraries.ts";
import { sleep } from "../../scripts/lib/sleep.ts";
import { pushPadded, pushUnreadable } from "../helpers/buffers.ts";
import { blockEventLoop } from "../helpers/event_loop.ts";
import { FPS } from "../helpers/fps.ts";
import { range } from "../helpers/range.ts";
import { ended } from "../helpers/ring.ts";
import { sinkStats } from "../helpers/sink_stats.ts";
import { reached, until } from "../helpers/wait.ts";

/** Returns the text of a source of small gray test pictures. */
function source(frames: number, rest = ""): string {
  return `videotestsrc num-buffers=${frames} ${rest} ` +
    `! video/x-raw,format=GRAY8,width=32,height=24,framerate=${FPS}/1`;
}

/** Returns a stopped pipeline with an appsink named `frames`. */
function parse(frames: number, sink = "sync=false", rest = ""): Pipeline {
  return Pipeline.parse(`${source(frames, rest)} ! appsink name=frames ${sink}`);
}

function sinkOf(pipeline: Pipeline, options: Partial<AppSinkOptions> = {}): AppSink {
  return new AppSink({ pipeline, name: "frames", ...options });
}

/** Returns the numbers of frames by their running times. */
function numbers(frames: FrameData[]): number[] {
  return frames.map(({ runningTimeSec }) => Math.round(runningTimeSec! * FPS));
}

Deno.test("AppSink yields frames with their bytes, caps and times", async () => {
  await using pipeline = parse(10);
  const sink = sinkOf(pipeline, { every: true });
  await pipeline.play();
  const frames = await Array.fromAsync(sink);
  assertEquals(numbers(frames), range(10));
  for (const [i, frame] of frames.entries()) {
    assertStringIncludes(frame.caps, "video/x-raw, format=(string)GRAY8, width=(int)32");
    assertEquals(frame.bytes.length, 32 * 24);
    assertEquals(frame.ptsSec, frame.runningTimeSec);
    assertEquals(Math.round(frame.durationSec! * 1e6), Math.round(1e6 / FPS));
    assertEquals(frame.isKeyframe, true, `frame ${i}`);
    assertEquals(frame.video, {
      width: 32,
      height: 24,
      format: "GRAY8",
      planes: [{ offset: 0, stride: 32 }],
    });
  }
  assertEquals(sink.dropped, 0);
  assertEquals(await sink.next(), { done: true, value: undefined });
});

Deno.test("AppSink yields the layout of pictures with padded lines", async () => {
  // color bars from left to right: white, yellow and so on to black
  for (const format of ["GRAY8", "I420", "RGB"]) {
    await using pipeline = Pipeline.parse(
      `videotestsrc num-buffers=1 pattern=smpte75 ! video/x-raw,format=${format},width=35,height=10 ` +
        "! appsink name=frames",
    );
    const sink = sinkOf(pipeline);
    await pipeline.play();
    const { bytes, video } = (await sink.next()).value!;
    const { offset, stride } = video!.planes[0]!;
    const pixelBytes = format === "RGB" ? 3 : 1;
    assert(stride > 35 * pixelBytes, `${format} is not padded`);
    assertEquals(video!.planes.length, format === "I420" ? 3 : 1);
    for (let y = 0; y < 5; y++) {
      const luma = range(7).map((bar) => bytes[offset + y * stride + (5 * bar + 2) * pixelBytes]!);
      const fell = luma.every((value, bar) =>
        bar === 0 || format === "RGB" || value < luma[bar - 1]!
      );
      assert(fell && luma[0]! > 170, `${format}, line ${y}: ${luma}`);
      if (format === "RGB") assertEquals(luma.map((red) => red > 100), RED_BARS);
    }
  }
});

/** Whether the color bars have a red component: white, yellow, cyan, green, magenta, red, blue. */
const RED_BARS = [true, true, false, false, true, true, false];

Deno.test("AppSink yields a buffer's own strides", async () => {
  const [width, height, offset, stride] = [4, 3, 7, 11];
  await using pipeline = Pipeline.parse(
    `appsrc name=source format=time caps=video/x-raw,format=GRAY8,width=${width},height=${height} ` +
      "! appsink name=frames",
  );
  const sink = sinkOf(pipeline);
  const started = pipeline.play();
  await until("the source is ready", () => pipeline.state !== "null");
  const bytes = new Uint8Array(offset + stride * height);
  for (const y of range(height)) {
    for (const x of range(width)) bytes[offset + y * stride + x] = 10 * y + x;
  }
  pushPadded(pipeline, "source", bytes, { width, height, offset, stride });
  await started;
  const frame = (await sink.next()).value!;
  assertEquals(frame.video, { width, height, format: "GRAY8", planes: [{ offset, stride }] });
  assertEquals(frame.bytes, bytes);
});

Deno.test("AppSink.next() rejects if memory cannot be read", async () => {
  await using pipeline = Pipeline.parse(
    "appsrc name=source format=time caps=video/x-raw,format=GRAY8,width=4,height=4 " +
      "! appsink name=frames",
  );
  const sink = sinkOf(pipeline);
  const started = pipeline.play();
  await until("the source is ready", () => pipeline.state !== "null");
  pushUnreadable(pipeline, "source", 16);
  await started;
  for (let calls = 0; calls < 2; calls++) {
    await assertRejects(() => sink.next(), GstError, "Cannot read the memory of frames");
  }
});

Deno.test("AppSink yields keyframe flags, and a video layout only for raw video", async () => {
  await using pipeline = Pipeline.parse(
    `${
      source(7)
    } ! videoconvert ! vp8enc keyframe-max-dist=3 deadline=1 ! appsink name=frames sync=false ` +
      "audiotestsrc num-buffers=2 ! appsink name=sound sync=false",
  );
  const sink = sinkOf(pipeline, { every: true });
  const sound = sinkOf(pipeline, { every: true, name: "sound" });
  await pipeline.play();
  const [frames, sounds] = await Promise.all([Array.fromAsync(sink), Array.fromAsync(sound)]);
  assertEquals(frames.map(({ isKeyframe }) => isKeyframe), range(7).map((i) => i % 3 === 0));
  assertEquals([frames[0]!.video, sounds[0]!.video], [null, null]);
  assertStringIncludes(sounds[1]!.caps, "audio/x-raw");
});

Deno.test("AppSink yields the caps and layout of each frame when they change", async () => {
  await using pipeline = Pipeline.parse(
    `concat name=c ! appsink name=frames sync=false ${source(2)} ! c. ` +
      "videotestsrc num-buffers=2 ! video/x-raw,format=RGB,width=8,height=4,framerate=30/1 ! c.",
  );
  const sink = sinkOf(pipeline, { every: true });
  await pipeline.play();
  const frames = await Array.fromAsync(sink);
  assertEquals(frames.map(({ video }) => [video!.format, video!.width]), [
    ...[["GRAY8", 32], ["GRAY8", 32], ["RGB", 8], ["RGB", 8]],
  ]);
});

Deno.test("AppSink drops the oldest frames if the loop is slow, and counts them", async () => {
  await using pipeline = parse(40);
  const messages = pipeline.bus.messages();
  const sink = sinkOf(pipeline, { maxFrames: 3 });
  await pipeline.play();
  await ended(messages);
  assertEquals(sink.dropped, 37);
  assertEquals(numbers(await Array.fromAsync(sink)), [37, 38, 39]);
  assertEquals(sink.dropped, 37);
});

Deno.test("AppSink does not block a tee if the loop is slow", async () => {
  await using app = await Standalone.buildAndRun(
    `${source(-1, "is-live=true")} ! tee name=t t. ! queue ! appsink name=frames
     t. ! queue ! appsink name=others`,
    { background: true },
  );
  const { pipeline } = app;
  const sink = sinkOf(pipeline);
  const others = sinkOf(pipeline, { name: "others", every: true, maxFrames: 1000 });
  await sink.next();
  blockEventLoop(0.5);
  const waited = Math.floor(pipeline.runningTimeSec! * FPS) - 4;
  const frames: FrameData[] = [];
  while (frames.length < waited) frames.push((await others.next()).value!);
  assertEquals(numbers(frames), range(frames.length, numbers(frames)[0]));
  assert(sink.dropped > 0, `${sink.dropped}`);
});

Deno.test("AppSink with every: true makes the pipeline wait", async () => {
  await using pipeline = Pipeline.parse(
    `${source(50)} ! identity name=before ! appsink name=frames sync=false`,
  );
  const sink = sinkOf(pipeline, { every: true, maxFrames: 2 });
  await pipeline.play();
  const received = () => sinkStats(pipeline, "frames").rendered;
  await until("the appsink is full", () => received() >= 2);
  const frames: FrameData[] = [];
  for await (const frame of sink) {
    // two wait in the appsink, one in front of it
    assert(received() <= frames.length + 4, `${received()} after ${frames.length}`);
    frames.push(frame);
    await sleep(0.002);
  }
  assertEquals(numbers(frames), range(50));
  assertEquals(sink.dropped, 0);
});

Deno.test("AppSink yields the remaining frames after the pipeline is closed", async () => {
  await using pipeline = parse(5);
  const messages = pipeline.bus.messages();
  const sink = sinkOf(pipeline, { every: true, maxFrames: 10 });
  await pipeline.play();
  await ended(messages);
  await pipeline.close();
  assertEquals(numbers(await Array.fromAsync(sink)), range(5));
  assertEquals(sink.dropped, 0);
});

Deno.test("AppSink ends when the pipeline is stopped", async () => {
  const app = await Standalone.buildAndRun(
    `${source(-1, "is-live=true")} ! appsink name=frames`,
    { background: true },
  );
  const sink = sinkOf(app.pipeline, { every: true });
  const frames = Array.fromAsync(sink);
  await reached(app.pipeline, 0.2);
  await app.stop();
  const seen = numbers(await frames);
  assertEquals(seen, range(seen.length, seen[0]));
});

Deno.test("AppSink rejects if the pipeline is closed before the end", async () => {
  await using pipeline = parse(-1, "", "is-live=true");
  const sink = sinkOf(pipeline);
  await pipeline.play();
  const loop = async () => {
    for await (const _ of sink);
  };
  const failure = assertRejects(loop, GstClosedError, 'appsink "frames" was stopped');
  await reached(pipeline, 0.1);
  await pipeline.close();
  await failure;
  await assertRejects(() => sink.next(), GstClosedError);
  sink.close();
  assertEquals((await sink.next()).done, true);
  assertThrows(() => sinkOf(pipeline), GstClosedError);
});

Deno.test("AppSink rejects with an element's error, after the frames before it", async () => {
  for (const isAwaited of [true, false]) {
    await using pipeline = Pipeline.parse(
      `${source(20)} ! identity error-after=5 ! appsink name=frames sync=false`,
    );
    const messages = pipeline.bus.messages();
    const sink = sinkOf(pipeline, { every: true, maxFrames: 10 });
    const seen: FrameData[] = [];
    const loop = async () => {
      for await (const frame of sink) seen.push(frame);
    };
    const played = pipeline.play().catch(() => {});
    if (!isAwaited) await assertRejects(() => ended(messages), GstError);
    const error = await assertRejects(loop, GstError, "Failed after iterations");
    assertStringIncludes(error.path!, "GstIdentity");
    assertEquals(numbers(seen), range(4));
    await played;
    await assertRejects(() => sink.next(), GstError, "Failed after iterations");
  }
});

Deno.test("AppSink rejects with an earlier error of the same run, and not of another run", async () => {
  await using pipeline = Pipeline.parse(
    `${source(20)} ! identity name=weak error-after=5 ! appsink name=frames sync=false`,
  );
  const messages = pipeline.bus.messages();
  await pipeline.play().catch(() => {});
  await assertRejects(() => ended(messages), GstError);
  const late = sinkOf(pipeline, { every: true });
  await assertRejects(() => Array.fromAsync(late), GstError, "Failed after iterations");
  await pipeline.setState("null");
  pipeline.element("weak").setProperty("error-after", -1);
  const next = sinkOf(pipeline, { every: true });
  await pipeline.play();
  assertEquals(numbers(await Array.fromAsync(next)), range(20));
  assertEquals(pipeline.failure, undefined);
});

Deno.test("AppSink does not block the pipeline after the loop, and the appsink can be used again", async () => {
  await using pipeline = parse(200);
  const messages = pipeline.bus.messages();
  const sink = sinkOf(pipeline, { every: true, maxFrames: 1 });
  await pipeline.play();
  assertThrows(() => sinkOf(pipeline), GstError, "already in use");
  for await (const _ of sink) break;
  assertEquals((await sink.next()).done, true);
  using _next = sinkOf(pipeline);
  await ended(messages);
});

Deno.test("AppSink.close() ends a pending next()", async () => {
  await using pipeline = parse(-1, "", "is-live=true");
  const sink = sinkOf(pipeline);
  const next = sink.next(); // it is not even started
  sink.close();
  sink.close();
  assertEquals(await next, { done: true, value: undefined });
});

Deno.test("AppSink.next() may be called twice at a time", async () => {
  await using pipeline = parse(3);
  const sink = sinkOf(pipeline, { every: true });
  const calls = range(5).map(() => sink.next());
  await pipeline.play();
  const results = await Promise.all(calls);
  assertEquals(numbers(results.slice(0, 3).map(({ value }) => value!)), range(3));
  assertEquals(results.slice(3).map(({ done }) => done), [true, true]);
});

Deno.test("AppSink ends with the stream, however the pipeline is stopped after that", async () => {
  const ways: ((pipeline: Pipeline) => Promise<unknown>)[] = [
    (pipeline) => pipeline.setState("null"),
    (pipeline) => Promise.all([pipeline.stop(), pipeline.close()]),
  ];
  for (const stop of ways) {
    await using pipeline = parse(3);
    const messages = pipeline.bus.messages();
    const sink = sinkOf(pipeline, { every: true });
    await pipeline.play();
    await ended(messages);
    await stop(pipeline);
    assertEquals(numbers(await Array.fromAsync(sink)), range(3));
  }
});

Deno.test('AppSink goes on after setState("null") without an end', async () => {
  await using pipeline = parse(-1, "", "is-live=true");
  const sink = sinkOf(pipeline);
  for (let round = 0; round < 2; round++) {
    await pipeline.play();
    assertEquals((await sink.next()).done, false);
    await pipeline.setState("null");
  }
});

Deno.test("AppSink() throws for wrong options, with their names", async () => {
  await using pipeline = Pipeline.parse("videotestsrc ! fakesink name=sink");
  const refused = (options: unknown, message: string) =>
    // deno-lint-ignore no-explicit-any -- wrong on purpose
    assertThrows(() => new AppSink(options as any), Error, message);
  const wrong: [unknown, string][] = [
    [{ pipeline: {}, name: "sink" }, "pipeline must be"],
    [{ pipeline, name: 5 }, "name must be"],
    [{ pipeline, name: "sink" }, '"sink" is not an appsink, but a fakesink'],
    [{ pipeline, name: "nosuch" }, 'No element is named "nosuch"'],
    [{ pipeline, name: "sink", every: 1 }, "every must be"],
    [{ pipeline, name: "sink", maxFrames: "1" }, "maxFrames must be a number"],
    [{ pipeline, name: "sink", maxFrames: 0 }, "maxFrames must be an integer"],
    [{ pipeline, name: "sink", maxFrames: 1.5 }, "maxFrames must be an integer"],
    [{ pipeline, name: "sink", maxFrames: NaN }, "maxFrames must be an integer"],
    [{ pipeline, name: "sink", maxFrames: 1e12 }, "maxFrames must be an integer"],
  ];
  for (const [options, message] of wrong) refused(options, message);
});
