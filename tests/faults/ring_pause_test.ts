/**
 * Ring buffers in pipelines that are paused and resumed.
 */
import { assertEquals } from "@std/assert";
import { Pipeline, RingBuffer, type RingBufferOptions } from "../../mod.ts";
import "../../scripts/open_libraries.ts";
import { recorderOf } from "../helpers/recording.ts";
import {
  APPSINK,
  assertContiguous,
  ConvertingRing,
  nextTimes,
  ringClass,
} from "../helpers/ring.ts";
import { addRow } from "./table.ts";

const FPS = 60;
const SIZE = `video/x-raw,width=16,height=16,framerate=${FPS}/1`;

/** Pipelines that are paced by nothing, by a sink, by the source, and one with a branch that needs many frames to preroll. */
const PIPELINES = {
  unpaced: `videotestsrc ! ${SIZE} ! tee name=t t. ! fakesink`,
  paced: `videotestsrc ! ${SIZE} ! tee name=t t. ! queue ! fakesink sync=true`,
  live: `videotestsrc is-live=true ! ${SIZE} ! tee name=t t. ! fakesink`,
  encoding: `videotestsrc ! ${SIZE} ! tee name=t ` +
    "t. ! vp8enc lag-in-frames=25 deadline=1 cpu-used=16 ! matroskamux ! fakesink",
};

/** Makes a ring class that collects its rings; `text` is its bin where that is not the default one. */
function spying(text?: string): [typeof RingBuffer, RingBuffer[]] {
  const rings: RingBuffer[] = [];
  const base = text === undefined ? RingBuffer : ringClass(text);
  class Spy extends base {
    constructor(options: RingBufferOptions) {
      super(options);
      rings.push(this);
    }
  }
  return [Spy, rings];
}

/** Pauses and resumes a pipeline with a recorder several times. */
async function checkPauses(text: string, binString: string | undefined, attachFirst: boolean) {
  await using pipeline = Pipeline.parse(text);
  const [ringBufferClass, rings] = spying(binString);
  const attach = () => recorderOf(pipeline, "never.webm", { ringBufferClass, windowSizeSec: 20 });
  if (attachFirst) attach();
  // a pipeline that nothing paces would be far ahead if it played before
  await pipeline.pause();
  if (!attachFirst) attach();
  await pipeline.play();
  const times: number[] = [];
  for (let round = 0; round < 5; round++) {
    times.push(...await nextTimes(rings[0]!, 3));
    await pipeline.pause({ timeoutSec: 10 });
    await pipeline.play({ timeoutSec: 10 });
  }
  times.push(...await nextTimes(rings[0]!, 3));
  if (!pipeline.isLive) assertContiguous(times, FPS);
  assertEquals(times, times.toSorted((a, b) => a - b));
}

for (const [name, text] of Object.entries(PIPELINES)) {
  Deno.test(`RingBuffer continues after a pause of a pipeline that is ${name}`, async () => {
    for (const binString of [undefined, ConvertingRing.binString, APPSINK]) {
      await checkPauses(text, binString, true);
      await checkPauses(text, binString, false);
    }
    addRow(import.meta.url, {
      fault: `pause and resume of a pipeline that is ${name}`,
      tries: 30,
      outcome: "the ring continues",
      lost: "0 frames",
    });
  });
}
