/**
 * Containers by file name extension, and custom record bins.
 */
import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertInstanceOf,
  assertMatch,
  assertRejects,
  assertThrows,
} from "@std/assert";
import { extname } from "@std/path/extname";
import { GstError, GstParseError, RecordBin, RecordingError } from "../../mod.ts";
import { type RecordBinSpec, recordBinText } from "../../src/recorder/encode/record_bin_text.ts";
import { probeClip } from "../helpers/ffprobe.ts";
import { fileNames } from "../helpers/file_names.ts";
import {
  checkComplete,
  newPaths,
  recordClip,
  recordClips,
  recorderOf,
  ringFull,
  runLive,
  WINDOW_SEC,
} from "../helpers/recording.ts";
import { tempDir } from "../helpers/temp_dir.ts";
import { playFor, reached } from "../helpers/wait.ts";

/** Returns a check of installed elements, by which all but these are installed. */
function without(...missing: string[]): (name: string) => boolean {
  return (name) => !missing.includes(name);
}

/** Returns the text of a record bin. */
function textOf(spec: RecordBinSpec, isInstalled: (name: string) => boolean): string {
  return recordBinText(spec, isInstalled).text;
}

function raw(path: string) {
  return { path, tracks: [{ mediaType: "video/x-raw" }] };
}

Deno.test("recordBinText() chooses the container by the extension, whatever its case", () => {
  const all = without();
  assertMatch(textOf(raw("a.webm"), all), /vp8enc .* ! webmmux/);
  assertMatch(textOf(raw("/clips.mp4/a.WebM"), all), /vp8enc .* ! webmmux/);
  assertMatch(textOf(raw("a.mkv"), all), /x264enc .* ! matroskamux/);
  assertMatch(textOf(raw("a.mp4"), all), /x264enc .* ! mp4mux/);
});

Deno.test("record() writes raw video of any size and format", async () => {
  await using dir = await tempDir();
  await Promise.all(["I420", "RGB", "GRAY8"].map(async (format) => {
    await using app = await runLive(
      `videotestsrc is-live=true ! video/x-raw,format=${format},width=65,height=49,framerate=30/1 ` +
        "! tee name=t t. ! fakesink",
    );
    for (const extension of [".mp4", ".webm"]) {
      await using recorder = recorderOf(app.pipeline, newPaths(dir.path, extension));
      await ringFull(app.pipeline);
      const report = await recordClip(recorder);
      assertEquals((await probeClip(report.path)).frames, report.frames);
    }
  }));
});

Deno.test("record() writes raw video without a frame rate up to the last frame", async () => {
  await using dir = await tempDir();
  await using app = await runLive(
    "videotestsrc is-live=true ! video/x-raw,width=64,height=48,framerate=30/1 " +
      "! identity drop-probability=0.3 ! capssetter caps=video/x-raw,framerate=0/1 ! tee name=t t. ! fakesink",
  );
  const recorders = [".mp4", ".mov", ".ts", ".mkv", ".webm"].map((extension) =>
    recorderOf(app.pipeline, newPaths(dir.path, extension))
  );
  await reached(app.pipeline, 1);
  for (const report of await recordClips(recorders)) {
    assertEquals((await probeClip(report.path)).frames, report.frames, report.path);
  }
});

Deno.test("recordBinText() uses the next encoder where one is not installed", () => {
  assertMatch(textOf(raw("a.mp4"), without("x264enc")), /openh264enc/);
  assertMatch(textOf(raw("a.mkv"), without("x264enc", "openh264enc")), /vp8enc/);
  assertMatch(textOf(raw("a.mkv"), without("h264parse")), /vp8enc/);
});

Deno.test("recordBinText() sets the frame rate of encoded video where the caps have none", () => {
  const track = { mediaType: "video/x-h264", unstatedFrameNs: 40_000_000n };
  const text = textOf({ path: "a.mp4", tracks: [track] }, without());
  assertMatch(
    text,
    /^appsrc name=appsrc ! capssetter caps=\S+,framerate=1000000\/40000 ! h264parse/,
  );
  const mpeg = { mediaType: "video/mpeg, mpegversion=4", unstatedFrameNs: 40_000_000n };
  assertMatch(
    textOf({ path: "a.mp4", tracks: [mpeg] }, without()),
    / caps=video\/mpeg,mpegversion=4,framerate=1000000\/40000 ! mpeg4videoparse/,
  );
  const stated = { path: "a.mp4", tracks: [{ ...track, unstatedFrameNs: null }] };
  assertEquals(textOf(stated, without()).includes("caps="), false);
});

Deno.test("recordBinText() names missing elements and their packages", () => {
  const message = (path: string, ...missing: string[]) =>
    assertThrows(() => textOf(raw(path), without(...missing)), GstError).message;
  assertEquals(
    message("a.webm", "vp8enc"),
    "A .webm file needs elements that are not installed: vp8enc\n" +
      "vp8enc is in Debian's package gstreamer1.0-plugins-good: " +
      "sudo apt-get install gstreamer1.0-plugins-good",
  );
  assertMatch(message("a.webm", "webmmux"), /not installed: webmmux\n/);
  assertMatch(message("a.mp4", "x264enc", "openh264enc"), /not installed: x264enc\n.*ugly/);
  assertMatch(message("a.mp4", "h264parse", "mp4mux"), /not installed: h264parse, mp4mux\n/);
});

Deno.test("recordBinText() rejects other extensions, and lists the supported ones", () => {
  for (const path of ["a.avi", "a", "/clips.webm/a", ".webm", "a.webm ", "a.toString"]) {
    const { message } = assertThrows(
      () => textOf(raw(path), without()),
      RangeError,
    );
    assertMatch(message, /must end in one of \.webm, \.mkv, \.mp4/);
  }
});

Deno.test("recordBinText() writes encoded video as it is, where the container takes it", () => {
  const text = (path: string, mediaType: string) =>
    textOf({ path, tracks: [{ mediaType }] }, () => true);
  assertMatch(text("a.mp4", "video/x-h264"), /^appsrc name=appsrc ! h264parse [^!]*! mp4mux/);
  assertMatch(text("a.ts", "video/x-h265"), /^appsrc name=appsrc ! h265parse [^!]*! mpegtsmux/);
  for (const [path, type] of [["a.webm", "video/x-h264"], ["a.mp4", "video/x-theora"]] as const) {
    const { message } = assertThrows(() => text(path, type), RangeError);
    assertMatch(message, /file does not take video/);
  }
});

Deno.test("startAtZero makes the timestamps of a clip begin at 0", async () => {
  await using dir = await tempDir();
  await using app = await runLive();
  const [kept, zero] = [false, true].map((startAtZero) =>
    recorderOf(app.pipeline, newPaths(dir.path), { startAtZero })
  );
  await reached(app.pipeline, 2);
  const reports = await recordClips([kept!, zero!]);
  const starts = await Promise.all(reports.map(async ({ path }) => (await probeClip(path)).start));
  assertAlmostEquals(starts[0]!, reports[0]!.start, 0.002);
  assertEquals(starts[1], 0);
});

Deno.test("record() writes the container of the extension", async () => {
  await using dir = await tempDir();
  await using app = await runLive();
  const recorders = [".webm", ".mkv", ".mp4"].map((extension) =>
    recorderOf(app.pipeline, newPaths(dir.path, extension))
  );
  await ringFull(app.pipeline);
  for (const report of await recordClips(recorders)) {
    await checkComplete(report);
    const { codec, format } = await probeClip(report.path);
    const [expected, formatName] = extname(report.path) === ".webm"
      ? ["vp8", "matroska,webm"]
      : ["h264", extname(report.path) === ".mkv" ? "matroska,webm" : "mov,mp4,m4a,3gp,3g2,mj2"];
    assertEquals({ codec, format }, { codec: expected, format: formatName });
    if (extname(report.path) === ".mp4") {
      assertEquals((await topLevelBoxes(report.path)).includes("moof"), false);
    }
  }
});

/** Reads the types of the top-level boxes of an mp4 file; `moof` starts a fragment. */
async function topLevelBoxes(path: string): Promise<string[]> {
  const bytes = await Deno.readFile(path);
  const view = new DataView(bytes.buffer);
  const types: string[] = [];
  for (let at = 0; at < bytes.length;) {
    types.push(new TextDecoder().decode(bytes.subarray(at + 4, at + 8)));
    const size = view.getUint32(at);
    at += size === 1 ? Number(view.getBigUint64(at + 8)) : size;
  }
  return types;
}

/** Makes a class of record bins with this text. */
function binOf(text: string): typeof RecordBin {
  return class extends RecordBin {
    static override readonly binString: string = text;
  };
}

Deno.test("record() rejects with the error of a record bin's text, and leaves no file", async () => {
  await using dir = await tempDir();
  await using app = await runLive();
  const cases: [text: string, message: RegExp, cause: new (message: string) => Error][] = [
    ["appsrc name=appsrc ! ! filesink name=filesink", /syntax error/, GstParseError],
    ["appsrc name=appsrc ! nosuchenc ! filesink name=filesink", /nosuchenc/, GstParseError],
    ["fakesrc ! filesink name=filesink", /no appsrc named appsrc/, GstError],
    ["fakesrc name=appsrc ! filesink name=filesink", /no appsrc named appsrc/, GstError],
    ["appsrc name=appsrc ! fakesink", /no element named filesink/, GstError],
    ["appsrc name=appsrc ! fakesink name=filesink", /"location"/, RangeError],
  ];
  for (const [text, message, cause] of cases) {
    await using recorder = recorderOf(app.pipeline, newPaths(dir.path), {
      recordBinClass: binOf(text),
    });
    const error = await assertRejects(() => recorder.record(), RecordingError);
    assertMatch(error.message, message);
    assertEquals(error.message.includes(error.clipPath), true);
    assertInstanceOf(error.cause, cause);
    assertEquals(error.partPath, undefined);
    assertEquals(fileNames(dir.path), []);
  }
  assertEquals(app.pipeline.state, "playing");
});

Deno.test("record() rejects all calls where the container is unknown, and leaves no file", async () => {
  await using dir = await tempDir();
  await using app = await runLive();
  await using recorder = recorderOf(app.pipeline, newPaths(dir.path, ".avi"));
  const calls = [recorder.record(), recorder.record()];
  const results = await Promise.allSettled(calls);
  for (const result of results) {
    assert(result.status === "rejected");
    assertInstanceOf(result.reason, RecordingError);
    assertInstanceOf(result.reason.cause, RangeError);
    assertMatch(result.reason.message, /Cannot record .*\.avi.* must end in one of \.webm/);
  }
  assertEquals(fileNames(dir.path), []);
});

Deno.test("finished rejects when a record bin fails while writing, and the next clip is complete", async () => {
  await using dir = await tempDir();
  await using app = await runLive();
  const tail = "videoconvert ! vp8enc deadline=1 ! webmmux ! filesink name=filesink";
  const cases: [text: string, path: RegExp][] = [
    // other caps than the video has
    [`appsrc name=appsrc ! video/x-raw,width=7 ! ${tail}`, /appsrc/],
    [`appsrc name=appsrc ! identity error-after=10 ! ${tail}`, /identity/],
  ];
  await ringFull(app.pipeline);
  for (const [text, elementPath] of cases) {
    let isBroken = true;
    const broken = binOf(text);
    class OnceBroken extends RecordBin {
      static override get binString(): string {
        return isBroken ? broken.binString : "";
      }
    }
    await using recorder = recorderOf(app.pipeline, newPaths(dir.path), {
      recordBinClass: OnceBroken,
    });
    await playFor(app.pipeline, WINDOW_SEC);
    const recording = await recorder.record();
    const error = await assertRejects(() => recording.finished, RecordingError);
    assertInstanceOf(error.cause, GstError);
    assertMatch(error.path!, elementPath);
    assertEquals(error.clipPath, recording.path);
    assertEquals(recorder.state, "buffering");
    isBroken = false;
    await checkComplete(await recordClip(recorder));
  }
});
