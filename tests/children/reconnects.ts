/**
 * A camera that fails again and again: each time its stream ends after some frames, or it does not connect.
 *
 *     deno run -A --v8-flags=--expose-gc reconnects.ts RECONNECTS ROUNDS FOLDER
 *
 * After each round it prints the process's resources as JSON. It needs the environment of leakTracer().
 *
 * @module
 */
import { Camera } from "../../mod.ts";
import { sleep } from "../../scripts/lib/sleep.ts";
import { liveObjectCounter } from "../helpers/live_objects.ts";
import { measureResources } from "../helpers/resources.ts";

const [reconnects, rounds] = Deno.args.slice(0, 2).map(Number) as [number, number];
const folder = Deno.args[2]!;
const PIPELINES = [
  "videotestsrc is-live=true num-buffers=5 ! video/x-raw,width=64,height=48,framerate=100/1 ! tee name=t ! fakesink",
  "filesrc location=/nowhere ! tee name=t ! fakesink",
  "rtspsrc location=rtsp://127.0.0.1:1/none ! application/x-rtp,media=video ! rtph264depay ! tee name=t ! fakesink",
  "nosuchelement ! tee name=t ! fakesink",
];

const liveObjects = liveObjectCounter();

/** Has a camera fail some times, and records whatever comes. */
async function round(): Promise<void> {
  let tries = 0;
  await using camera = new Camera({
    name: "bad",
    pipeline: () => PIPELINES[tries++ % PIPELINES.length]!,
    recorder: {
      windowSizeSec: 1,
      filenameGenerator: () => `${folder}/${crypto.randomUUID()}.webm`,
      clipRecords: false,
    },
  });
  for await (const { state } of camera.states()) {
    if (state === "offline" && tries >= reconnects) break;
    if (state === "offline") queueMicrotask(() => camera.retry());
    if (state === "live" && tries % 20 === 1) void camera.record().catch(() => {});
  }
}

for (let i = 0; i < rounds; i++) {
  await round();
  // Deno closes its threads after a while
  await sleep(0.1);
  console.log(JSON.stringify({ ...measureResources(), objects: liveObjects() }));
}
