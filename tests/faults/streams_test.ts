/**
 * Streams that change, jump, stall or end in mid-clip: the clip goes on where its file can, else it ends there and says
 * so; the next one is complete.
 */
import { assert, assertEquals, assertInstanceOf, assertMatch, assertRejects } from "@std/assert";
import {
  GstError,
  Pipeline,
  RecordBin,
  type Recording,
  RecordingError,
  type RecordingReport,
  type Standalone,
  type VideoRecorder,
} from "../../mod.ts";
import "../../scripts/open_libraries.ts";
import { deadline } from "../../src/util/deadline.ts";
import { probeClip } from "../helpers/ffprobe.ts";
import { FPS } from "../helpers/fps.ts";
import { readNumbers } from "../helpers/numbered.ts";
import { NumberedCamera } from "../helpers/numbered_camera.ts";
import { PooledCamera } from "../helpers/pooled_camera.ts";
import { checkComplete, checkFile, newPaths, recorderOf, runLive } from "../helpers/recording.ts";
import { tempDir } from "../helpers/temp_dir.ts";
import { reached, until } from "../helpers/wait.ts";
import { addRow } from "./table.ts";

const WINDOW_SEC = 0.5;
/** Seconds within which whatever happens to a stream must have ended its clip. */
const BOUND_SEC = 20;

function runSec(app: Standalone, sec: number): Promise<void> {
  return reached(app.pipeline, app.pipeline.runningTimeSec! + sec);
}

function recorderAt(app: Standalone, folder: string, extension = ".webm"): VideoRecorder {
  return recorderOf(app.pipeline, newPaths(folder, extension), {
    windowSizeSec: WINDOW_SEC,
    onWarning: () => {},
  });
}

function reportOf(recording: Recording): Promise<RecordingReport> {
  return deadline(recording.finished, BOUND_SEC, "The clip does not end");
}

/** Checks that a clip of a numbered camera has all frames of its interval, in order, by what is seen in them. */
async function checkNumbers(report: RecordingReport): Promise<number[]> {
  const numbers = await readNumbers(report.path);
  const text = Deno.inspect({ report, numbers });
  assertEquals({ shortfalls: report.shortfalls, dropped: report.dropped }, {
    shortfalls: [],
    dropped: 0,
  }, text);
  assertEquals(numbers, numbers.map((_, i) => numbers[0]! + i), text);
  assert(Math.abs(numbers.length - 2 * WINDOW_SEC * FPS) <= 2, text);
  return numbers;
}

// --- the caps change

const PICTURE = "video/x-raw,format=I420,width=64,height=48,framerate=30/1";
/** What a stream changes to. */
const CHANGES = {
  size: "video/x-raw,format=I420,width=96,height=64,framerate=30/1",
  "frame rate": "video/x-raw,format=I420,width=64,height=48,framerate=15/1",
  format: "video/x-raw,format=RGB,width=64,height=48,framerate=30/1",
};
/** What comes into the tee: the encoder, and whether a file goes on where its size changes. */
const STREAMS: [name: string, encoder: string, files: Record<string, boolean>][] = [
  ["raw", "", { ".webm": true, ".mkv": true, ".mp4": true, ".mov": true, ".ts": true }],
  [
    "H.264",
    "! x264enc tune=zerolatency speed-preset=ultrafast key-int-max=10 ! h264parse",
    { ".mkv": false, ".mp4": false, ".mov": false, ".ts": true },
  ],
  ["VP8", "! vp8enc deadline=1 keyframe-max-dist=10", { ".webm": false, ".mkv": false }],
  ["JPEG", "! jpegenc", { ".mkv": false }],
];

/** Changes the caps in the middle of a clip in each container: to the reports, and to those of the clips after it. */
async function changeCaps(folder: string, encoder: string, extensions: string[], caps: string) {
  await using app = await runLive(
    `videotestsrc is-live=true ! capsfilter name=filter caps=${PICTURE} ${encoder} ! tee name=t t. ! fakesink`,
  );
  const recorders = extensions.map((extension) => recorderAt(app, folder, extension));
  await runSec(app, 2 * WINDOW_SEC);
  const recordings = await Promise.all(recorders.map((recorder) => recorder.record()));
  await runSec(app, WINDOW_SEC / 2);
  app.pipeline.element("filter").setProperty("caps", caps);
  const reports = await Promise.all(recordings.map(reportOf));
  await runSec(app, 2 * WINDOW_SEC);
  const next = await Promise.all(
    recorders.map(async (recorder) => await reportOf(await recorder.record())),
  );
  return { reports, next };
}

/** Checks clips in which the caps changed, and those after them. */
async function checkChange(
  [name, encoder, files]: typeof STREAMS[number],
  change: keyof typeof CHANGES,
) {
  await using dir = await tempDir();
  const extensions = Object.keys(files);
  const { reports, next } = await changeCaps(dir.path, encoder, extensions, CHANGES[change]);
  for (const [i, report] of reports.entries()) {
    const text = Deno.inspect({ change, report });
    const goesOn = files[extensions[i]!]! || name === "JPEG" && change !== "size";
    assertEquals(report.shortfalls, goesOn ? [] : ["caps-changed"], text);
    assertEquals(report.dropped, 0, text);
    assertEquals(report.end >= report.requested.end, goesOn, text);
    // it came half a window after the call
    assert(report.end > report.calls[0]!, text);
    assertEquals((await probeClip(report.path)).frames, report.frames, text);
  }
  for (const report of next) {
    assertEquals([report.shortfalls, report.dropped], [[], 0], Deno.inspect(report));
    assertEquals((await probeClip(report.path)).frames, report.frames);
  }
  addRow(import.meta.url, {
    fault: `another ${change} of ${name} video in mid-clip`,
    tries: extensions.length,
    outcome: name === "raw"
      ? "the clip goes on"
      : "the clip goes on, or ends and says caps-changed",
    lost: name === "raw" ? "0 frames" : "0 frames before the change",
  });
}

for (const stream of STREAMS) {
  Deno.test(`a clip of ${stream[0]} video goes on where its caps change, or ends and says so`, async () => {
    // encoders take one format
    const changes = stream[0] === "raw"
      ? ["size", "frame rate", "format"] as const
      : ["size", "frame rate"] as const;
    await Promise.all(changes.map((change) => checkChange(stream, change)));
  });
}

Deno.test("a clip of a bin with a text of its own ends where the caps change", async () => {
  await using dir = await tempDir();
  class PlainBin extends RecordBin {
    static override readonly binString: string =
      "appsrc name=appsrc ! videoconvert ! vp8enc deadline=1 ! webmmux ! filesink name=filesink";
  }
  await using app = await runLive(
    `videotestsrc is-live=true ! capsfilter name=filter caps=${PICTURE} ! tee name=t t. ! fakesink`,
  );
  const recorder = recorderOf(app.pipeline, newPaths(dir.path), {
    ...{ windowSizeSec: WINDOW_SEC, recordBinClass: PlainBin },
  });
  await runSec(app, 2 * WINDOW_SEC);
  const recording = await recorder.record();
  app.pipeline.element("filter").setProperty("caps", CHANGES["frame rate"]);
  const report = await reportOf(recording);
  assertEquals([report.shortfalls, report.dropped], [["caps-changed"], 0], Deno.inspect(report));
  await checkFile(report);
  await runSec(app, 2 * WINDOW_SEC);
  const next = await reportOf(await recorder.record());
  assertEquals([next.shortfalls, next.dropped], [[], 0], Deno.inspect(next));
});

Deno.test("a clip that is asked for after a change of encoded video begins with that", async () => {
  await using dir = await tempDir();
  await using app = await runLive(
    `videotestsrc is-live=true ! capsfilter name=filter caps=${PICTURE} ! ` +
      "x264enc tune=zerolatency speed-preset=ultrafast key-int-max=10 ! h264parse ! tee name=t t. ! fakesink",
  );
  const recorder = recorderAt(app, dir.path, ".mp4");
  await runSec(app, 2 * WINDOW_SEC);
  app.pipeline.element("filter").setProperty("caps", CHANGES.size);
  await runSec(app, WINDOW_SEC / 2);
  const report = await reportOf(await recorder.record());
  assertEquals(report.shortfalls, ["caps-changed"], Deno.inspect(report));
  assert(report.start > report.requested.start && report.start <= report.calls[0]!);
  assert(report.end >= report.requested.end);
  assertEquals((await probeClip(report.path)).frames, report.frames);
});

// --- the times jump

async function checkJump(jumpSec: number): Promise<void> {
  await using dir = await tempDir();
  await using camera = await NumberedCamera.start({ offsetSec: jumpSec < 0 ? 20 : 0 });
  const recorder = recorderAt(camera.app, dir.path);
  await runSec(camera.app, 2 * WINDOW_SEC);
  const recording = await recorder.record();
  await runSec(camera.app, WINDOW_SEC / 2);
  camera.offsetSec += jumpSec;
  await checkNumbers(await reportOf(recording));
  // the next clip, and one that reaches back over a jump
  await checkNumbers(await reportOf(await recorder.record()));
  camera.offsetSec -= jumpSec;
  await runSec(camera.app, WINDOW_SEC / 2);
  await checkNumbers(await reportOf(await recorder.record()));
  addRow(import.meta.url, {
    fault: `times jump by ${jumpSec} s, and back`,
    tries: 2,
    outcome: "the clip goes on, the next one is complete",
    lost: "0 frames",
  });
}

Deno.test("a jump of a live stream's times takes no frame away", async () => {
  await Promise.all([10, 0.5, -0.5, -10].map(checkJump));
});

Deno.test("clips of a camera whose times are far ahead are complete", async () => {
  await using dir = await tempDir();
  await using camera = await NumberedCamera.start({ offsetSec: 1.7e9 });
  const recorder = recorderAt(camera.app, dir.path);
  await runSec(camera.app, 2 * WINDOW_SEC);
  await checkNumbers(await reportOf(await recorder.record()));
  await checkNumbers(await reportOf(await recorder.record()));
});

Deno.test("frames without times are left out, counted, and no reason to hang", async () => {
  await using dir = await tempDir();
  await using camera = await NumberedCamera.start();
  camera.app.pipeline.element("source").setProperty("do-timestamp", false);
  const recorder = recorderAt(camera.app, dir.path);
  await runSec(camera.app, 2 * WINDOW_SEC);
  const recording = await recorder.record();
  await runSec(camera.app, WINDOW_SEC / 4);
  camera.isTimed = false;
  await runSec(camera.app, WINDOW_SEC / 4);
  camera.isTimed = true;
  const report = await reportOf(recording);
  const numbers = await readNumbers(report.path);
  assertEquals(report.shortfalls, ["frames-missing"], Deno.inspect(report));
  assertEquals(numbers.length, report.frames);
  assertEquals(report.frames + report.dropped, numbers.at(-1)! - numbers[0]! + 1);
  await runSec(camera.app, WINDOW_SEC);
  await checkNumbers(await reportOf(await recorder.record()));

  camera.isTimed = false;
  await runSec(camera.app, 3 * WINDOW_SEC);
  const error = await assertRejects(() => recorder.record({ maxDelaySec: 0.3 }), RecordingError);
  assertMatch(error.message, /no timestamps/);
  assert(recorder.stats().frames < 4 * WINDOW_SEC * FPS, "frames without times pile up");
  camera.isTimed = true;
  await runSec(camera.app, 2 * WINDOW_SEC);
  await checkNumbers(await reportOf(await recorder.record()));
  addRow(import.meta.url, {
    fault: "frames without times",
    tries: 2,
    outcome: "left out and counted; the next clip is complete",
    lost: "those frames",
  });
});

Deno.test("a stream without a frame rate is recorded whole", async () => {
  await using dir = await tempDir();
  await using camera = await NumberedCamera.start({ rate: "0/1" });
  const recorders = [".webm", ".mkv", ".mp4"].map((type) => recorderAt(camera.app, dir.path, type));
  await runSec(camera.app, 2 * WINDOW_SEC);
  const recordings = await Promise.all(recorders.map((recorder) => recorder.record()));
  for (const recording of recordings) await checkNumbers(await reportOf(recording));
});

Deno.test("a stall that ends after the clip's own end is told", async () => {
  await using dir = await tempDir();
  await using camera = await NumberedCamera.start();
  const recorder = recorderAt(camera.app, dir.path);
  await runSec(camera.app, 2 * WINDOW_SEC);
  const recording = await recorder.record();
  camera.isStalled = true;
  await runSec(camera.app, 1.4 * WINDOW_SEC);
  camera.isStalled = false;
  const report = await reportOf(recording);
  assertEquals(report.shortfalls, ["frames-missing"], Deno.inspect(report));
  const seen = await readNumbers(report.path);
  assertEquals(report.frames, seen.length);
  assert(report.end < report.requested.end - WINDOW_SEC / 2, Deno.inspect(report));
  assertEquals(report.frames, Math.round(report.duration * FPS), Deno.inspect(report));
  await runSec(camera.app, 2 * WINDOW_SEC);
  await checkNumbers(await reportOf(await recorder.record()));
});

async function checkPool(buffers: number): Promise<void> {
  await using dir = await tempDir();
  await using camera = await PooledCamera.start(buffers);
  const recorder = recorderAt(camera.app, dir.path);
  // it is seen within a second; up to then the ring may hold all of them
  await runSec(camera.app, 1.2);
  const lost = camera.lost.length;
  assert(lost > 0, "the source never lacks a buffer");
  await runSec(camera.app, 2 * WINDOW_SEC);
  await checkNumbers(await reportOf(await recorder.record()));
  await checkNumbers(await reportOf(await recorder.record()));
  assertEquals(camera.lost.length, lost, "the source lacks buffers");
  await recorder.close();

  const told = recorderOf(camera.app.pipeline, newPaths(dir.path), {
    windowSizeSec: WINDOW_SEC,
    copyFrames: true,
  });
  await runSec(camera.app, 2 * WINDOW_SEC);
  await checkNumbers(await reportOf(await told.record()));
  assertEquals(camera.lost.length, lost, "the source lacks buffers");
  await told.close();
}

Deno.test("a ring leaves a source with few buffers enough of them", async () => {
  await Promise.all([4, 8].map(checkPool));
  addRow(import.meta.url, {
    fault: "a source with 4 or 8 buffers",
    tries: 2,
    outcome: "frames are copied, every clip is complete",
    lost: "up to a second of frames before that is seen, none with copyFrames",
  });
});

/** Frames in a ring at a source that reads the memory of another pipeline, which has room for ten. */
async function framesOfShared(folder: string, copyFrames: boolean): Promise<number> {
  const socket = `${folder}/${copyFrames}`;
  await using writer = Pipeline.parse(
    `videotestsrc is-live=true ! ${PICTURE} ! ` +
      `shmsink socket-path=${socket} shm-size=60000 wait-for-connection=false sync=false`,
  );
  await writer.play();
  await using app = await runLive(
    `shmsrc socket-path=${socket} is-live=true do-timestamp=true ! ${PICTURE} ! tee name=t t. ! fakesink async=false`,
  );
  const recorder = recorderOf(app.pipeline, newPaths(folder), {
    ...{ windowSizeSec: WINDOW_SEC, copyFrames },
  });
  await runSec(app, 4 * WINDOW_SEC);
  const { frames } = recorder.stats();
  if (copyFrames) {
    const report = await reportOf(await recorder.record());
    assertEquals([report.shortfalls, report.dropped], [[], 0], Deno.inspect(report));
    await checkFile(report);
  }
  return frames;
}

Deno.test("copyFrames leaves a source its buffers that are of no pool", async () => {
  await using dir = await tempDir();
  const [held, copied] = await Promise.all(
    [false, true].map((copyFrames) => framesOfShared(dir.path, copyFrames)),
  );
  assert(copied! >= WINDOW_SEC * FPS, `${copied} frames`);
  assert(
    held! < WINDOW_SEC * FPS,
    "a ring that holds the source's buffers does not starve it here",
  );
});

Deno.test("what is dropped of encoded video goes up to a keyframe, and is counted", async () => {
  await using dir = await tempDir();
  class SlowBin extends RecordBin {
    static override readonly binString: string =
      "appsrc name=appsrc ! identity sync=true ts-offset=5300000000 ! h264parse ! matroskamux ! filesink name=filesink";
  }
  await using app = await runLive(
    `videotestsrc is-live=true pattern=ball ! ${PICTURE} ! ` +
      "x264enc tune=zerolatency speed-preset=ultrafast key-int-max=15 ! h264parse ! tee name=t t. ! fakesink",
  );
  const recorder = recorderOf(app.pipeline, newPaths(dir.path, ".mkv"), {
    ...{ windowSizeSec: WINDOW_SEC, recordBinClass: SlowBin, onWarning: () => {} },
  });
  await runSec(app, 2 * WINDOW_SEC);
  const report = await reportOf(await recorder.record({ afterSec: 6.8 }));
  const text = Deno.inspect(report);
  assertEquals(report.shortfalls, ["encoder-too-slow"], text);
  assert(report.dropped > 0 && report.end >= report.requested.end, text);
  assertEquals(report.frames + report.dropped, Math.round(report.duration * FPS), text);
  assertEquals((await probeClip(report.path)).frames, report.frames, text);
  addRow(import.meta.url, {
    fault: "a disk or a muxer that does not keep up with encoded video",
    tries: 1,
    outcome: "frames are dropped up to a keyframe and counted; the clip decodes without an error",
    lost: "those frames",
  });
});

Deno.test("a pipeline that ends or fails in any state leaves no recorder hanging", async () => {
  await using dir = await tempDir();
  const source = `videotestsrc is-live=true ! ${PICTURE} ! tee name=t t. !`;
  const texts = [
    ...["null-to-ready", "ready-to-paused", "paused-to-playing"].map((state) =>
      `${source} fakesink state-error=${state}`
    ),
    `${source} identity error-after=1 ! fakesink`,
    `${source} identity error-after=20 ! fakesink`,
    ...[0, 1, 20].map((count) => `${source} fakesink`.replace("src ", `src num-buffers=${count} `)),
  ];
  await Promise.all(texts.map(async (text) => {
    await using pipeline = Pipeline.parse(text);
    const recorder = recorderOf(pipeline, newPaths(dir.path), { windowSizeSec: WINDOW_SEC });
    const started = pipeline.play().catch((error) => assertInstanceOf(error, GstError));
    const recordings = [recorder.record(), started.then(() => recorder.record())];
    for (const recording of recordings) {
      const done = recording.then(({ finished }) => finished).catch((error) => {
        assertInstanceOf(error, GstError);
        return null;
      });
      const report = await deadline(done, BOUND_SEC, `The clip of ${text} does not end`);
      if (report === null) continue;
      assert(report.shortfalls.length > 0, text);
      await checkFile(report);
    }
    await deadline(pipeline.stop(), BOUND_SEC, `${text} does not stop`);
    assertEquals(recorder.state, "detached");
  }));
  addRow(import.meta.url, {
    fault: "an error or the end of the stream in each state",
    tries: texts.length,
    outcome: "clips end and say why, or record() rejects",
    lost: "0 frames before that",
  });
});

// --- seeks and loops

/** A stream that can be sought in, at the pace of its clock. */
const SEEKABLE =
  `videotestsrc num-buffers=100000 ! ${PICTURE} ! tee name=t t. ! fakesink sync=true`;

const FLUSH = 1;
const SEGMENT = 1 << 3;
const SET = 1;
const NONE = 0;

/** Seeks from the start to `stopSec`, or to the end. */
async function seek(app: Standalone, flags: number, stopSec?: number): Promise<void> {
  const library = Deno.dlopen("libgstreamer-1.0.so.0", {
    gst_element_seek: {
      parameters: ["pointer", "f64", "i32", "i32", "i32", "i64", "i32", "i64"],
      result: "i32",
      nonblocking: true,
    },
  });
  const [TIME, toStop] = [3, stopSec === undefined ? NONE : SET];
  const stopNs = BigInt(Math.round((stopSec ?? 0) * 1e9));
  const { gst_element_seek } = library.symbols;
  const handle = app.pipeline.unsafeHandle;
  assertEquals(await gst_element_seek(handle, 1, TIME, flags, SET, 0n, toStop, stopNs), 1);
  library.close();
}

Deno.test("a flushing seek ends the clip, and the next ones begin with it", async () => {
  await using dir = await tempDir();
  await using app = await runLive(SEEKABLE);
  const recorder = recorderAt(app, dir.path, ".mp4");
  for (let round = 0; round < 2; round++) {
    await runSec(app, 2 * WINDOW_SEC);
    const recording = await recorder.record();
    await seek(app, FLUSH);
    const report = await reportOf(recording);
    assertEquals([report.shortfalls, report.dropped], [["flushed"], 0], Deno.inspect(report));
    await checkFile(report);
    await until("frames come again", () => recorder.stats().frames > 2);
    const next = await reportOf(await recorder.record());
    assertEquals([next.shortfalls, next.dropped], [["ring-not-full"], 0], Deno.inspect(next));
    assert(next.start < 1 / FPS, Deno.inspect(next));
    await checkFile(next);
  }
  await runSec(app, 2 * WINDOW_SEC);
  await checkComplete(await reportOf(await recorder.record()));
  addRow(import.meta.url, {
    fault: "flushing seek in mid-clip",
    tries: 2,
    outcome: "the clip ends and says flushed, the next one is complete",
    lost: "0 frames before the seek",
  });
});

Deno.test("a seek between clips leaves nothing of the stream before it", async () => {
  await using dir = await tempDir();
  await using app = await runLive(SEEKABLE);
  const recorder = recorderAt(app, dir.path);
  await runSec(app, 2 * WINDOW_SEC);
  await checkComplete(await reportOf(await recorder.record()));
  await seek(app, FLUSH);
  await reached(app.pipeline, 2 * WINDOW_SEC);
  await checkComplete(await reportOf(await recorder.record()));
});

Deno.test("a clip goes on over the seams of a loop", async () => {
  await using dir = await tempDir();
  const loopSec = 0.4;
  await using app = await runLive(SEEKABLE);
  using messages = app.pipeline.bus.messages();
  const recorders = [".webm", ".mp4", ".mkv"].map((extension) =>
    recorderAt(app, dir.path, extension)
  );
  await seek(app, FLUSH | SEGMENT, loopSec);
  let loops = 0;
  const looping = (async () => {
    for await (const { type } of messages) {
      if (type !== "segment-done") continue;
      loops++;
      await seek(app, SEGMENT, loopSec);
    }
  })();
  await until("it has looped", () => loops > 3);
  for (
    const report of await Promise.all(recorders.map(async (one) => reportOf(await one.record())))
  ) {
    await checkComplete(report);
  }
  assert(loops > 4);
  messages.end();
  await looping;
  addRow(import.meta.url, {
    fault: "segment seeks, in a loop",
    tries: 3,
    outcome: "the clip goes on over the seams",
    lost: "0 frames",
  });
});
