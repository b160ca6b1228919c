/**
 * Records for a long time of streams that flow much faster than the clock: `soak.ts FOLDER SECONDS ROUND_SECONDS`.
 *
 * Each round runs a pipeline with 16 recorders, of raw and of encoded video, that come and go, record all the while and
 * have their clips removed again. After each round, when all is closed, a line of JSON tells what the process still has.
 * Run it as {@link liveObjectCounter} wants, with --v8-flags=--expose-gc.
 */
import { Pipeline, RetentionPolicy, RingBuffer, Standalone, VideoRecorder } from "../../mod.ts";
import { liveObjectCounter } from "../helpers/live_objects.ts";

const folder = Deno.args[0]!;
const [seconds, roundSeconds] = Deno.args.slice(1).map(Number) as [number, number];
const RECORDERS = 16;
const FPS = 30;
/** A frame each 1.1 ms or so. */
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

/** Takes frames as fast as they come. */
class FastRing extends RingBuffer {
  static override readonly binString: string = "appsink name=ringbuffer_appsink sync=false";
}

const liveObjects = liveObjectCounter();
const policy = new RetentionPolicy({ directory: folder, maxFiles: 20 });
const total = { clips: 0, frames: 0, dropped: 0, failed: 0, streamSec: 0 };

/** Every fourth recorder encodes what it records. */
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

/** Records one clip after another; every tenth by a new recorder. */
async function keepRecording(app: Standalone, index: number, untilMs: number): Promise<void> {
  let recorder = newRecorder(app, index);
  for (let clip = 1; performance.now() < untilMs; clip++) {
    try {
      const { finished } = await recorder.record({ beforeSec: 2, afterSec: 2, maxDelaySec: 5 });
      const { frames, dropped, duration } = await finished;
      if (frames + dropped !== Math.round(duration * FPS)) {
        throw new Error("a frame is not counted");
      }
      total.clips++;
      total.frames += frames;
      total.dropped += dropped;
    } catch (error) {
      total.failed++;
      console.error(error);
    }
    await policy.apply();
    await new Promise((resolve) => setTimeout(resolve, 100 * Math.random()));
    if (clip % 10 !== 0) continue;
    await recorder.close();
    recorder = newRecorder(app, index);
  }
  await recorder.close();
}

async function runRound(): Promise<void> {
  await using app = await Standalone.buildAndRun(PIPELINE, { background: true });
  const { pipeline } = app;
  // the stream is ahead of the clock: its newest frame tells how late it is
  Object.defineProperty(pipeline, "runningTimeNs", {
    get: () => BigInt(Math.round((pipeline.positionSec ?? 0) * 1e9)),
  });
  const untilMs = performance.now() + roundSeconds * 1000;
  await Promise.all(
    Array.from({ length: RECORDERS }, (_, index) => keepRecording(app, index, untilMs)),
  );
  total.streamSec += pipeline.positionSec ?? 0;
}

/** The name of a thread; of one that has just ended, a name of Deno's. */
function threadName(id: string): string {
  try {
    return Deno.readTextFileSync(`/proc/self/task/${id}/comm`);
  } catch {
    return "deno";
  }
}

/** What the process has. */
async function measure() {
  // Deno closes its threads after a while, and what they do may be under way
  await new Promise((resolve) => setTimeout(resolve, 100));
  (globalThis as { gc?: () => void }).gc?.();
  const status = Deno.readTextFileSync("/proc/self/status");
  const threads = [...Deno.readDirSync("/proc/self/task")].map(({ name }) => threadName(name));
  return {
    mib: Math.round(Number(status.match(/VmRSS:\s+(\d+)/)![1]) / 1024),
    threads: threads.filter((name) => !/^(deno|V8|tokio|pool-deno)/.test(name)).length,
    files: [...Deno.readDirSync("/proc/self/fd")].length,
    objects: liveObjects(),
  };
}

const probe = Pipeline.parse("fakesrc ! fakesink");
if (liveObjects() === 0) throw new Error("Objects that are alive are not seen");
await probe.close();

const endMs = performance.now() + seconds * 1000;
while (performance.now() < endMs) {
  await runRound();
  console.log(JSON.stringify({ ...total, ...await measure() }));
}
