/**
 * Plays a file of encoded video at 500 frames per second with a ring, or without one where WINDOW is 0; prints the
 * process's memory and the ring's statistics, as JSON.
 *
 *     deno run -A --v8-flags=--expose-gc ring_memory.ts FILE WINDOW
 *
 * @module
 */
import { Pipeline, RingBuffer, VideoRecorder } from "../../mod.ts";
import { measureResources } from "../helpers/resources.ts";

class FastRing extends RingBuffer {
  static override readonly binString: string = "appsink name=ringbuffer_appsink sync=false";
}

const [file, windowSizeSec] = [Deno.args[0]!, Number(Deno.args[1])];
await using pipeline = Pipeline.parse(
  `filesrc location="${file}" ! matroskademux ! h264parse ! identity sleep-time=2000 ! tee name=t ` +
    "t. ! fakesink sync=false",
);
const recorder = windowSizeSec === 0 ? undefined : new VideoRecorder({
  pipeline,
  srcTeeName: "t",
  windowSizeSec,
  ringBufferClass: FastRing,
  filenameGenerator: () => "",
});
using messages = pipeline.bus.messages();
await pipeline.play();
// drains the ring about as often, in stream time, as a recorder polls the ring of a camera
const polls = setInterval(() => recorder?.stats(), 50);
for await (const { type } of messages) if (type === "eos") break;
clearInterval(polls);
const stats = recorder?.stats();
console.log(JSON.stringify({ kib: measureResources().kib, ...stats }));
await pipeline.stop();
