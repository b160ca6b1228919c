/**
 * Attaches good and bad rings to a live and a non-live pipeline, drains and detaches them, and collects garbage all the
 * time; shuts GStreamer down, so that its leak tracer lists the objects that are alive. Prints the number of frames.
 *
 *     deno run -A --v8-flags=--expose-gc many_rings.ts ROUNDS
 *
 * @module
 */
import { gst } from "../../ffi/gst.ts";
import { Pipeline, RingBuffer, VideoRecorder } from "../../mod.ts";
import { sleep } from "../../scripts/lib/sleep.ts";
import { APPSINK, attach, ringClass } from "../helpers/ring.ts";

const rounds = Number(Deno.args[0]);
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

function attachBin(pipeline: Pipeline, text: string, teeName = "t"): RingBuffer {
  const options = { teeName, windowSec: 0.5, timeoutSec: 0.01 };
  const ring = attach(pipeline, options, ringClass(text));
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
    await sleep(0);
  }
}

function mustFail(pipeline: Pipeline, text: string, teeName?: string): void {
  try {
    attachBin(pipeline, text, teeName);
  } catch {
    return;
  }
  throw new Error(`Attached a bad ring: ${text}`);
}

/** Attaches a ring that fails after some frames, and waits until its recorder has noticed. */
async function failLate(pipeline: Pipeline): Promise<void> {
  await new Promise((resolve) =>
    new VideoRecorder({
      pipeline,
      srcTeeName: "t",
      windowSizeSec: 1,
      filenameGenerator: () => "never.webm",
      ringBufferClass: ringClass(`identity error-after=2 ! ${APPSINK}`),
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
  const early = attachBin(pipeline, RingBuffer.binString);
  await pipeline.play();
  for (let round = 0; round < rounds; round++) {
    for (const text of GOOD) {
      const ring = attachBin(pipeline, text);
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
