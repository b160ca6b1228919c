/**
 * Calls record() of growing numbers of recorders at once, and prints how long that takes, as JSON.
 *
 *     deno run -A latency.ts '{"source": "...", "counts": [1, 8], "windowSec": 10, "repeats": 3, "folder": "/tmp/x"}'
 *
 * @module
 */
import { Standalone, VideoRecorder } from "../../mod.ts";
import { sleep } from "../../scripts/lib/sleep.ts";

/** What to call. */
export interface LatencyOptions {
  /** Pipeline text of a live source of encoded video. */
  source: string;
  /** The numbers of recorders to call at once, one after the other. */
  counts: number[];
  windowSec: number;
  /** How often to call each number of recorders. */
  repeats: number;
  folder: string;
}

/** Times in milliseconds, for one number of recorders. */
export interface Latencies {
  count: number;
  /** How long each call blocked the event loop. */
  blocked: number[];
  /** From each call until its file exists. */
  file: number[];
  /** From each call until the first frame is in its file. */
  frame: number[];
  /** How long each poll of the recorders blocked the event loop while they wrote. */
  poll: number[];
}

/** More than the file's header, and less than the header with a keyframe. */
const HEADER_BYTES = 4096;

/** Collects how long each callback of the timers that are started from now on blocks the event loop. */
function watchTimers(): number[] {
  const times: number[] = [];
  const { setInterval } = globalThis;
  globalThis.setInterval = (callback: () => void, ms?: number) =>
    setInterval(() => {
      const startMs = performance.now();
      callback();
      times.push(performance.now() - startMs);
    }, ms);
  return times;
}

async function hasFrame(path: string): Promise<void> {
  const size = () => {
    try {
      return Deno.statSync(`${path}.part`).size;
    } catch {
      return 0;
    }
  };
  while (size() <= HEADER_BYTES) await sleep(0.001);
}

/** Calls each recorder once. */
async function call(recorders: VideoRecorder[], latencies: Latencies): Promise<void> {
  const recordings = recorders.map((recorder) => {
    const startMs = performance.now();
    const recording = recorder.record({ afterSec: 0.5, maxDelaySec: 10 });
    latencies.blocked.push(performance.now() - startMs);
    return recording.then(async ({ path, finished }) => {
      latencies.file.push(performance.now() - startMs);
      await hasFrame(path);
      latencies.frame.push(performance.now() - startMs);
      await finished;
    });
  });
  await Promise.all(recordings);
}

if (import.meta.main) {
  const { source, counts, windowSec, repeats, folder }: LatencyOptions = JSON.parse(Deno.args[0]!);
  const app = await Standalone.buildAndRun(`${source} ! tee name=t t. ! fakesink`, {
    background: true,
  });
  const times = watchTimers();
  const recorders = Array.from({ length: Math.max(...counts) }, () =>
    new VideoRecorder({
      pipeline: app.pipeline,
      srcTeeName: "t",
      filenameGenerator: () => `${folder}/${crypto.randomUUID()}.mkv`,
      windowSizeSec: windowSec,
      onWarning: () => {},
    }));
  await sleep(windowSec + 1);
  const all: Latencies[] = [];
  for (const count of counts) {
    const latencies: Latencies = { count, blocked: [], file: [], frame: [], poll: [] };
    for (let i = 0; i < repeats; i++) {
      times.length = 0;
      await call(recorders.slice(0, count), latencies);
      latencies.poll.push(...times);
    }
    all.push(latencies);
  }
  console.log(JSON.stringify(all));
  Deno.exit();
}
