/**
 * The promise of the recorder: a clip holds exactly the frames of its interval. Frames carry their number, so the
 * content is checked, not only the count.
 */
import { assert, assertEquals } from "@std/assert";
import { type RecordingReport, Standalone, VideoRecorder } from "../../mod.ts";
import { readTimes } from "../helpers/ffprobe.ts";
import { numberedSource, numbersBetween, readNumbers, writeNumbered } from "../helpers/numbered.ts";

const WINDOWS_SEC = [0.5, 1, 2, 5, 10];
const RUN_SEC = 34;
/** Clips of one recorder: enough for each window to come in all ways. */
const MAX_CLIPS = 6;

/** A number generator that gives the same numbers each time. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

function sleep(sec: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, sec * 1000));
}

function blockEventLoop(sec: number): void {
  const end = performance.now() + sec * 1000;
  while (performance.now() < end);
}

/** Checks a clip's content, timestamps and report against the interval that its calls asked for. */
async function checkClip(report: RecordingReport, fps: number, windowSec: number): Promise<void> {
  const { requested, calls, path } = report;
  assert(Math.abs(requested.start - (calls[0]! - windowSec)) < 1e-6, path);
  assert(Math.abs(requested.end - (Math.max(...calls) + windowSec)) < 1e-6, path);
  const expected = numbersBetween(requested.start, requested.end, fps);
  const numbers = await readNumbers(path);
  assertEquals(numbers, expected, `frames of ${path}: ${Deno.inspect(report)}`);
  const times = await readTimes(path);
  assertEquals(times.length, expected.length);
  for (const [i, time] of times.entries()) {
    assert(Math.abs(time - expected[i]! / fps) < 0.0011, `frame ${i} of ${path} is at ${time} s`);
  }
  assertEquals(
    { frames: report.frames, dropped: report.dropped, shortfalls: report.shortfalls },
    { frames: expected.length, dropped: 0, shortfalls: [] },
  );
  assertEquals(Math.round(report.start * fps), expected[0]);
  assertEquals(Math.round(report.end * fps), expected.at(-1)! + 1);
  assertEquals((await Deno.stat(path)).size, report.bytes);
}

/** Calls record() at random, bunched or spread, until the time is up; every clip that comes of it. */
async function recordAtRandom(
  recorder: VideoRecorder,
  windowSec: number,
  random: () => number,
): Promise<RecordingReport[]> {
  const clips = new Set<Promise<RecordingReport>>();
  const untilMs = performance.now() + (RUN_SEC - 2 * windowSec) * 1000;
  await sleep(1 + (1 + random() / 2) * windowSec); // the ring is full by then
  while (performance.now() < untilMs && clips.size < MAX_CLIPS) {
    const recording = await recorder.record({ maxDelaySec: 5 });
    clips.add(recording.finished);
    const kind = random();
    if (kind < 0.3) await sleep(random() * windowSec); // falls into the clip
    else if (kind < 0.6) await recording.finished; // right after it
    else await sleep(random() * 3 * windowSec);
  }
  return await Promise.all(clips);
}

Deno.test("record() holds exactly the frames of its interval, in every clip", async () => {
  const dir = await Deno.makeTempDir();
  const random = seeded(20230101);
  const jobs: Promise<number>[] = [];
  for (const [i, fps] of [15, 25, 30, 60].entries()) {
    await writeNumbered(`${dir}/${fps}.raw`, fps * (RUN_SEC + 20));
    for (const live of [true, false]) {
      jobs.push(recordOnePipeline(dir, { fps, live, seed: 1000 * i + Number(live) }));
    }
  }
  const blocking = (async () => {
    for (let i = 0; i < 4; i++) {
      await sleep(4 + 3 * random());
      blockEventLoop(1);
    }
  })();
  const counts = await Promise.all(jobs);
  await blocking;
  const clips = counts.reduce((a, b) => a + b);
  console.log(`${clips} of ${clips} clips exact`);
  assert(clips >= 100, `only ${clips} clips`);
  await Deno.remove(dir, { recursive: true });
});

/** Recorders with all windows on one tee, and one whose files fail; returns the number of clips, all checked. */
async function recordOnePipeline(
  dir: string,
  { fps, live, seed }: { fps: number; live: boolean; seed: number },
): Promise<number> {
  const source = numberedSource({ path: `${dir}/${fps}.raw`, fps, live, teeName: "t" });
  const app = await Standalone.buildAndRun(`${source} t. ! fakesink`, { background: true });
  const options = { pipeline: app.pipeline, srcTeeName: "t" };
  const recorders = WINDOWS_SEC.map((windowSizeSec) =>
    new VideoRecorder({
      ...options,
      windowSizeSec,
      filenameGenerator: () => `${dir}/${fps}-${live}-${windowSizeSec}-${crypto.randomUUID()}.webm`,
    })
  );
  const failing = new VideoRecorder({
    ...options,
    windowSizeSec: 1,
    filenameGenerator: () => `/proc/none/${crypto.randomUUID()}.webm`,
  });
  assertEquals(app.pipeline.isLive, live);
  let failures = 0;
  const failTimer = setInterval(() => failing.record().catch(() => failures++), 2500);
  const reports = await Promise.all(
    recorders.map((recorder, i) => recordAtRandom(recorder, WINDOWS_SEC[i]!, seeded(seed + i))),
  );
  clearInterval(failTimer);
  await app.stop();
  assert(failures > 0);
  for (const [i, clips] of reports.entries()) {
    for (const report of clips) await checkClip(report, fps, WINDOWS_SEC[i]!);
  }
  return reports.flat().length;
}

Deno.test("record() of 8 recorders on 8 tees at once holds the same frames in each", async () => {
  const dir = await Deno.makeTempDir();
  const fps = 30;
  await writeNumbered(`${dir}/n.raw`, 20 * fps);
  const names = Array.from({ length: 8 }, (_, i) => `t${i}`);
  const text = names.map((teeName) =>
    `${numberedSource({ path: `${dir}/n.raw`, fps, live: true, teeName })} ${teeName}. ! fakesink`
  );
  const app = await Standalone.buildAndRun(text.join(" "), { background: true });
  const recorders = names.map((srcTeeName) =>
    new VideoRecorder({
      pipeline: app.pipeline,
      srcTeeName,
      windowSizeSec: 2,
      filenameGenerator: () => `${dir}/${srcTeeName}.webm`,
    })
  );
  await sleep(2.5);
  const recordings = await Promise.all(recorders.map((recorder) => recorder.record()));
  const reports = await Promise.all(recordings.map(({ finished }) => finished));
  await app.stop();
  for (const report of reports) {
    await checkClip(report, fps, 2);
    assertEquals(report.frames, 120);
  }
  await Deno.remove(dir, { recursive: true });
});
