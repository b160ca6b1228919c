/**
 * Attaching ring buffers to tees, and detaching them: the live stream is not affected.
 */
import { assert, assertAlmostEquals, assertEquals, assertLessOrEqual } from "@std/assert";
import { type Message, Pipeline, RingBuffer, Standalone } from "../../mod.ts";
import "../../scripts/open_libraries.ts";
import { FPS } from "../helpers/fps.ts";
import {
  APPSINK,
  assertContiguous,
  attach,
  attachOnce,
  ConvertingRing,
  drainTimes,
  ended,
  errorsOf,
  longestGap,
  nextTimes,
  probed,
  pullTimes,
  ringClass,
} from "../helpers/ring.ts";
import { until } from "../helpers/wait.ts";

const RING_CLASSES = [RingBuffer, ConvertingRing, ringClass(APPSINK)];

Deno.test("RingBuffer leaves no gap in the live stream when attached and detached", async () => {
  await using control = Pipeline.parse(probed(true));
  await using live = Pipeline.parse(probed(true));
  await using other = Pipeline.parse(probed(false));
  await Promise.all([control.play(), live.play(), other.play()]);
  for (let round = 0; round < 20; round++) {
    for (const ringBufferClass of RING_CLASSES) {
      await Promise.all([live, other].map((pipeline) => attachOnce(pipeline, ringBufferClass)));
    }
  }
  // a live source leaves out frames on a busy machine
  const gapWithout = longestGap(pullTimes(control, "probe"), FPS);
  const gap = longestGap(pullTimes(live, "probe"), FPS);
  console.log(`longest gap: ${gap} frames, without rings: ${gapWithout}`);
  assertLessOrEqual(gap, Math.max(2, gapWithout));
  const times = pullTimes(other, "probe");
  assertEquals(times[0], 0);
  assertContiguous(times, FPS);
});

Deno.test("RingBuffer attached before the start has the frames that a queue takes during preroll", async () => {
  let ring!: RingBuffer;
  await using _app = await Standalone.buildAndRun(
    `videotestsrc ! video/x-raw,framerate=${FPS}/1 ! tee name=t ! queue ! fakesink sync=true`,
    {
      background: true,
      beforeStart(pipeline) {
        ring = attach(pipeline);
      },
    },
  );
  const times = await nextTimes(ring, 5);
  assertEquals(times[0], 0);
  assertContiguous(times, FPS);
});

Deno.test("RingBuffer can be the only branch of a tee", async () => {
  await using pipeline = Pipeline.parse(
    `videotestsrc is-live=true ! video/x-raw,framerate=${FPS}/1 ! tee name=t`,
  );
  using messages = pipeline.bus.messages();
  const ring = attach(pipeline);
  await pipeline.play();
  await nextTimes(ring);
  ring.detach();
  for (const ringBufferClass of [...RING_CLASSES, ...RING_CLASSES]) {
    await attachOnce(pipeline, ringBufferClass);
    assertEquals(pipeline.element("t").getProperty("num-src-pads"), 0);
  }
  assertEquals(await errorsOf(pipeline, messages), []);
  assertEquals(pipeline.state, "playing");
});

Deno.test("RingBuffer does not affect other rings on its tee", async () => {
  await using pipeline = Pipeline.parse(probed(true));
  await pipeline.play();
  const first = attach(pipeline, { windowSec: 10 });
  const others = [...RING_CLASSES, ...RING_CLASSES].map((one) => attach(pipeline, {}, one));
  for (const ring of others) {
    await nextTimes(ring, 3);
    ring.detach();
  }
  const times = await nextTimes(first, 10);
  const seen = pullTimes(pipeline, "probe");
  const from = seen.indexOf(times[0]!);
  assertEquals(times.slice(0, seen.length - from), seen.slice(from, from + times.length));
  first.detach();
});

Deno.test("RingBuffer finds a tee in a bin, and one with an odd name", async () => {
  const name = "tee 1: ä%s/'x'";
  await using pipeline = Pipeline.parse(
    `videotestsrc is-live=true ! bin.( name=inner tee name="${name}" ! fakesink )`,
  );
  await pipeline.play();
  const names = pipeline.elementNames();
  const ring = attach(pipeline, { teeName: name });
  assert(ring.path.startsWith(`${pipeline.path}/GstBin:inner/`), ring.path);
  await nextTimes(ring, 3);
  ring.detach();
  assertEquals(pipeline.elementNames(), names);
});

/** Returns the messages of caps that change during an action, without those of elements that are gone by then. */
async function newCaps(pipeline: Pipeline, action: () => Promise<void>): Promise<Message[]> {
  const found: Message[] = [];
  using messages = pipeline.bus.messages();
  pipeline.watchProperties();
  await action();
  await pipeline.bus.flush();
  messages.end();
  for await (const message of messages) {
    const isCaps = message.type === "property-notify" && message.property === "caps";
    if (isCaps && message.source.startsWith(pipeline.path)) found.push(message);
  }
  return found;
}

Deno.test("RingBuffer does not renegotiate the live stream of a playing pipeline", async () => {
  for (const ringBufferClass of RING_CLASSES) {
    for (const format of ["NV12", "RGB", "GRAY8", "YUY2", "BGRA"]) {
      await using pipeline = Pipeline.parse(probed(true, `format=${format}`));
      await pipeline.play();
      await until("frames flow", () => pullTimes(pipeline, "probe").length > 0);
      const caps = pipeline.element("probe").caps("sink");
      let path = "";
      const changed = await newCaps(pipeline, async () => {
        const ring = attach(pipeline, {}, ringBufferClass);
        path = ring.path;
        await nextTimes(ring, 3);
        ring.detach();
        await until("frames flow", () => pullTimes(pipeline, "probe").length > 2);
      });
      assertEquals(changed.filter(({ source }) => !source.startsWith(path)), []);
      assertEquals(pipeline.element("probe").caps("sink"), caps);
    }
  }
});

Deno.test("RingBuffer on a stopped pipeline does not change the caps of its live stream", async () => {
  const text =
    "videotestsrc is-live=true ! videoconvert ! videoscale ! tee name=t t. ! fakesink name=sink";
  const wanting = ringClass(
    `videoconvert ! videoscale ! video/x-raw,format=GRAY8,width=100,height=50 ! ${APPSINK}`,
  );
  const found: (string | null)[] = [];
  for (const ringBufferClass of [undefined, RingBuffer, ConvertingRing, wanting]) {
    await using pipeline = Pipeline.parse(text);
    const ring = ringBufferClass && attach(pipeline, {}, ringBufferClass);
    await pipeline.play();
    await until("caps are there", () => pipeline.element("sink").caps("sink") !== null);
    if (ring) await nextTimes(ring);
    found.push(pipeline.element("sink").caps("sink"));
    ring?.detach();
  }
  assertEquals(new Set(found).size, 1, found.join("\n"));
});

Deno.test("RingBuffer lets EOS pass, and keeps the last frames", async () => {
  for (const ringBufferClass of RING_CLASSES) {
    for (const moment of ["null", "paused", "playing"] as const) {
      await using pipeline = Pipeline.parse(
        "videotestsrc num-buffers=20 ! video/x-raw,width=16,height=16,framerate=60/1 ! tee name=t " +
          "t. ! fakesink sync=true",
      );
      using messages = pipeline.bus.messages();
      await pipeline.setState(moment);
      const ring = attach(pipeline, {}, ringBufferClass);
      await pipeline.play();
      await ended(messages);
      assertEquals(ring.isEos, false, "it still has frames");
      const times = drainTimes(ring);
      assertContiguous(times, 60);
      assertAlmostEquals(times.at(-1)!, 19 / 60, 1e-6);
      assertEquals(ring.isEos, true);
      ring.detach();
    }
  }
});

Deno.test("RingBuffer lets the stream end when detached after all other branches have ended", async () => {
  await using pipeline = Pipeline.parse(
    "videotestsrc num-buffers=30 ! video/x-raw,width=16,height=16,framerate=60/1 ! tee name=t " +
      "t. ! fakesink",
  );
  using messages = pipeline.bus.messages();
  // its last frame waits in an element that lets nothing through
  const ring = attach(pipeline, {}, ringClass(`queue ! identity sleep-time=100000 ! ${APPSINK}`));
  await pipeline.play();
  await nextTimes(ring);
  ring.detach();
  await ended(messages);
});

Deno.test("RingBuffer lets the stream end when attached after EOS has passed the tee", async () => {
  for (const live of [true, false]) {
    for (const ringBufferClass of RING_CLASSES) {
      await using pipeline = Pipeline.parse(
        `videotestsrc is-live=${live} num-buffers=10 ! video/x-raw,framerate=60/1 ! tee name=t ` +
          "t. ! fakesink name=first silent=false " +
          "videotestsrc is-live=true ! fakesink name=other",
      );
      using messages = pipeline.bus.messages();
      await pipeline.play();
      const last = () => String(pipeline.element("first").getProperty("last-message"));
      await until("EOS has passed the tee", () => last().includes("type: eos"));
      const ring = attach(pipeline, {}, ringBufferClass);
      await until("the ring has EOS", () => ring.isEos);
      await pipeline.sendEos(); // for the other source
      await ended(messages);
      ring.detach();
    }
  }
});
