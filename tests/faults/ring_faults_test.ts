/**
 * Ring buffers with bins that fail: the error names the element, and the live stream continues.
 */
import { assert, assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import { GstError, GstTimeoutError, Pipeline } from "../../mod.ts";
import "../../scripts/open_libraries.ts";
import { deadline } from "../../src/util/deadline.ts";
import { BOUND_SEC, recorderOf, runLive } from "../helpers/recording.ts";
import {
  APPSINK,
  assertContiguous,
  attach,
  ConvertingRing,
  errorsOf,
  pullTimes,
  ringClass,
} from "../helpers/ring.ts";
import { until } from "../helpers/wait.ts";
import { addRow } from "./table.ts";

/** Returns a pipeline's text: small NV12 video at the tee `t`, with an appsink named `probe` that keeps all frames. */
function stream(live: boolean): string {
  return `videotestsrc is-live=${live} ! ` +
    `capsfilter name=filter caps=video/x-raw,format=NV12,width=16,height=16,framerate=60/1 ! ` +
    `tee name=t t. ! appsink name=probe wait-on-eos=false sync=${!live}`;
}

/** Bins that cannot be attached, with the error's message. */
const BAD_BINS: [text: string, message: string][] = [
  ["", "cannot parse its bin: Cannot parse the pipeline: specified empty bin"],
  [`queue ! ! ${APPSINK}`, "cannot parse its bin: Cannot parse the pipeline: syntax error"],
  [`nosuchelement ! ${APPSINK}`, "cannot parse its bin: Missing element: nosuchelement"],
  [`queue nosuchproperty=1 ! ${APPSINK}`, 'no property "nosuchproperty"'],
  ["queue ! appsink name=other", "has no appsink named ringbuffer_appsink in its bin"],
  ["queue ! fakesink name=ringbuffer_appsink", "has no appsink named ringbuffer_appsink"],
  ["videotestsrc ! fakesink", "has no appsink named ringbuffer_appsink"],
  [`videotestsrc ! ${APPSINK}`, "has no unlinked sink pad in its bin"],
  [
    `capsfilter caps=video/x-raw,format=RGB ! ${APPSINK}`,
    "does not accept the caps of the tee: video/x-raw, format=(string)NV12",
  ],
  [`queue ! video/x-raw,format=RGB ! ${APPSINK}`, "does not accept the caps of the tee"],
  [`audioconvert ! ${APPSINK}`, "does not accept the caps of the tee"],
  [
    `tee name=x ! ${APPSINK} x. ! queue ! filesink async=false location=/nonexistent/file`,
    "does not start: /GstBin",
  ],
  [`tee name=x ! ${APPSINK} x. ! queue ! fakesink`, "did not start within 0.1 s"],
];

Deno.test("RingBuffer() rejects a bin that cannot be attached, and leaves nothing behind", async () => {
  await using pipeline = Pipeline.parse(stream(true));
  using messages = pipeline.bus.messages();
  await pipeline.play();
  await until("frames flow", () => pullTimes(pipeline, "probe").length > 0);
  const names = pipeline.elementNames();
  for (const [text, message] of BAD_BINS) {
    const start = performance.now();
    const error = assertThrows(
      () => attach(pipeline, { timeoutSec: 0.1 }, ringClass(text)),
      GstError,
      message,
    );
    assert(error.message.startsWith('The ring buffer at tee "t" '), error.message);
    assertEquals(error.message.split(error.hint ?? "\0").length <= 2, true, error.message);
    assert(performance.now() - start < 5000);
    assertEquals(pipeline.elementNames(), names);
    assertEquals(pipeline.element("t").getProperty("num-src-pads"), 1);
  }
  await until("frames flow", () => pullTimes(pipeline, "probe").length > 2);
  assertEquals(await errorsOf(pipeline, messages), []);
  assertEquals(pipeline.state, "playing");
  addRow(import.meta.url, {
    fault: "ring bins that cannot be attached",
    tries: BAD_BINS.length,
    outcome: "rejected with the reason, the stream continues",
    lost: "0 frames",
  });
});

Deno.test("RingBuffer() reports why a bin does not start", async () => {
  await using pipeline = Pipeline.parse(stream(true));
  const text = `tee name=x ! ${APPSINK} x. ! filesink async=false location=/nonexistent/file`;
  for (const state of ["null", "paused", "playing"] as const) {
    await pipeline.setState(state);
    const error = assertThrows(
      () => attach(pipeline, {}, ringClass(text)),
      GstError,
      "/nonexistent/file",
    );
    assertEquals(error.domain, "gst-resource-error-quark");
    assertInstanceOf(error.cause, GstError);
  }
  assertThrows(
    () => attach(pipeline, { timeoutSec: 0 }, ringClass(`tee name=x ! ${APPSINK} x. ! fakesink`)),
    GstTimeoutError,
    "async=false",
  );
});

Deno.test("RingBuffer() rejects an element that is not a tee, by name", async () => {
  await using pipeline = Pipeline.parse(stream(true));
  assertThrows(() => attach(pipeline, { teeName: "other" }), RangeError, 'named "other"');
  assertThrows(() => attach(pipeline, { teeName: "" }), RangeError, 'named ""');
  assertThrows(
    () => attach(pipeline, { teeName: "probe" }),
    GstError,
    'needs a tee; "probe" is a appsink',
  );
  await pipeline.close();
  assertThrows(() => attach(pipeline), GstError, "closed");
});

/** A bin that fails when data flows. */
interface LateFault {
  name: string;
  bin: string;
  /** Makes it fail, where the first frames do not. */
  provoke?: (pipeline: Pipeline) => void;
  message: string;
}

const LATE_FAULTS: LateFault[] = [
  {
    name: "cannot take the stream's caps",
    bin: `capsfilter caps=video/x-raw,format=RGB ! ${APPSINK}`,
    message: "accepts no more frames: not-negotiated",
  },
  {
    name: "cannot take the stream's caps behind a queue",
    bin: `queue ! videoconvert ! video/x-raw,width=999 ! ${APPSINK}`,
    message: "accepts no more frames: not-negotiated",
  },
  {
    name: "fails after some frames",
    bin: `identity name=bad error-after=10 ! ${APPSINK}`,
    message: "GstIdentity:bad: Failed after iterations as requested",
  },
  {
    name: "fails after some frames behind a queue",
    bin: `queue ! identity name=bad error-after=10 ! ${APPSINK}`,
    message: "GstIdentity:bad: Failed after iterations as requested",
  },
  {
    name: "cannot take a change of caps",
    bin: `capsfilter caps=video/x-raw,format=NV12 ! ${APPSINK}`,
    provoke: (pipeline) =>
      pipeline.element("filter").setProperty(
        "caps",
        "video/x-raw,format=RGB,width=16,framerate=60/1",
      ),
    message: "accepts no more frames: not-negotiated",
  },
];

for (const { name, bin, provoke, message } of LATE_FAULTS) {
  for (const live of [true, false]) {
    const kind = live ? "live" : "not live";
    Deno.test(`VideoRecorder detaches a ring's bin that ${name}, ${kind}`, async () => {
      await using pipeline = Pipeline.parse(stream(live));
      using messages = pipeline.bus.messages();
      const errors: GstError[] = [];
      const recorder = recorderOf(pipeline, "never.webm", {
        ringBufferClass: ringClass(bin),
        onError: (error) => errors.push(error),
      });
      await pipeline.play();
      const seen: number[] = [];
      await until("frames flow", () => seen.push(...pullTimes(pipeline, "probe")) > 3);
      provoke?.(pipeline);
      await until("the error is reported", () => errors.length > 0);
      const count = seen.length;
      await until("frames flow", () => seen.push(...pullTimes(pipeline, "probe")) > count + 10);
      assertEquals(errors.length, 1);
      assert(errors[0]!.message.includes(message), errors[0]!.message);
      assertEquals(recorder.state, "detached");
      assertEquals(pipeline.element("t").getProperty("num-src-pads"), 1);
      if (!live) assertContiguous(seen, 60);
      assertEquals(await errorsOf(pipeline, messages), []);
      assertEquals(await pipeline.stop(), true);
      addRow(import.meta.url, {
        fault: `a ring's bin ${name}, ${kind}`,
        tries: 1,
        outcome: "reported and detached from the tee, the stream continues",
        lost: "the frames in the ring",
      });
    });
  }
}

Deno.test("RingBuffer with elements of its own lets the stream end", async () => {
  await using app = await runLive(
    "videotestsrc is-live=true num-buffers=20 ! video/x-raw,width=64,height=48,framerate=30/1 " +
      "! tee name=t t. ! fakesink",
  );
  recorderOf(app.pipeline, "unused.webm", { ringBufferClass: ConvertingRing });
  await deadline(app.ended, BOUND_SEC, "The stream does not end");
});
