/**
 * Snapshots of a ring: which frame they show, by its number, and that they leave clips alone.
 */
import { assert, assertEquals } from "@std/assert";
import {
  hasElement,
  type Pipeline,
  type SnapshotReport,
  type Standalone,
  type VideoRecorder,
} from "../../mod.ts";
import { decode } from "../helpers/ffmpeg.ts";
import { codecOf } from "../helpers/ffprobe.ts";
import { FPS } from "../helpers/fps.ts";
import { readNumbers, writeNumberedSource } from "../helpers/numbered.ts";
import { range } from "../helpers/range.ts";
import { newPaths, recordClip, recorderOf, runLive } from "../helpers/recording.ts";
import { tempDir } from "../helpers/temp_dir.ts";
import { reached } from "../helpers/wait.ts";

const WINDOW_SEC = 1.5;
/** Frames of a GOP, at most. */
const GOP = 40;

/** Runs live numbered frames through some elements to the tee `t`. */
async function runNumbered(folder: string, elements: string): Promise<Standalone> {
  const source = await writeNumberedSource(folder, 20, { teeName: "raw" });
  return await runLive(`${source} raw. ! queue ! ${elements} ! tee name=t t. ! fakesink`);
}

function ringOf(pipeline: Pipeline, folder: string): VideoRecorder {
  return recorderOf(pipeline, newPaths(folder, ".mkv"), {
    windowSizeSec: WINDOW_SEC,
    onWarning: () => {}, // the window may be shorter than two GOPs
  });
}

/** Checks that a snapshot is what its report says, and shows the frame of its time; returns the frame's number. */
async function checkSnapshot(report: SnapshotReport): Promise<number> {
  const { path, time, bytes, takenAt } = report;
  const number = Math.round(time * FPS);
  assertEquals(await readNumbers(path), [number], path);
  assertEquals((await Deno.stat(path)).size, bytes);
  const agoMs = Date.now() - takenAt.getTime();
  assert(agoMs > 0 && agoMs < 60_000, `taken ${agoMs} ms ago`);
  assertEquals(await codecOf(path), path.endsWith(".png") ? "png" : "mjpeg");
  return number;
}

const RAW = ["RGB", "NV12", "GRAY8", "I420", "BGRx"].map((format) =>
  `videoconvert ! video/x-raw,format=${format}`
);

/** Encoded streams; the second one has B-frames. */
const ENCODED = [
  `x264enc tune=zerolatency key-int-max=${GOP} ! h264parse`,
  `x264enc speed-preset=ultrafast bframes=3 b-adapt=false key-int-max=${GOP} ! h264parse`,
  `x265enc speed-preset=ultrafast option-string=bframes=3:rc-lookahead=5 key-int-max=${GOP} ! h265parse`,
  `vp8enc deadline=1 keyframe-max-dist=${GOP}`,
  `vp9enc deadline=1 cpu-used=8 keyframe-max-dist=${GOP} ! vp9parse`,
  "jpegenc ! jpegparse",
];

/** Runs a test for each stream whose elements are installed, each in a folder of its own. */
async function forEach(
  streams: string[],
  test: (elements: string, folder: string) => Promise<void>,
): Promise<void> {
  await Promise.all(streams.map(async (elements) => {
    const names = elements.split(" ! ").map((text) => text.split(" ")[0]!);
    const missing = names.filter((name) => !name.includes("/") && !hasElement(name));
    if (missing.length > 0) return console.log(`skipped: no ${missing.join(", ")}`);
    await using dir = await tempDir();
    await test(elements, dir.path);
  }));
}

Deno.test("snapshot() writes the newest frame of any raw or encoded stream", async () => {
  await forEach([...RAW, ...ENCODED], async (elements, folder) => {
    await using app = await runNumbered(folder, elements);
    const recorder = ringOf(app.pipeline, folder);
    await reached(app.pipeline, 3);
    for (const name of ["new/folder/a.jpg", "b.JPEG", "c.png"]) {
      const calledSec = app.pipeline.runningTimeSec!;
      const report = await recorder.snapshot(`${folder}/${name}`);
      const number = await checkSnapshot(report);
      // the source takes up to half a second to mix, an encoder some frames more
      const lateSec = RAW.includes(elements) ? 0.6 : 2;
      assert(Math.abs(number / FPS - calledSec + lateSec / 2) < lateSec / 2 + 0.1, elements);
    }
  });
});

Deno.test("snapshot() keeps white and black", async () => {
  for (const [pattern, value] of [["white", 255], ["black", 0]] as const) {
    await using dir = await tempDir();
    const text =
      `videotestsrc pattern=${pattern} is-live=true ! video/x-raw,format=I420 ! tee name=t t. ! fakesink`;
    await using app = await runLive(text);
    const recorder = recorderOf(app.pipeline, newPaths(dir.path));
    await reached(app.pipeline, 0.2);
    for (const name of ["a.jpg", "a.png"]) {
      await recorder.snapshot(`${dir.path}/${name}`);
      const format = ["-f", "rawvideo", "-pix_fmt", "rgb24"];
      const { bytes } = await decode(`${dir.path}/${name}`, format);
      const off = bytes.reduce((most, one) => Math.max(most, Math.abs(one - value)), 0);
      assert(off <= 4, `${pattern} in ${name} is off by ${off}`);
    }
  }
});

Deno.test("snapshot() takes exactly the frame of an instant", async () => {
  await forEach([...RAW, ...ENCODED], async (elements, folder) => {
    await using app = await runNumbered(folder, elements);
    const recorder = ringOf(app.pipeline, folder);
    await reached(app.pipeline, 4);
    // two groups of B-frames; instants at the start or in the middle of frames
    const expected = range(8, Math.ceil((app.pipeline.runningTimeSec! - 0.9) * FPS));
    const reports = await Promise.all(expected.map((number) => {
      const at = number % 2 ? (number + 0.5) / FPS : number / FPS + 1e-8;
      return recorder.snapshot(`${folder}/${number}.png`, { at });
    }));
    assertEquals(await Promise.all(reports.map(checkSnapshot)), expected, elements);
  });
});

Deno.test("snapshot() waits for the frame of the present instant", async () => {
  await forEach([RAW[0]!, ENCODED[1]!], async (elements, folder) => {
    await using app = await runNumbered(folder, elements);
    const recorder = ringOf(app.pipeline, folder);
    await reached(app.pipeline, 3);
    const at = app.pipeline.runningTimeSec!;
    const report = await recorder.snapshot(`${folder}/a.png`, { at });
    assertEquals(await checkSnapshot(report), Math.floor(at * FPS + 1e-5), elements);
  });
});

Deno.test("snapshot() takes nothing away from open clips and the next one's history", async () => {
  await forEach([RAW[3]!, ENCODED[1]!], async (elements, folder) => {
    await using app = await runNumbered(folder, elements);
    const recorder = ringOf(app.pipeline, folder);
    await reached(app.pipeline, 5);
    let isOver = false;
    let count = 0;
    const snapshots = (async () => {
      while (!isOver) await recorder.snapshot(`${folder}/${count++}.jpg`);
    })();
    for (let i = 0; i < 2; i++) {
      const report = await recordClip(recorder, { maxDelaySec: 3 });
      const expected = range(report.frames, Math.round(report.start * FPS));
      assertEquals(await readNumbers(report.path), expected);
      assertEquals(report.shortfalls, [], Deno.inspect(report));
    }
    isOver = true;
    await snapshots;
    assert(count > 5, `${count} snapshots`);
  });
});

/** Runs a function; resolves with its result, and the longest time for which the event loop was blocked meanwhile. */
async function stallOf<T>(action: () => Promise<T>): Promise<{ result: T; longestMs: number }> {
  let longestMs = 0;
  let lastMs = performance.now();
  const watch = setInterval(() => {
    longestMs = Math.max(longestMs, performance.now() - lastMs);
    lastMs = performance.now();
  }, 5);
  try {
    const result = await action();
    return { result, longestMs };
  } finally {
    clearInterval(watch);
  }
}

async function checkTwenty(elements: string, folder: string): Promise<void> {
  await using app = await runNumbered(folder, elements);
  const recorder = ringOf(app.pipeline, folder);
  await reached(app.pipeline, 3);
  await recorder.snapshot(`${folder}/first.jpg`); // loads the plugins
  const { result, longestMs } = await stallOf(() =>
    Promise.all(range(20).map((i) => recorder.snapshot(`${folder}/${i}.jpg`)))
  );
  assert(longestMs < 500, `the event loop was blocked for ${longestMs} ms`);
  const numbers = await Promise.all(result.map(checkSnapshot));
  assert(Math.max(...numbers) - Math.min(...numbers) <= 1, String(numbers)); // a frame may arrive between
}

Deno.test("snapshot() can be called twenty times at once", async () => {
  // one after the other: starting ffmpeg blocks the event loop as well
  await forEach([RAW[0]!], checkTwenty);
  await forEach([ENCODED[1]!], checkTwenty);
});
