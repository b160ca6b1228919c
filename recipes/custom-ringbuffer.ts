#!/usr/bin/env -S deno run -A
/**
 * Records with a custom ring buffer bin: frames of a file, decoded into GPU memory where there is a GPU decoder, are
 * converted on their way into the ring. The clips have the times of those in single-recorder.ts.
 *
 *     deno run -A recipes/custom-ringbuffer.ts [--out=FOLDER]
 *
 * @module
 */
import { hasElement, RingBuffer, Standalone, VideoRecorder } from "../mod.ts";
import { clipFolder, probe, requireFfprobe, sampleVideo, sleep } from "./lib.ts";

const converter = hasElement("nvvideoconvert") ? "nvvideoconvert" : "videoconvert";

class GPU2CPURingBuffer extends RingBuffer {
  static override readonly binString = `
    queue
      name=ringbuffer_input_queue
    ! ${converter}
    ! capsfilter
      name=ringbuffer_input_capsfilter
      caps=video/x-raw,format=I420
    ! appsink
      name=ringbuffer_appsink
  `;
}

await requireFfprobe();
const folder = await clipFolder();
await using app = await Standalone.buildAndRun(
  `
  filesrc
    location=${await sampleVideo()}
  ! decodebin
  ! tee
    name=t1
  t1.
  ! queue
  ! ${converter}
  ! fakesink
    sync=true
  `,
  { background: true },
);
const recorder = new VideoRecorder({
  pipeline: app.pipeline,
  srcTeeName: "t1",
  filenameGenerator: () => `${folder}/${crypto.randomUUID()}.webm`,
  timeoutSec: 0.1,
  windowSizeSec: 2,
  ringBufferClass: GPU2CPURingBuffer,
});

await sleep(3);
await recorder.record(); // starts at 3 - 2 = 1
await sleep(1);
await recorder.record(); // extends the same clip by one second
await sleep(2 + 2 + 1); // until after its end
const recording = await recorder.record();
await recording.finished;

await probe(folder);
