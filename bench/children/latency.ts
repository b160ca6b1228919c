/**
 * Calls record() of more and more recorders at once, and prints how long that takes, as JSON.
 *
 *     deno run -A latency.ts '{"source": "...", "counts": [1, 8], "windowSec": 10, "repeats": 3, "folder": "/tmp/x"}'
 *
 * @module
 */
import { Standalone, VideoRecorder } from "../../mod.ts";

/** What to call. */
export interface LatencyOptions {
  /** Pipeline text of a live, encoded picture. */
  source: string;
  /** How many recorders to call at once, one number after the other. */
  counts: number[];
  windowSec: number;
  /** How often to call each number of them. */
  repeats: number;
  folder: string;
}

/** Milliseconds of the calls of one number of recorders. */
export interface Latencies {
  count: number;
  /** For which each call held the event loop. */
  blocked: number[];
  /** From each call to its file. */
  file: number[];
  /** From each call to the first frame in its file. */
  frame: number[];
  /** For which each look at the recorders held the event loop while they wrote. */
  turn: number[];
}

/** More than the file's header, and less than it with a keyframe. */
const HEADER_BYTES = 4096;

/** Has the time measured for which each callback of a timer holds the event loop. */
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

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

async function hasFrame(path: string): Promise<void> {
  const size = () => {
    try {
      return Deno.statSync(`${path}.part`).size;
    } catch {
      return 0;
    }
  };
  while (size() <= HEADER_BYTES) await sleep(1);
}

/** One call of each recorder. */
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
  await sleep(windowSec * 1000 + 1000);
  const all: Latencies[] = [];
  for (const count of counts) {
    const latencies: Latencies = { count, blocked: [], file: [], frame: [], turn: [] };
    for (let i = 0; i < repeats; i++) {
      times.length = 0;
      await call(recorders.slice(0, count), latencies);
      latencies.turn.push(...times);
    }
    all.push(latencies);
  }
  console.log(JSON.stringify(all));
  Deno.exit();
}
