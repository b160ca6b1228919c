/**
 * Attaches rings, good and bad, to a live and another pipeline, drains and detaches them, with garbage collected all the
 * while; lets GStreamer go at the end, so that its leak tracer lists what is left. Prints the number of frames drained.
 *
 *     deno run -A --v8-flags=--expose-gc many_rings.ts ROUNDS
 *
 * @module
 */
import { gst } from "../../ffi/gst.ts";
import { Pipeline, RingBuffer, VideoRecorder } from "../../mod.ts";

const rounds = Number(Deno.args[0]);
const APPSINK = "appsink name=ringbuffer_appsink";
const GOOD = [
  RingBuffer.binString,
  `queue ! videoconvert ! capsfilter caps=video/x-raw,format=GRAY8 ! ${APPSINK}`,
  `identity ! ${APPSINK}`,
];
const BAD = [
  `nosuchelement ! ${APPSINK}`,
  "queue ! appsink",
  "queue ! fakesink name=ringbuffer_appsink",
  `videotestsrc ! ${APPSINK}`,
  `capsfilter caps=video/x-raw,format=RGB ! ${APPSINK}`,
  `tee name=x ! ${APPSINK} x. ! queue ! filesink async=false location=/nonexistent/file`,
  `tee name=x ! ${APPSINK} x. ! queue ! fakesink`,
];

const { gc } = globalThis as { gc?: () => void };
let frames = 0;

function attach(pipeline: Pipeline, text: string, teeName = "t"): RingBuffer {
  class Ring extends RingBuffer {
    static override readonly binString = text;
  }
  const ring = new Ring({ pipeline, teeName, windowSec: 0.5, timeoutSec: 0.01 });
  gc?.();
  return ring;
}

async function drain(ring: RingBuffer): Promise<void> {
  for (let taken = 0; taken < 2;) {
    gc?.();
    for (const frame of ring.drain()) {
      frame.release();
      taken++;
      frames++;
    }
    await new Promise((resolve) => setTimeout(resolve));
  }
}

function mustFail(pipeline: Pipeline, text: string, teeName?: string): void {
  try {
    attach(pipeline, text, teeName);
  } catch {
    return;
  }
  throw new Error(`This should not have worked: ${text}`);
}

/** A ring that fails when frames come, found by its recorder. */
async function failLate(pipeline: Pipeline): Promise<void> {
  class Failing extends RingBuffer {
    static override readonly binString = `identity error-after=2 ! ${APPSINK}`;
  }
  await new Promise((resolve) =>
    new VideoRecorder({
      pipeline,
      srcTeeName: "t",
      windowSizeSec: 1,
      filenameGenerator: () => "never.webm",
      ringBufferClass: Failing,
      onError: resolve,
    })
  );
}

for (const live of [true, false]) {
  const pipeline = Pipeline.parse(
    `videotestsrc is-live=${live} ! video/x-raw,format=NV12,width=64,height=48,framerate=60/1 ! ` +
      "tee name=t t. ! fakesink sync=true",
  );
  const errors = pipeline.bus.messages();
  const early = attach(pipeline, RingBuffer.binString);
  await pipeline.play();
  for (let round = 0; round < rounds; round++) {
    for (const text of GOOD) {
      const ring = attach(pipeline, text);
      await drain(ring);
      ring.detach();
    }
    for (const text of BAD) mustFail(pipeline, text);
    mustFail(pipeline, RingBuffer.binString, "none");
    if (round % 10 === 0) await failLate(pipeline);
  }
  await drain(early);
  early.detach();
  errors.return();
  await pipeline.close();
}
console.log(frames);
gc?.();
gst().gst_deinit();
