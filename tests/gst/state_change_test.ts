import {
  assertEquals,
  assertInstanceOf,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { GstError, GstTimeoutError, Pipeline, type State } from "../../mod.ts";
import "../../scripts/open_libraries.ts";

Deno.test("Pipeline.setState() resolves when the state is reached", async () => {
  await using pipeline = Pipeline.parse("videotestsrc ! fakesink sync=true");
  await pipeline.play();
  assertEquals(pipeline.state, "playing");
  await pipeline.pause();
  assertEquals(pipeline.state, "paused");
  await pipeline.setState("ready");
  assertEquals(pipeline.state, "ready");
  await pipeline.play();
  assertEquals(await pipeline.stop(), true);
  assertEquals(pipeline.state, "null");
});

Deno.test("Pipeline.isLive is true with a live source", async () => {
  for (const isLive of [true, false]) {
    for (const state of ["paused", "playing"] as const) {
      await using pipeline = Pipeline.parse(`videotestsrc is-live=${isLive} ! fakesink sync=true`);
      await pipeline.setState(state);
      assertEquals(pipeline.isLive, isLive);
    }
  }
});

Deno.test("Pipeline.setState() rejects for invalid states and times", async () => {
  await using pipeline = Pipeline.parse("fakesrc ! fakesink");
  for (const state of ["PLAYING", "", "constructor", undefined, 4]) {
    await assertRejects(
      () => pipeline.setState(state as State),
      RangeError,
      "state must be one of",
    );
  }
  await assertRejects(() => pipeline.play({ timeoutSec: -1 }), RangeError, "timeoutSec");
  await assertRejects(() => pipeline.play({ timeoutSec: NaN }), RangeError, "timeoutSec");
  await assertRejects(() => pipeline.stop({ timeoutSec: "1" as never }), TypeError, "timeoutSec");
  assertEquals(pipeline.state, "null");
});

Deno.test("Pipeline.setState() may be called during another call", async () => {
  await using pipeline = Pipeline.parse("videotestsrc ! fakesink sync=true");
  await Promise.all([pipeline.play(), pipeline.play(), pipeline.play()]);
  assertEquals(pipeline.state, "playing");
  const states = ["paused", "null", "playing", "ready", "paused", "playing"] as const;
  await Promise.allSettled(states.map((state) => pipeline.setState(state)));
  assertEquals(pipeline.state, "playing");
});

/** Pipelines that cannot play, with the parts of their errors. */
const START_ERRORS: [text: string, element: RegExp, domain: string, message: string][] = [
  [
    "filesrc location=/nonexistent/film ! fakesink",
    /GstFileSrc:filesrc\d+$/,
    "gst-resource-error-quark",
    "Resource not found",
  ],
  [
    "playbin uri=file:///nonexistent/film", // removes the source when that has failed
    /^\/GstPlayBin:playbin\d+\/GstURIDecodeBin:uridecodebin\d+\/GstFileSrc:source$/,
    "gst-resource-error-quark",
    "Resource not found",
  ],
  [
    "videotestsrc ! filesink location=/nonexistent/film",
    /GstFileSink:filesink\d+$/,
    "gst-resource-error-quark",
    'Could not open file "/nonexistent/film"',
  ],
  [
    "filesrc location=/proc/self/exe ! qtdemux ! fakesink",
    /GstQTDemux:qtdemux\d+$/,
    "gst-stream-error-quark",
    "qtdemux",
  ],
  [
    "fakesrc ! x264enc ! fakesink",
    /GstX264Enc:x264enc\d+$/,
    "gst-core-error-quark",
    "negotiation problem",
  ],
  [
    "fakesrc ! videoconvert ! fakesink",
    /GstFakeSrc:fakesrc\d+$/,
    "gst-stream-error-quark",
    "put videoconvert, videoscale or audioconvert between them",
  ],
  [
    "fakesrc ! fakesink state-error=null-to-ready",
    /GstFakeSink:fakesink\d+$/,
    "gst-core-error-quark",
    "state change failed",
  ],
  [
    "fakesrc ! fakesink state-error=paused-to-playing",
    /GstFakeSink:fakesink\d+$/,
    "gst-core-error-quark",
    "state change failed",
  ],
];

for (const [text, element, domain, message] of START_ERRORS) {
  Deno.test(`Pipeline.play() rejects for ${text}`, async () => {
    await using pipeline = Pipeline.parse(text);
    const error = await assertRejects(() => pipeline.play(), GstError, message);
    assertMatch(error.path!, element);
    assertStringIncludes(error.message, error.path!);
    assertEquals([error.domain, typeof error.code], [domain, "number"]);
    assertMatch(error.debug!, /\.c\(\d+\): /);
    await pipeline.stop();
    assertEquals(pipeline.state, "null");
  });
}

Deno.test("Pipeline.play() rejects after the timeout, and the pipeline can be stopped", async () => {
  await using pipeline = Pipeline.parse("appsrc ! fakesink");
  const error = await assertRejects(
    () => pipeline.play({ timeoutSec: 0.05 }),
    GstTimeoutError,
    "did not reach playing within 0.05 s",
  );
  assertInstanceOf(error, GstError);
  await pipeline.stop();
  assertEquals(pipeline.state, "null");
});

Deno.test("Pipeline.play() accepts timeouts that are longer than a timer's", async () => {
  for (const timeoutSec of [1e9, Infinity]) {
    await using pipeline = Pipeline.parse("videotestsrc ! fakesink sync=true");
    await pipeline.play({ timeoutSec });
  }
});

Deno.test("Pipeline.play() starts the pipeline again after stop()", async () => {
  await using pipeline = Pipeline.parse("videotestsrc num-buffers=20 ! fakesink");
  for (let run = 0; run < 3; run++) {
    const messages = pipeline.bus.messages();
    await pipeline.play();
    for await (const message of messages) if (message.type === "eos") break;
    assertEquals(await pipeline.stop(), true);
  }
});
