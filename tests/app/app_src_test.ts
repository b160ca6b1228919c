import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  AppSink,
  AppSrc,
  type AppSrcOptions,
  type FrameData,
  GstClosedError,
  GstError,
  Pipeline,
  Standalone,
} from "../../mod.ts";
import "../../scripts/open_libraries.ts";
import { FPS } from "../helpers/fps.ts";
import { range } from "../helpers/range.ts";
import { ended } from "../helpers/ring.ts";
import { runScript } from "../helpers/script.ts";
import { reached, until } from "../helpers/wait.ts";

const CAPS = `video/x-raw,format=GRAY8,width=8,height=4,framerate=${FPS}/1`;

/** A pipeline from an appsrc named `source` to an appsink named `frames`. */
const LOOP = "appsrc name=source ! appsink name=frames sync=false";

function sourceOf(pipeline: Pipeline, options: Partial<AppSrcOptions> = {}): AppSrc {
  return new AppSrc({ pipeline, name: "source", caps: CAPS, ...options });
}

/** Returns a frame of one shade of gray. */
function frame(gray: number): Uint8Array {
  return new Uint8Array(8 * 4).fill(gray);
}

/** Pushes frames of the grays 0, 1, 2 and so on, then EOS. */
async function pushAll(source: AppSrc, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    await source.push(frame(i), { ptsSec: i / FPS, durationSec: 1 / FPS });
  }
  await source.end();
}

function grays(frames: FrameData[]): number[] {
  return frames.map(({ bytes }) => bytes[0]!);
}

Deno.test("AppSrc.push() pushes bytes, times and flags", async () => {
  await using pipeline = Pipeline.parse(LOOP);
  const source = sourceOf(pipeline);
  const frames = Array.fromAsync(new AppSink({ pipeline, name: "frames", every: true }));
  const started = pipeline.play();
  await source.push(frame(7), { ptsSec: 1.5, durationSec: 0.25 });
  await source.push(frame(8), { ptsSec: 2, isKeyframe: false });
  await source.push(frame(9));
  await source.end();
  await started;
  const seen = (await frames).map(({ bytes, ptsSec, runningTimeSec, durationSec, isKeyframe }) => [
    ...[bytes.length, bytes[31], ptsSec, runningTimeSec, durationSec, isKeyframe],
  ]);
  assertEquals(seen, [
    [32, 7, 1.5, 1.5, 0.25, true],
    [32, 8, 2, 2, null, false],
    [32, 9, null, null, null, true],
  ]);
  assertEquals(source.pushed, 3);
});

Deno.test("AppSrc.push() copies the bytes before it resolves", async () => {
  await using pipeline = Pipeline.parse(LOOP);
  const source = sourceOf(pipeline);
  const frames = Array.fromAsync(new AppSink({ pipeline, name: "frames", every: true }));
  const started = pipeline.play();
  const bytes = frame(0);
  for (const gray of range(20)) await source.push(bytes.fill(gray), { ptsSec: gray });
  await source.end();
  await started;
  assertEquals(grays(await frames), range(20));
});

Deno.test("AppSrc.push() survives bytes that are detached or resized while it waits", async () => {
  const { code, signal, stdout, stderr } = await runScript(`
    import { AppSrc, Pipeline } from "./mod.ts";
    await using pipeline = Pipeline.parse("appsrc name=source ! fakesink");
    const source = new AppSrc({ pipeline, name: "source", caps: "${CAPS}" });
    const [gone, small, shared] = [
      new Uint8Array(32),
      new Uint8Array(new ArrayBuffer(32, { maxByteLength: 64 })),
      new Uint8Array(new SharedArrayBuffer(32)),
    ];
    const pushed = Promise.allSettled([gone, small, shared].map((bytes) => source.push(bytes)));
    structuredClone(gone.buffer, { transfer: [gone.buffer] });
    small.buffer.resize(5);
    await pipeline.play();
    for (const { status, reason } of await pushed) console.log(status, reason?.message ?? "");
  `);
  assertEquals([code, signal, stderr], [0, null, ""]);
  const refused = "rejected bytes must keep their length\n";
  assertEquals(stdout, `${refused}${refused}fulfilled \n`);
});

Deno.test("AppSrc.push() rejects for a picture of another size", async () => {
  await using pipeline = Pipeline.parse("appsrc name=source ! appsink name=frames sync=false");
  const source = sourceOf(pipeline, { caps: CAPS.replace("width=8", "width=9") });
  const started = pipeline.pause();
  for (const size of [9, 9 * 4, 9 * 4 + 13]) {
    const call = () => source.push(new Uint8Array(size));
    await assertRejects(call, RangeError, `bytes must be 48 bytes for these caps, got ${size}`);
  }
  await source.push(new Uint8Array(12 * 4), { ptsSec: 0 });
  await started;
  assertEquals(source.pushed, 1);
});

Deno.test("AppSrc.push() waits for room, and keeps the order of the calls", async () => {
  await using pipeline = Pipeline.parse("appsrc name=source ! appsink name=frames");
  const source = sourceOf(pipeline, { maxFrames: 2 });
  const sink = new AppSink({ pipeline, name: "frames", every: true, maxFrames: 1 });
  const calls = range(20).map((i) => source.push(frame(i), { ptsSec: i / 100 }));
  const finished = Promise.all([...calls, source.end()]);
  await pipeline.play();
  const frames: FrameData[] = [];
  for await (const one of sink) {
    assert(source.waiting <= 2, `${source.waiting} wait`);
    // the appsink and the streaming thread hold a frame each
    assert(source.pushed <= frames.length + 5, `${source.pushed} after ${frames.length}`);
    frames.push(one);
  }
  assertEquals(grays(frames), range(20));
  await finished;
});

Deno.test("AppSrc.ready() resolves when there is room", async () => {
  await using pipeline = Pipeline.parse("appsrc name=source ! fakesink");
  const source = sourceOf(pipeline, { maxFrames: 3 });
  assertEquals(source.hasRoom, false); // it is not started
  let isReady = false;
  const ready = source.ready().then(() => isReady = true);
  const paused = pipeline.pause();
  await ready;
  // one frame prerolls the sink, three wait
  for (const i of range(4)) await source.push(frame(i), { ptsSec: i });
  await until("the sink has its frame", () => source.waiting === 3);
  await paused;
  assertEquals([isReady, source.hasRoom], [true, false]);
  const next = source.ready();
  await pipeline.play();
  await next;
});

Deno.test("AppSrc with live: true gives frames the time at which they are pushed", async () => {
  let source!: AppSrc;
  let first!: Promise<void>;
  const app = await Standalone.buildAndRun("appsrc name=source ! appsink name=frames", {
    background: true,
    startTimeoutSec: 5,
    beforeStart(pipeline) {
      source = sourceOf(pipeline, { live: true });
      first = source.push(frame(0));
    },
  });
  const { pipeline } = app;
  await first;
  assertEquals(pipeline.isLive, true);
  const sink = new AppSink({ pipeline, name: "frames", every: true });
  assertEquals(grays([(await sink.next()).value!]), [0]);
  await reached(pipeline, 0.1);
  const before = pipeline.runningTimeSec!;
  await source.push(frame(1));
  const { runningTimeSec } = (await sink.next()).value!;
  assert(before <= runningTimeSec! && runningTimeSec! <= pipeline.runningTimeSec!);
  const ptsSec = runningTimeSec! + 0.125;
  await source.push(frame(2), { ptsSec });
  assertEquals((await sink.next()).value!.runningTimeSec, Math.round(ptsSec * 1e9) / 1e9);
  await source.end();
  await app.ended;
});

Deno.test("AppSrc.push() accepts the frames of AppSink", async () => {
  await using first = Pipeline.parse(
    `videotestsrc num-buffers=30 ! ${CAPS} ! appsink name=frames sync=false`,
  );
  await using second = Pipeline.parse(
    "appsrc name=source ! videoconvert ! vp8enc deadline=1 ! appsink name=frames sync=false",
  );
  const source = sourceOf(second);
  const out = new AppSink({ pipeline: second, name: "frames", every: true });
  const pass = async () => {
    for await (const one of new AppSink({ pipeline: first, name: "frames", every: true })) {
      await source.push(one.bytes, one);
    }
    await source.end();
  };
  const passed = pass();
  const played = Promise.all([first.play(), second.play()]);
  const times = (await Array.fromAsync(out)).map(({ runningTimeSec }) =>
    Math.round(runningTimeSec! * FPS)
  );
  assertEquals(times, range(30));
  await Promise.all([passed, played]);
});

Deno.test("AppSrc.push() pushes a stream of bytes without caps", async () => {
  await using pipeline = Pipeline.parse("appsrc name=source ! pngdec ! appsink name=frames");
  await using encoder = Pipeline.parse(
    `videotestsrc num-buffers=1 ! ${CAPS} ! pngenc ! appsink name=frames`,
  );
  const png = new AppSink({ pipeline: encoder, name: "frames" });
  await encoder.play();
  const { bytes } = (await png.next()).value!;
  const source = new AppSrc({ pipeline, name: "source" });
  const sink = new AppSink({ pipeline, name: "frames", every: true });
  const played = pipeline.play();
  const half = bytes.length >> 1;
  await source.push(bytes.subarray(0, half));
  await source.push(bytes.subarray(half));
  await source.end();
  assertEquals((await Array.fromAsync(sink)).map(({ video }) => video?.width), [8]);
  await played;
});

Deno.test("AppSrc.end() ends the stream once, and later pushes reject", async () => {
  await using pipeline = Pipeline.parse("appsrc name=source ! fakesink");
  const messages = pipeline.bus.messages();
  const source = sourceOf(pipeline);
  const pushed = pushAll(source, 40);
  await pipeline.play();
  await pushed;
  await ended(messages);
  await source.end();
  for (const call of [() => source.push(frame(1)), () => source.ready()]) {
    await assertRejects(call, GstClosedError, 'The stream of appsrc "source" has ended');
  }
  assertEquals([source.pushed, source.hasRoom], [40, false]);
});

Deno.test("AppSrc.push() rejects with the error of an element", async () => {
  await using pipeline = Pipeline.parse(
    "appsrc name=source ! identity error-after=3 ! fakesink",
  );
  const source = sourceOf(pipeline);
  const failure = assertRejects(() => pushAll(source, 1000), GstError, "Failed after iterations");
  await pipeline.play().catch(() => {});
  await failure;
});

Deno.test("AppSrc rejects if the pipeline is stopped or closed", async () => {
  for (const way of ["stop", "close"] as const) {
    await using pipeline = Pipeline.parse("appsrc name=source ! fakesink sync=true");
    const source = sourceOf(pipeline);
    const loop = async () => {
      for (let i = 0;; i++) await source.push(frame(i), { ptsSec: i / FPS });
    };
    const failure = assertRejects(loop, GstClosedError);
    await pipeline.play();
    await reached(pipeline, 0.1);
    await pipeline[way]();
    await failure;
    await assertRejects(() => source.push(frame(1)), GstClosedError);
    await assertRejects(() => source.end(), GstClosedError);
    assertEquals([source.waiting, source.hasRoom], [0, false]);
  }
});

Deno.test("AppSrc rejects if a pipeline is closed that was not started", async () => {
  await using pipeline = Pipeline.parse("appsrc name=source ! fakesink");
  const source = sourceOf(pipeline);
  const calls = [source.ready(), source.push(frame(1)), source.end()];
  const failures = Promise.all(calls.map((call) => assertRejects(() => call, GstClosedError)));
  await pipeline.close();
  await failures;
  assertThrows(() => sourceOf(pipeline), GstClosedError);
});

Deno.test("AppSrc() throws for wrong options, with their names, and releases the appsrc", async () => {
  await using pipeline = Pipeline.parse("appsrc name=source ! fakesink name=sink");
  const refused = (options: unknown, message: string) =>
    // deno-lint-ignore no-explicit-any -- wrong on purpose
    assertThrows(() => new AppSrc({ pipeline, name: "source", ...options as any }), Error, message);
  refused({ pipeline: null }, "pipeline must be");
  refused({ name: undefined }, "name must be");
  refused({ name: "sink" }, '"sink" is not an appsrc, but a fakesink');
  refused({ caps: 5 }, "caps must be");
  refused({ caps: "video/x-raw,width=" }, '"caps" of source does not take "video/x-raw,width="');
  for (const caps of ["ANY", "NONE", "video/x-raw,width=[1,5]"]) {
    refused({ caps }, "caps must be fixed");
  }
  refused({ live: "yes" }, "live must be");
  refused({ maxFrames: -1 }, "maxFrames must be");
  sourceOf(pipeline);
  refused({}, 'appsrc "source" is already in use');
});

Deno.test("AppSrc.push() rejects for wrong arguments, with their names", async () => {
  await using pipeline = Pipeline.parse("appsrc name=source ! fakesink");
  const source = sourceOf(pipeline);
  const wrong: [unknown, unknown, string][] = [
    ["text", {}, "bytes must be"],
    [new Uint16Array(5), {}, "bytes must be"],
    [new ArrayBuffer(5), {}, "bytes must be"],
    [new Uint8Array(), {}, "bytes must not be empty"],
    [frame(1), { ptsSec: "1" }, "ptsSec must be a number"],
    [frame(1), { ptsSec: -1 }, "ptsSec must be 0 or more"],
    [frame(1), { ptsSec: NaN }, "ptsSec must be 0 or more"],
    [frame(1), { durationSec: Infinity }, "durationSec must be at most"],
    [frame(1), { isKeyframe: 1 }, "isKeyframe must be"],
  ];
  for (const [bytes, options, message] of wrong) {
    // deno-lint-ignore no-explicit-any -- wrong on purpose
    await assertRejects(() => source.push(bytes as any, options as any), Error, message);
  }
  assertEquals(source.pushed, 0);
});

Deno.test("AppSrc.push() copies the real length of its bytes, whatever property they have", async () => {
  await using pipeline = Pipeline.parse(LOOP);
  const source = sourceOf(pipeline);
  const long = Object.defineProperty(frame(1), "length", { value: 1e9 });
  Object.defineProperty(long, "byteLength", { value: 1e9 });
  const started = pipeline.play();
  const frames = Array.fromAsync(new AppSink({ pipeline, name: "frames", every: true }));
  await source.push(long, { ptsSec: 0 });
  const fake = Object.defineProperty(Object.create(Uint8Array.prototype), "length", { value: 32 });
  await assertRejects(() => source.push(fake), TypeError);
  await source.end();
  await started;
  assertEquals((await frames).map(({ bytes }) => bytes.length), [frame(1).length]);
});

Deno.test("AppSrc refuses to become live once the pipeline has started", async () => {
  await using pipeline = Pipeline.parse("appsrc name=source ! fakesink async=false");
  await pipeline.play();
  const error = assertThrows(() => sourceOf(pipeline, { live: true }), GstError);
  assertEquals(error.message.includes("once the pipeline has started"), true, error.message);
  sourceOf(pipeline, { live: false });
});
