/**
 * Records for a long time from streams that flow much faster than the clock.
 *
 *     deno run -A --v8-flags=--expose-gc soak.ts FOLDER SECONDS ROUND_SECONDS
 *
 * Each round runs a pipeline with 16 recorders of raw and of encoded video, which come and go, record all the time and
 * have their clips removed. After each round, when everything is closed, it prints the process's resources as JSON. It
 * needs the environment of leakTracer().
 *
 * @module
 */
import { Pipeline, RetentionPolicy, RingBuffer, Standalone, VideoRecorder } from "../../mod.ts";
import { sleep } from "../../scripts/lib/sleep.ts";
import { FPS } from "../helpers/fps.ts";
import { liveObjectCounter } from "../helpers/live_objects.ts";
import { recordClip } from "../helpers/recording.ts";
import { measureResources } from "../helpers/resources.ts";

const folder = Deno.args[0]!;
const [seconds, roundSeconds] = Deno.args.slice(1).map(Number) as [number, number];
const RECORDERS = 16;
/** It has a frame every 1.1 ms or so. */
const PIPELINE = `
  videotestsrc pattern=ball
  ! video/x-raw,format=I420,width=64,height=48,framerate=${FPS}/1
  ! identity sleep-time=1000
  ! tee name=raw
  raw. ! queue ! fakesink
  raw. ! queue ! x264enc speed-preset=ultrafast tune=zerolatency key-int-max=${FPS} ! h264parse
  ! tee name=h264
  h264. ! fakesink name=end
`;
const CLIP_EXTENSIONS = [".mp4", ".mkv", ".ts", ".mov"];

/** A ring that takes frames as fast as they arrive. */
class FastRing extends RingBuffer {
  static override readonly binString: string = "appsink name=ringbuffer_appsink sync=false";
}

const liveObjects = liveObjectCounter();
const policy = new RetentionPolicy({ directory: folder, maxFiles: 20 });
const total = { clips: 0, frames: 0, dropped: 0, failed: 0, streamSec: 0 };

/** Makes a recorder; every fourth one records raw video and encodes it. */
function newRecorder(app: Standalone, index: number): VideoRecorder {
  const isRaw = index % 4 === 0;
  const extension = isRaw ? ".webm" : CLIP_EXTENSIONS[index % CLIP_EXTENSIONS.length];
  return new VideoRecorder({
    pipeline: app.pipeline,
    srcTeeName: isRaw ? "raw" : "h264",
    ringBufferClass: FastRing,
    windowSizeSec: 10,
    filenameGenerator: () => `${folder}/${crypto.randomUUID()}${extension}`,
    onWarning: () => {},
  });
}

/** Records one clip after another, with a new recorder after every tenth. */
async function keepRecording(app: Standalone, index: number, untilMs: number): Promise<void> {
  let recorder = newRecorder(app, index);
  for (let clip = 1; performance.now() < untilMs; clip++) {
    try {
      const call = { beforeSec: 2, afterSec: 2, maxDelaySec: 5 };
      const { frames, dropped, duration } = await recordClip(recorder, call);
      if (frames + dropped !== Math.round(duration * FPS)) {
        throw new Error("A frame is not counted");
      }
      total.clips++;
      total.frames += frames;
      total.dropped += dropped;
    } catch (error) {
      total.failed++;
      console.error(error);
    }
    await policy.apply();
    await sleep(0.1 * Math.random());
    if (clip % 10 !== 0) continue;
    await recorder.close();
    recorder = newRecorder(app, index);
  }
  await recorder.close();
}

async function runRound(): Promise<void> {
  await using app = await Standalone.buildAndRun(PIPELINE, { background: true });
  const { pipeline } = app;
  // the stream is ahead of the clock: take its position for the running time
  Object.defineProperty(pipeline, "runningTimeNs", {
    get: () => BigInt(Math.round((pipeline.positionSec ?? 0) * 1e9)),
  });
  const untilMs = performance.now() + roundSeconds * 1000;
  await Promise.all(
    Array.from({ length: RECORDERS }, (_, index) => keepRecording(app, index, untilMs)),
  );
  total.streamSec += pipeline.positionSec ?? 0;
}

/** Measures the process between rounds. */
async function measure() {
  // Deno closes its threads after a while, and their work may be under way
  await sleep(0.1);
  return { ...measureResources(), objects: liveObjects() };
}

const probe = Pipeline.parse("fakesrc ! fakesink");
if (liveObjects() === 0) throw new Error("The tracer does not count live objects");
await probe.close();

const endMs = performance.now() + seconds * 1000;
while (performance.now() < endMs) {
  await runRound();
  console.log(JSON.stringify({ ...total, ...await measure() }));
}
