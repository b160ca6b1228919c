/**
 * Plays a file of encoded video, 500 frames a second, with a ring at it or without; prints the memory of the process, and
 * what the ring holds: `ring_memory.ts FILE WINDOW`, without a ring where the window is 0.
 *
 *     deno run -A --v8-flags=--expose-gc ring_memory.ts stream.mkv 60
 *
 * @module
 */
import { Pipeline, RingBuffer, VideoRecorder } from "../../mod.ts";

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
// a look at a camera's ring comes about as often
const looks = setInterval(() => recorder?.stats(), 50);
for await (const { type } of messages) if (type === "eos") break;
clearInterval(looks);
const stats = recorder?.stats();
(globalThis as { gc?: () => void }).gc?.();
const [, kib] = Deno.readTextFileSync("/proc/self/status").match(/VmRSS:\s+(\d+)/)!;
console.log(JSON.stringify({ kib: Number(kib), ...stats }));
await pipeline.stop();
