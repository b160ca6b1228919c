/**
 * Tees with encoded video: it is written as it is, from the keyframe before the window.
 */
import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertMatch,
  assertRejects,
  assertThrows,
} from "@std/assert";
import {
  GstError,
  hasElement,
  RecordingError,
  type RecordingReport,
  Standalone,
  type VideoRecorder,
} from "../../mod.ts";
import { smartCutEncoder } from "../../src/recorder/encode/smart_cut.ts";
import { words } from "../../scripts/lib/run.ts";
import { ffmpeg } from "../helpers/ffmpeg.ts";
import { codecOf, readTimes } from "../helpers/ffprobe.ts";
import { FPS } from "../helpers/fps.ts";
import { numbersBetween, readNumbers, writeNumberedSource } from "../helpers/numbered.ts";
import { range } from "../helpers/range.ts";
import {
  checkFile,
  newPaths,
  recordClip,
  recordClips,
  recorderOf,
  runLive,
} from "../helpers/recording.ts";
import { sinkStats } from "../helpers/sink_stats.ts";
import { tempDir } from "../helpers/temp_dir.ts";
import { reached, until } from "../helpers/wait.ts";

const WINDOW_SEC = 1;
/** Frames that may follow the last one of the interval: the encoders here use up to 3 B-frames in a row. */
const MAX_BEHIND = 5;

/** A codec: its encoder, with GOPs of at most 40 frames, and the containers that take it. */
interface Codec {
  name: string;
  encoder: string;
  extensions: string[];
}

const CODECS: Codec[] = [
  {
    name: "h264",
    encoder: "x264enc tune=zerolatency key-int-max=40 ! h264parse",
    extensions: [".mkv", ".mp4", ".mov", ".ts"],
  },
  {
    name: "h264", // with B-frames
    encoder: "x264enc speed-preset=ultrafast bframes=2 b-adapt=false key-int-max=40 ! h264parse",
    extensions: [".mkv", ".mp4", ".mov", ".ts"],
  },
  {
    name: "h264", // without a frame rate, like that of cameras
    encoder: "openh264enc gop-size=40 ! capssetter caps=video/x-h264,framerate=0/1 ! h264parse",
    extensions: [".mkv", ".mp4", ".mov", ".ts"],
  },
  {
    name: "hevc",
    encoder: "x265enc speed-preset=ultrafast tune=zerolatency key-int-max=40 ! h265parse",
    extensions: [".mkv", ".mp4", ".mov", ".ts"],
  },
  {
    name: "hevc", // with open GOPs: frames after a keyframe that are shown before it
    encoder: "x265enc speed-preset=ultrafast key-int-max=40 ! h265parse",
    extensions: [".mkv", ".mp4", ".ts"],
  },
  {
    name: "av1",
    encoder: "av1enc usage-profile=realtime cpu-used=10 keyframe-max-dist=40 ! av1parse",
    extensions: [".webm", ".mkv", ".mp4"],
  },
  {
    name: "vp8",
    encoder: "vp8enc deadline=1 keyframe-max-dist=40",
    extensions: [".webm", ".mkv"],
  },
  {
    name: "vp9",
    encoder: "vp9enc deadline=1 cpu-used=8 keyframe-max-dist=40 ! vp9parse",
    extensions: [".webm", ".mkv", ".mp4"],
  },
  {
    name: "vp9", // without the chroma siting in its caps, like that of files
    encoder: "vp9enc deadline=1 cpu-used=8 keyframe-max-dist=40 " +
      "! capssetter join=false replace=true caps=video/x-vp9,framerate=30/1 ! vp9parse",
    extensions: [".mp4"],
  },
  { name: "mjpeg", encoder: "jpegenc ! jpegparse", extensions: [".mkv"] },
];

/** Runs numbered frames through an encoder to the tee `t`, and calls `use` once the ring is full. */
async function withEncoded(
  encoder: string,
  folder: string,
  use: (
    record: (extension: string, exactStart?: boolean) => Promise<RecordingReport>,
  ) => Promise<void>,
): Promise<void> {
  const source = await writeNumberedSource(folder, 20, { teeName: "raw" });
  await using app = await runLive(
    `${source} raw. ! queue ! ${encoder} ! tee name=t t. ! fakesink`,
  );
  const recorders = new Map<string, ReturnType<typeof recorderOf>>();
  const record = async (extension: string, exactStart = false) => {
    const recorder = recorders.get(`${extension} ${exactStart}`)!;
    return await recordClip(recorder, { maxDelaySec: 10 });
  };
  for (const extension of [".mkv", ".mp4", ".mov", ".ts", ".webm"]) {
    for (const exactStart of [false, true]) {
      const options = { windowSizeSec: WINDOW_SEC, exactStart, onWarning: () => {} };
      const recorder = recorderOf(app.pipeline, newPaths(folder, extension), options);
      recorders.set(`${extension} ${exactStart}`, recorder);
    }
  }
  await reached(app.pipeline, 5);
  await use(record);
}

/** Checks that a clip has all frames from a keyframe at or before the requested start to the requested end. */
async function checkEncoded(report: RecordingReport, codec: string): Promise<void> {
  const { path, requested, start, end, frames } = report;
  assertEquals(await readNumbers(path), range(frames, Math.round(start * FPS)), path);
  assert(start < requested.start + 1 / FPS, `${path} starts late: ${Deno.inspect(report)}`);
  assert(start > requested.start - 41 / FPS, `${path} starts early: ${Deno.inspect(report)}`);
  assert(end >= requested.end, `${path} ends early: ${Deno.inspect(report)}`);
  await checkStream(report, codec);
}

/** Checks that a clip begins with the first frame of the window; only frames that its last one refers to may follow it. */
async function checkExact(report: RecordingReport, codec: string): Promise<void> {
  const { path, requested, frames } = report;
  const { length: count, 0: first } = numbersBetween(requested.start, requested.end);
  assertEquals(await readNumbers(path), range(frames, first), path);
  assert(frames >= count && frames <= count + MAX_BEHIND, Deno.inspect(report));
  assertAlmostEquals(report.start, first! / FPS, 1e-6);
  await checkTimes(path, FPS);
  await checkStream(report, codec);
}

/** Checks that the frames of a clip are equally far apart. */
async function checkTimes(path: string, fps: number): Promise<void> {
  const times = await readTimes(path);
  for (const [i, time] of times.entries()) {
    // Matroska has times in milliseconds
    assertAlmostEquals(time - times[0]!, i / fps, 0.0021, `${path}: frame ${i}`);
  }
}

async function checkStream(report: RecordingReport, codec: string): Promise<void> {
  const { path } = report;
  assertEquals([report.shortfalls, report.dropped], [[], 0], path);
  assertEquals(await codecOf(path), codec);
}

Deno.test("record() writes encoded video as it is, from a keyframe before the window", async () => {
  await Promise.all(CODECS.map(async ({ name, encoder, extensions }) => {
    const missing = encoder.split(" ! ").map((text) => text.split(" ")[0]!).filter((element) =>
      !hasElement(element)
    );
    if (missing.length > 0) return console.log(`skipped ${name}: no ${missing.join(", ")}`);
    await using dir = await tempDir();
    await withEncoded(encoder, dir.path, async (record) => {
      const plain = extensions.map((extension) => record(extension));
      const exact = extensions.map((extension) => record(extension, true));
      for (const report of await Promise.all(plain)) await checkEncoded(report, name);
      for (const report of await Promise.all(exact)) await checkExact(report, name);
    });
  }));
});

Deno.test("record() estimates the DTS of B-frames whose buffers only have a PTS", async () => {
  await using dir = await tempDir();
  const fps = 25; // frames of whole milliseconds, as Matroska has no smaller unit
  const source = await writeNumberedSource(dir.path, 20, { fps, teeName: "raw" });
  await using app = await runLive(
    `${source} raw. ! queue ` +
      "! x264enc speed-preset=ultrafast bframes=3 b-adapt=false key-int-max=20 rc-lookahead=5 sync-lookahead=0 " +
      "! h264parse ! matroskamux streamable=true ! matroskademux ! h264parse ! tee name=t t. ! fakesink",
  );
  const recorders = [".mkv", ".mp4", ".mov", ".ts"].flatMap((extension) =>
    [false, true].map((exactStart) =>
      recorderOf(app.pipeline, newPaths(dir.path, extension), {
        ...{ windowSizeSec: WINDOW_SEC, exactStart, onWarning: () => {} },
      })
    )
  );
  await reached(app.pipeline, 4);
  for (const report of await recordClips(recorders, { maxDelaySec: 10 })) {
    const { path, start, end, frames, requested, shortfalls } = report;
    assertEquals(await readNumbers(path), range(frames, Math.round(start * fps)), path);
    assertEquals(shortfalls, []);
    assert(start < requested.start + 1 / fps && end >= requested.end, path);
    await checkTimes(path, fps);
  }
});

Deno.test("record() writes a GOP that is longer than the window from the start of the stream", async () => {
  await using dir = await tempDir();
  const source = await writeNumberedSource(dir.path, 10, { teeName: "raw" });
  const recorders: VideoRecorder[] = [];
  await using app = await Standalone.buildAndRun(
    `${source} raw. ! queue ` +
      "! x264enc speed-preset=ultrafast bframes=2 b-adapt=false key-int-max=1000 rc-lookahead=5 sync-lookahead=0 " +
      "! h264parse ! matroskamux streamable=true ! matroskademux ! h264parse ! clocksync ! tee name=t t. ! fakesink",
    {
      background: true,
      beforeStart(pipeline) {
        for (const extension of [".mkv", ".mp4"]) {
          recorders.push(recorderOf(pipeline, newPaths(dir.path, extension), {
            ...{ windowSizeSec: 0.5, onWarning: () => {} },
          }));
        }
      },
    },
  );
  await reached(app.pipeline, 7);
  for (const { path, frames, dropped, shortfalls } of await recordClips(recorders)) {
    assertEquals(await readNumbers(path), range(frames), path);
    assertEquals([dropped, shortfalls], [0, []], path);
    assert(frames > 7 * FPS, path);
  }
});

Deno.test("record() waits for the first keyframe, and rejects where none arrives in time", async () => {
  await using dir = await tempDir();
  const path = `${dir.path}/keyframes.mkv`;
  const source =
    "-f lavfi -i testsrc2=size=64x48:rate=30 -t 20 -c:v libx264 -g 90 -tune zerolatency";
  await ffmpeg([...words(source), path]);
  // a file cannot send a keyframe on request
  await using app = await runLive(
    `filesrc location=${path} ! matroskademux ! h264parse ! identity sync=true ! tee name=t t. ! fakesink`,
  );
  await reached(app.pipeline, 0.5);
  await using recorder = recorderOf(app.pipeline, newPaths(dir.path, ".mp4"), {
    onWarning: () => {},
  });
  await reached(app.pipeline, 0.7);
  const error = await assertRejects(() => recorder.record({ maxDelaySec: 0.2 }), RecordingError);
  assertMatch(error.message, /no keyframe has come in the last .*maxDelaySec/);
  const report = await recordClip(recorder, { afterSec: 4, maxDelaySec: 10 });
  assertAlmostEquals(report.start, 3, 0.5);
  assertEquals(report.shortfalls, ["ring-not-full"]);
});

Deno.test("record() asks upstream for a keyframe where none is in reach", async () => {
  await using dir = await tempDir();
  await using app = await runLive(
    "videotestsrc is-live=true ! video/x-raw,width=64,height=48,framerate=30/1 " +
      "! x264enc tune=zerolatency key-int-max=9000 ! h264parse ! tee name=t t. ! fakesink name=sink",
  );
  await reached(app.pipeline, 0.5);
  await using recorder = recorderOf(app.pipeline, newPaths(dir.path, ".mp4"));
  await reached(app.pipeline, 1);
  // otherwise a frame that is being encoded, and from before the call, would become the keyframe
  const passed = () => sinkStats(app.pipeline, "sink").rendered;
  const before = passed();
  await until("a frame has just passed", () => passed() > before);
  const report = await recordClip(recorder, { afterSec: 2, maxDelaySec: 10 });
  assertEquals(report.shortfalls, ["ring-not-full"]);
  assert(report.start >= report.calls[0]! && report.start < report.calls[0]! + 1.5);
  await checkFile(report);
});

Deno.test("record() rejects a container that does not take the codec, by name", async () => {
  await using dir = await tempDir();
  await withEncoded("vp8enc deadline=1 keyframe-max-dist=40", dir.path, async (record) => {
    const { message } = await assertRejects(() => record(".mp4"), RecordingError);
    assertMatch(message, /A \.mp4 file does not take video\/x-vp8: .* \.webm or \.mkv/);
    assertEquals((await record(".webm")).shortfalls, []);
  });
});

Deno.test("exactStart leaves a window as it is that begins with a keyframe", async () => {
  await using dir = await tempDir();
  await withEncoded("jpegenc ! jpegparse", dir.path, async (record) => {
    await checkExact(await record(".mkv", true), "mjpeg");
  });
});

Deno.test("smartCutEncoder() names missing encoders", () => {
  assertMatch(
    smartCutEncoder("video/x-h264", (name) => name !== "x264enc"),
    /^openh264enc .*avc3/,
  );
  const missing = assertThrows(() => smartCutEncoder("video/x-h265", () => false), GstError);
  assertMatch(missing.message, /encoder of video\/x-h265.*\n.*apt-get install/);
  const unknown = assertThrows(() => smartCutEncoder("video/x-theora", () => true), GstError);
  assertMatch(unknown.message, /video\/x-theora.*\n.*start with a keyframe/);
});
