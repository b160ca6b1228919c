/**
 * Tees that carry encoded video: it is written as it is, from the keyframe before the window on.
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
import { run } from "../../scripts/lib/run.ts";
import { smartCutEncoder } from "../../src/recorder/encode/smart_cut.ts";
import { readTimes } from "../helpers/ffprobe.ts";
import { numberedSource, readNumbers, writeNumbered } from "../helpers/numbered.ts";
import { newPaths, recorderOf, runLive } from "../helpers/recording.ts";
import { tempDir } from "../helpers/temp_dir.ts";
import { reached } from "../helpers/wait.ts";

const FPS = 30;
const WINDOW_SEC = 1;
/** Frames that may follow a clip's last: encoders here put up to 3 in a row between two that are decoded before them. */
const MAX_BEHIND = 5;

/** A codec: what makes it, in groups of pictures of at most 40 frames, and the files that take it. */
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
    name: "h264", // with frames that are decoded in another order than they are shown in
    encoder: "x264enc speed-preset=ultrafast bframes=2 b-adapt=false key-int-max=40 ! h264parse",
    extensions: [".mkv", ".mp4", ".mov", ".ts"],
  },
  {
    name: "h264", // as cameras send it: nothing tells how long a frame lasts
    encoder: "openh264enc gop-size=40 ! capssetter caps=video/x-h264,framerate=0/1 ! h264parse",
    extensions: [".mkv", ".mp4", ".mov", ".ts"],
  },
  {
    name: "hevc",
    encoder: "x265enc speed-preset=ultrafast tune=zerolatency key-int-max=40 ! h265parse",
    extensions: [".mkv", ".mp4", ".mov", ".ts"],
  },
  {
    name: "hevc", // with frames after a keyframe that are shown before it, and refer to what came before it
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
    name: "vp9", // as it comes out of files: nothing tells where its chroma samples are
    encoder: "vp9enc deadline=1 cpu-used=8 keyframe-max-dist=40 " +
      "! capssetter join=false replace=true caps=video/x-vp9,framerate=30/1 ! vp9parse",
    extensions: [".mp4"],
  },
  { name: "mjpeg", encoder: "jpegenc ! jpegparse", extensions: [".mkv"] },
];

/** Runs numbered frames through an encoder to the tee `t`, and calls `use` once the ring has filled up. */
async function withEncoded(
  encoder: string,
  folder: string,
  use: (
    record: (extension: string, exactStart?: boolean) => Promise<RecordingReport>,
  ) => Promise<void>,
): Promise<void> {
  await writeNumbered(`${folder}/numbered.raw`, 20 * FPS);
  const source = numberedSource({
    path: `${folder}/numbered.raw`,
    fps: FPS,
    live: true,
    teeName: "raw",
  });
  await using app = await runLive(
    `${source} raw. ! queue ! ${encoder} ! tee name=t t. ! fakesink`,
  );
  const recorders = new Map<string, ReturnType<typeof recorderOf>>();
  const record = async (extension: string, exactStart = false) => {
    const recorder = recorders.get(`${extension} ${exactStart}`)!;
    return await (await recorder.record({ maxDelaySec: 10 })).finished;
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

/** The clip holds all frames from a keyframe at or before the requested start to the requested end, as encoded. */
async function checkEncoded(report: RecordingReport, codec: string): Promise<void> {
  const { path, requested, start, end, frames } = report;
  const numbers = await readNumbers(path);
  const first = Math.round(start * FPS);
  assertEquals(numbers, Array.from({ length: frames }, (_, i) => first + i), path);
  assert(start < requested.start + 1 / FPS, `${path} starts late: ${Deno.inspect(report)}`);
  assert(start > requested.start - 41 / FPS, `${path} starts early: ${Deno.inspect(report)}`);
  assert(end >= requested.end, `${path} ends early: ${Deno.inspect(report)}`);
  await checkStream(report, codec);
}

/** The clip begins with the first frame of the window; only such as its last one refers to may follow that. */
async function checkExact(report: RecordingReport, codec: string): Promise<void> {
  const { path, requested, frames } = report;
  const first = Math.ceil(requested.start * FPS - 1e-5);
  const count = Math.ceil(requested.end * FPS - 1e-5) - first;
  const expected = Array.from({ length: frames }, (_, i) => first + i);
  assertEquals(await readNumbers(path), expected, path);
  assert(frames >= count && frames <= count + MAX_BEHIND, Deno.inspect(report));
  assertAlmostEquals(report.start, first / FPS, 1e-6);
  const times = await readTimes(path);
  for (const [i, time] of times.entries()) {
    // Matroska's times are milliseconds
    assertAlmostEquals(time - times[0]!, i / FPS, 0.0021, `${path}: frame ${i}`);
  }
  await checkStream(report, codec);
}

async function checkStream(report: RecordingReport, codec: string): Promise<void> {
  const { path } = report;
  assertEquals([report.shortfalls, report.dropped], [[], 0], path);
  const { stdout } = await run("ffprobe", [
    ...["-v", "error", "-select_streams", "v:0", "-show_entries", "stream=codec_name"],
    ...["-of", "default=nw=1:nk=1", path],
  ]);
  assertEquals(stdout.split("\n")[0], codec);
}

Deno.test("record() writes encoded video as it is, from a keyframe before the window on", async () => {
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

Deno.test("record() orders frames whose buffers only tell when they are shown", async () => {
  await using dir = await tempDir();
  const path = `${dir.path}/numbered.raw`;
  const fps = 25; // whole milliseconds, which is all that Matroska keeps
  await writeNumbered(path, 20 * fps);
  await using app = await runLive(
    `${numberedSource({ path, fps, live: true, teeName: "raw" })} raw. ! queue ` +
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
  const recordings = await Promise.all(
    recorders.map((recorder) => recorder.record({ maxDelaySec: 10 })),
  );
  for (const { finished } of recordings) {
    const { path, start, end, frames, requested, shortfalls } = await finished;
    const first = Math.round(start * fps);
    assertEquals(
      await readNumbers(path),
      Array.from({ length: frames }, (_, i) => first + i),
      path,
    );
    assertEquals(shortfalls, []);
    assert(start < requested.start + 1 / fps && end >= requested.end, path);
    const times = await readTimes(path);
    for (const [i, time] of times.entries()) {
      assertAlmostEquals(time - times[0]!, i / fps, 0.0021, `${path}: frame ${i}`);
    }
  }
});

Deno.test("record() writes a group of pictures that is longer than all windows, from the stream's start", async () => {
  await using dir = await tempDir();
  const path = `${dir.path}/numbered.raw`;
  await writeNumbered(path, 10 * FPS);
  const recorders: VideoRecorder[] = [];
  await using app = await Standalone.buildAndRun(
    `${numberedSource({ path, fps: FPS, live: true, teeName: "raw" })} raw. ! queue ` +
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
  const recordings = await Promise.all(recorders.map((recorder) => recorder.record()));
  for (const { finished } of recordings) {
    const { path, frames, dropped, shortfalls } = await finished;
    assertEquals(await readNumbers(path), Array.from({ length: frames }, (_, i) => i), path);
    assertEquals([dropped, shortfalls], [0, []], path);
    assert(frames > 7 * FPS, path);
  }
});

Deno.test("record() says that there is no keyframe yet, and waits for one where it may", async () => {
  await using dir = await tempDir();
  await using app = await runLive(
    "videotestsrc is-live=true ! video/x-raw,width=64,height=48,framerate=30/1 " +
      "! x264enc tune=zerolatency key-int-max=90 ! h264parse ! tee name=t t. ! fakesink",
  );
  await reached(app.pipeline, 0.5);
  await using recorder = recorderOf(app.pipeline, newPaths(dir.path, ".mp4"), {
    onWarning: () => {},
  });
  await reached(app.pipeline, 0.7);
  const error = await assertRejects(() => recorder.record({ maxDelaySec: 0.2 }), RecordingError);
  assertMatch(error.message, /no keyframe has come yet, .* maxDelaySec/);
  const report = await (await recorder.record({ afterSec: 4, maxDelaySec: 10 })).finished;
  assertAlmostEquals(report.start, 3, 0.5);
  assertEquals(report.shortfalls, ["ring-not-full"]);
});

Deno.test("record() refuses containers that do not take the codec, by name", async () => {
  await using dir = await tempDir();
  await withEncoded("vp8enc deadline=1 keyframe-max-dist=40", dir.path, async (record) => {
    const { message } = await assertRejects(() => record(".mp4"), RecordingError);
    assertMatch(message, /A \.mp4 file does not take video\/x-vp8: .* \.webm or \.mkv/);
    assertEquals((await record(".webm")).shortfalls, []);
  });
});

Deno.test("exactStart leaves raw video and windows that begin with a keyframe as they are", async () => {
  await using dir = await tempDir();
  await withEncoded("jpegenc ! jpegparse", dir.path, async (record) => {
    await checkExact(await record(".mkv", true), "mjpeg");
  });
});

Deno.test("smartCutEncoder() names what is missing", () => {
  assertMatch(
    smartCutEncoder("video/x-h264", (name) => name !== "x264enc"),
    /^openh264enc .*avc3/,
  );
  const missing = assertThrows(() => smartCutEncoder("video/x-h265", () => false), GstError);
  assertMatch(missing.message, /encoder of video\/x-h265.*\n.*apt-get install/);
  const unknown = assertThrows(() => smartCutEncoder("video/x-theora", () => true), GstError);
  assertMatch(unknown.message, /video\/x-theora.*\n.*start with a keyframe/);
});
