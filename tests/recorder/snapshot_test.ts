/**
 * Pictures out of a ring: which frame they show, told by the number in it, and what they leave alone.
 */
import { assert, assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import {
  GstClosedError,
  GstError,
  hasElement,
  type Pipeline,
  type SnapshotReport,
  type Standalone,
  type VideoRecorder,
} from "../../mod.ts";
import { run } from "../../scripts/lib/run.ts";
import { imageBinText } from "../../src/recorder/snapshot.ts";
import { fileNames } from "../helpers/file_names.ts";
import { numberedSource, readNumbers, writeNumbered } from "../helpers/numbered.ts";
import { newPaths, recorderOf, runLive, SOURCE } from "../helpers/recording.ts";
import { runChild } from "../helpers/script.ts";
import { canMountDisk, smallDisk } from "../helpers/small_disk.ts";
import { tempDir } from "../helpers/temp_dir.ts";
import { reached } from "../helpers/wait.ts";

const FPS = 30;
const WINDOW_SEC = 1.5;
/** Frames from one keyframe to the next, at most. */
const GOP = 40;

/** Numbered frames, live, through some elements to the tee `t`. */
async function runNumbered(folder: string, elements: string): Promise<Standalone> {
  await writeNumbered(`${folder}/numbered.raw`, 20 * FPS);
  const source = numberedSource({
    ...{ path: `${folder}/numbered.raw`, fps: FPS, live: true, teeName: "raw" },
  });
  return await runLive(`${source} raw. ! queue ! ${elements} ! tee name=t t. ! fakesink`);
}

function ringOf(pipeline: Pipeline, folder: string): VideoRecorder {
  return recorderOf(pipeline, newPaths(folder, ".mkv"), {
    windowSizeSec: WINDOW_SEC,
    onWarning: () => {}, // it may be shorter than two groups of pictures
  });
}

/** The picture is what the report says, and shows the frame of that time. */
async function checkPicture(report: SnapshotReport): Promise<number> {
  const { path, time, bytes, takenAt } = report;
  const number = Math.round(time * FPS);
  assertEquals(await readNumbers(path), [number], path);
  assertEquals((await Deno.stat(path)).size, bytes);
  const agoMs = Date.now() - takenAt.getTime();
  assert(agoMs > 0 && agoMs < 60_000, `taken ${agoMs} ms ago`);
  const { stdout } = await run("ffprobe", [
    ...["-v", "error", "-show_entries", "stream=codec_name", "-of", "default=nw=1:nk=1", path],
  ]);
  assertEquals(stdout.trim(), path.endsWith(".png") ? "png" : "mjpeg");
  return number;
}

const RAW = ["RGB", "NV12", "GRAY8", "I420", "BGRx"].map((format) =>
  `videoconvert ! video/x-raw,format=${format}`
);

/** Encoded streams; the second one's frames are decoded in another order than they are shown in. */
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
      const number = await checkPicture(report);
      // the source takes up to half a second to mix, an encoder some frames more
      const lateSec = RAW.includes(elements) ? 0.6 : 2;
      assert(Math.abs(number / FPS - calledSec + lateSec / 2) < lateSec / 2 + 0.1, elements);
    }
  });
});

Deno.test("snapshot() keeps white white and black black", async () => {
  for (const [pattern, value] of [["white", 255], ["black", 0]] as const) {
    await using dir = await tempDir();
    const text =
      `videotestsrc pattern=${pattern} is-live=true ! video/x-raw,format=I420 ! tee name=t t. ! fakesink`;
    await using app = await runLive(text);
    const recorder = recorderOf(app.pipeline, newPaths(dir.path));
    await reached(app.pipeline, 0.2);
    for (const name of ["a.jpg", "a.png"]) {
      await recorder.snapshot(`${dir.path}/${name}`);
      const args = [
        "-v",
        "error",
        "-i",
        `${dir.path}/${name}`,
        "-f",
        "rawvideo",
        "-pix_fmt",
        "rgb24",
      ];
      await run("ffmpeg", [...args, `${dir.path}/${name}.rgb`]);
      const pixels = await Deno.readFile(`${dir.path}/${name}.rgb`);
      const off = pixels.reduce((most, one) => Math.max(most, Math.abs(one - value)), 0);
      assert(off <= 4, `${pattern} in ${name} is off by ${off}`);
    }
  }
});

Deno.test("snapshot() picks the frame of the instant, exactly", async () => {
  await forEach([...RAW, ...ENCODED], async (elements, folder) => {
    await using app = await runNumbered(folder, elements);
    const recorder = ringOf(app.pipeline, folder);
    await reached(app.pipeline, 4);
    // two groups of frames that are decoded in another order, each at its very start or in its middle
    const first = Math.ceil((app.pipeline.runningTimeSec! - 0.9) * FPS);
    const expected = [0, 1, 2, 3, 4, 5, 6, 7].map((offset) => first + offset);
    const pictures = await Promise.all(expected.map((number) => {
      const at = number % 2 ? (number + 0.5) / FPS : number / FPS + 1e-8;
      return recorder.snapshot(`${folder}/${number}.png`, { at });
    }));
    assertEquals(await Promise.all(pictures.map(checkPicture)), expected, elements);
  });
});

Deno.test("snapshot() waits for the frame of an instant that is just over", async () => {
  await forEach([RAW[0]!, ENCODED[1]!], async (elements, folder) => {
    await using app = await runNumbered(folder, elements);
    const recorder = ringOf(app.pipeline, folder);
    await reached(app.pipeline, 3);
    const at = app.pipeline.runningTimeSec!;
    const report = await recorder.snapshot(`${folder}/a.png`, { at });
    assertEquals(await checkPicture(report), Math.floor(at * FPS + 1e-5), elements);
  });
});

Deno.test("snapshot() leaves clips under way and the next one's history as they are", async () => {
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
      const report = await (await recorder.record({ maxDelaySec: 3 })).finished;
      const first = Math.round(report.start * FPS);
      const expected = Array.from({ length: report.frames }, (_, i) => first + i);
      assertEquals(await readNumbers(report.path), expected);
      assertEquals(report.shortfalls, [], Deno.inspect(report));
    }
    isOver = true;
    await snapshots;
    assert(count > 5, `${count} snapshots`);
  });
});

/** Resolves to what a function does, and the longest time for which the event loop stood still meanwhile. */
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
  await recorder.snapshot(`${folder}/first.jpg`); // loads the plug-ins
  const { result, longestMs } = await stallOf(() =>
    Promise.all(Array.from({ length: 20 }, (_, i) => recorder.snapshot(`${folder}/${i}.jpg`)))
  );
  assert(longestMs < 500, `the event loop stood still for ${longestMs} ms`);
  const numbers = await Promise.all(result.map(checkPicture));
  assert(Math.max(...numbers) - Math.min(...numbers) <= 1, String(numbers)); // one may just have come
}

Deno.test("snapshot() can be called twenty times at once", async () => {
  // one after the other: starting ffmpeg holds up the event loop, too
  await forEach([RAW[0]!], checkTwenty);
  await forEach([ENCODED[1]!], checkTwenty);
});

Deno.test("snapshot() tells what is wrong", async () => {
  await using dir = await tempDir();
  await using app = await runLive();
  const recorder = recorderOf(app.pipeline, `${dir.path}/a.webm`);
  const path = `${dir.path}/a.png`;
  await reached(app.pipeline, 1);
  for (const wrong of ["a.gif", "a", ".png", "a.png ", "a.toString"]) {
    const { message } = await assertRejects(() => recorder.snapshot(wrong), RangeError);
    assertMatch(message, /must end in one of \.jpg, \.jpeg, \.png/);
  }
  for (const at of [0.1, 1000, Infinity]) {
    const { message } = await assertRejects(() => recorder.snapshot(path, { at }), RangeError);
    const [, first, last] = /from ([\d.]+) to ([\d.]+) s, got/.exec(message)!;
    assert(Number(first) > 0.5 && Number(last) > Number(first) + 0.2, message);
  }
  for (const at of [-1, NaN]) {
    await assertRejects(() => recorder.snapshot(path, { at }), RangeError);
  }
  // deno-lint-ignore no-explicit-any
  const at = "1" as any;
  await assertRejects(() => recorder.snapshot(path, { at }), TypeError);
  assertEquals(fileNames(dir.path), []);

  await Deno.writeTextFile(path, "mine");
  await assertRejects(() => recorder.snapshot(path), Deno.errors.AlreadyExists, path);
  assertEquals(await Deno.readTextFile(path), "mine");
  await assertRejects(() => recorder.snapshot(`${path}/b.png`), Error);
  assertEquals(fileNames(dir.path).length, 1);

  await recorder.close();
  await assertRejects(() => recorder.snapshot(`${dir.path}/b.png`), GstClosedError);
});

Deno.test({
  name: "snapshot() leaves nothing of a picture that the disk does not take",
  ignore: !await canMountDisk(),
  async fn() {
    await using disk = await smallDisk(4);
    await using app = await runLive(
      "videotestsrc pattern=snow is-live=true ! video/x-raw,width=320,height=240 ! tee name=t t. ! fakesink",
    );
    const recorder = recorderOf(app.pipeline, "/never.mkv");
    await reached(app.pipeline, 0.5);
    const picture = () => recorder.snapshot(`${disk.path}/a.png`);
    assertMatch((await assertRejects(picture, GstError)).message, /filesink/);
    assertEquals(fileNames(disk.path), []);
  },
});

Deno.test("snapshot() says that there are no pictures of sound", async () => {
  await using dir = await tempDir();
  await using app = await runLive("audiotestsrc is-live=true ! tee name=t t. ! fakesink");
  const recorder = recorderOf(app.pipeline, `${dir.path}/a.mkv`);
  await reached(app.pipeline, 0.5);
  const picture = () => recorder.snapshot(`${dir.path}/a.png`);
  assertMatch((await assertRejects(picture, GstError)).message, /no pictures of audio\/x-raw/);
});

Deno.test("snapshot() says that nothing, or no keyframe, has come", async () => {
  await using dir = await tempDir();
  await using silent = await runLive(
    `${SOURCE.replace("! tee", "! valve drop=true ! tee")} t. ! fakesink async=false`,
  );
  const empty = recorderOf(silent.pipeline, `${dir.path}/a.mkv`);
  for (const options of [{}, { at: 0 }]) {
    const picture = () => empty.snapshot(`${dir.path}/a.png`, options);
    assertMatch((await assertRejects(picture, GstError)).message, /holds no frame yet/);
  }
  // attached after the only keyframe
  const encoder = "x264enc tune=zerolatency key-int-max=10000 ! h264parse";
  await using app = await runLive(
    `${SOURCE.replace("name=t", "name=raw")} raw. ! queue ! ` +
      `${encoder} ! tee name=t t. ! fakesink`,
  );
  await reached(app.pipeline, 0.5);
  const recorder = recorderOf(app.pipeline, `${dir.path}/a.mkv`);
  await reached(app.pipeline, 1);
  const picture = () => recorder.snapshot(`${dir.path}/a.png`);
  assertMatch((await assertRejects(picture, GstError)).message, /holds no frame yet/);
});

Deno.test("imageBinText() names a missing encoder, with its package", () => {
  const { message } = assertThrows(() => imageBinText("a.png", () => false), GstError);
  assertEquals(
    message,
    "A .png file needs elements that are not installed: pngenc\n" +
      "pngenc is in Debian's package gstreamer1.0-plugins-good: " +
      "sudo apt-get install gstreamer1.0-plugins-good",
  );
  assertMatch(imageBinText("a.Jpeg", () => true), /! jpegenc /);
});

Deno.test("snapshot() leaves no object alive", async () => {
  await using dir = await tempDir();
  const log = `${dir.path}/gst.log`;
  const { code, stdout, stderr } = await runChild("../scripts/many_snapshots.ts", [dir.path], {
    env: {
      ...{ GST_TRACERS: "leaks", GST_DEBUG: "GST_TRACER:7" },
      ...{ GST_DEBUG_FILE: log, GST_DEBUG_NO_COLOR: "1" },
    },
  });
  assertEquals([code, stdout, stderr], [0, "12 pictures\n", ""]);
  const alive = (await Deno.readTextFile(log)).matchAll(
    /: object-alive, type-name=\(string\)([^%,]+),/g,
  );
  assertEquals([...alive].map(([, type]) => type), []);
});
