/**
 * A clip has exactly the frames of its interval. The frames show their number, so that their content is checked, too.
 */
import { assert, assertEquals } from "@std/assert";
import type { RecordingReport, VideoRecorder } from "../../mod.ts";
import { sleep } from "../../scripts/lib/sleep.ts";
import { blockEventLoop } from "../helpers/event_loop.ts";
import { readTimes } from "../helpers/ffprobe.ts";
import { FPS } from "../helpers/fps.ts";
import { numberedSource, numbersBetween, readNumbers, writeNumbered } from "../helpers/numbered.ts";
import { randomNumbers } from "../helpers/random.ts";
import { range } from "../helpers/range.ts";
import { newPaths, recordClips, recorderOf, runLive } from "../helpers/recording.ts";
import { tempDir } from "../helpers/temp_dir.ts";
import { playFor } from "../helpers/wait.ts";

const WINDOWS_SEC = [0.5, 1, 2, 5, 10];
const RUN_SEC = 34;
/** Clips of one recorder: enough for calls of each kind. */
const MAX_CLIPS = 6;

/** Returns a generator of pseudo-random numbers from 0 to 1. */
function randomFractions(seed: number): () => number {
  const random = randomNumbers(seed);
  return () => random(2 ** 30) / 2 ** 30;
}

/** Checks a clip's content, timestamps and report against the interval of its calls. */
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

/** Calls record() at random times, bunched or spread, until the time is up; resolves with the reports of all clips. */
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

Deno.test("record() writes exactly the frames of its interval", async () => {
  await using dir = await tempDir();
  const random = randomFractions(20230101);
  const jobs: Promise<number>[] = [];
  for (const [i, fps] of [15, 25, 30, 60].entries()) {
    await writeNumbered(`${dir.path}/${fps}.raw`, fps * (RUN_SEC + 20));
    for (const live of [true, false]) {
      jobs.push(recordOnePipeline(dir.path, { fps, live, seed: 1000 * i + Number(live) }));
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
});

/** Runs recorders with all windows on one tee, and one whose files fail; returns the number of clips that were checked. */
async function recordOnePipeline(
  dir: string,
  { fps, live, seed }: { fps: number; live: boolean; seed: number },
): Promise<number> {
  const source = numberedSource({ path: `${dir}/${fps}.raw`, fps, live });
  const app = await runLive(`${source} t. ! fakesink`);
  const recorders = WINDOWS_SEC.map((windowSizeSec) =>
    recorderOf(
      app.pipeline,
      () => `${dir}/${fps}-${live}-${windowSizeSec}-${crypto.randomUUID()}.webm`,
      { windowSizeSec },
    )
  );
  const failing = recorderOf(app.pipeline, newPaths("/proc/none"), { windowSizeSec: 1 });
  assertEquals(app.pipeline.isLive, live);
  let failures = 0;
  const failTimer = setInterval(() => failing.record().catch(() => failures++), 2500);
  const reports = await Promise.all(
    recorders.map((recorder, i) =>
      recordAtRandom(recorder, WINDOWS_SEC[i]!, randomFractions(seed + i))
    ),
  );
  clearInterval(failTimer);
  await app.stop();
  assert(failures > 0);
  for (const [i, clips] of reports.entries()) {
    for (const report of clips) await checkClip(report, fps, WINDOWS_SEC[i]!);
  }
  return reports.flat().length;
}

Deno.test("record() of 8 recorders on 8 tees at once writes the same frames", async () => {
  await using dir = await tempDir();
  const path = `${dir.path}/numbered.raw`;
  await writeNumbered(path, 20 * FPS);
  const tees = range(8).map((i) => `t${i}`);
  const text = tees.map((teeName) => `${numberedSource({ path, teeName })} ${teeName}. ! fakesink`);
  const app = await runLive(text.join(" "));
  const recorders = tees.map((srcTeeName) =>
    recorderOf(app.pipeline, `${dir.path}/${srcTeeName}.webm`, { srcTeeName, windowSizeSec: 2 })
  );
  await playFor(app.pipeline, 2.5);
  const reports = await recordClips(recorders);
  await app.stop();
  for (const report of reports) {
    await checkClip(report, FPS, 2);
    assertEquals(report.frames, 120);
  }
});
