/**
 * Several tees in one file: video and sound are in step, whichever starts or stops first.
 */
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  EncodedRingBuffer,
  type Pipeline,
  type VideoRecorder,
  type VideoRecorderOptions,
} from "../../mod.ts";
import { codecOf } from "../helpers/ffprobe.ts";
import { FPS } from "../helpers/fps.ts";
import { readNumbers } from "../helpers/numbered.ts";
import { newPaths, recordClip, recordClips, runLive } from "../helpers/recording.ts";
import { checkStep, scene, sceneRecorder, writeScene } from "../helpers/scene.ts";
import { readBeeps } from "../helpers/sound.ts";
import { tempDir } from "../helpers/temp_dir.ts";
import { playFor, reached } from "../helpers/wait.ts";

const CLIP_EXTENSIONS = [".webm", ".mkv", ".mp4", ".mov", ".ts"];

/** Closes or opens a valve. */
function drop(pipeline: Pipeline, tee: "v" | "a", isDropping: boolean): void {
  pipeline.element(`${tee}_valve`).setProperty("drop", isDropping);
}

/** Attaches a recorder to the tees of a scene. */
function trackRecorder(
  pipeline: Pipeline,
  filenameGenerator: () => string,
  options: Partial<VideoRecorderOptions> = {},
): VideoRecorder {
  return sceneRecorder(pipeline, filenameGenerator, {
    windowSizeSec: 2,
    // a busy machine is not a broken source
    trackTimeoutSec: 5,
    ...options,
  });
}

Deno.test("record() writes video and sound in step into each container", async () => {
  await using dir = await tempDir();
  await writeScene(dir.path, 20);
  for (
    const { live, options, extensions } of [
      { live: false, options: {}, extensions: CLIP_EXTENSIONS },
      {
        live: true,
        options: { ringBufferClass: EncodedRingBuffer },
        extensions: CLIP_EXTENSIONS.slice(1),
      },
    ]
  ) {
    await using app = await runLive(scene(dir.path, live));
    const tracks = [{ tee: "v", ...options }, { tee: "a" }];
    const recorders = extensions.map((extension) =>
      trackRecorder(app.pipeline, newPaths(dir.path, extension), { tracks })
    );
    await reached(app.pipeline, 4);
    for (const report of await recordClips(recorders, { maxDelaySec: 5 })) {
      const [video, sound] = report.tracks!;
      const text = Deno.inspect(report);
      assertEquals(report.shortfalls, [], text);
      assert(Math.abs(video!.start - sound!.start) < 1 / FPS, text);
      assert(Math.abs(video!.end - sound!.end) < 1 / FPS, text);
      assertEquals([video!.tee, sound!.tee, sound!.mediaType], ["v", "a", "audio/x-raw"]);
      await checkStep(report.path, 3);
    }
  }
});

Deno.test("record() continues without a track that stops, and reports it", async () => {
  await using dir = await tempDir();
  await writeScene(dir.path, 40);
  await using app = await runLive(scene(dir.path, true));
  const recorders = [".mkv", ".mp4"].map((extension) =>
    trackRecorder(app.pipeline, newPaths(dir.path, extension), { trackTimeoutSec: 1 })
  );
  for (const [stopped, other] of [["a", "v"], ["v", "a"]] as const) {
    await playFor(app.pipeline, 2.5);
    const recordings = await Promise.all(recorders.map((recorder) => recorder.record()));
    await playFor(app.pipeline, 0.3);
    drop(app.pipeline, stopped, true);
    for (const { finished } of recordings) {
      const report = await finished;
      const text = Deno.inspect(report);
      const track = (name: string) => report.tracks!.find(({ tee }) => tee === name)!;
      const shortfall = stopped === "a" ? "sound-paused" : "source-stalled";
      assertEquals(track(stopped).shortfalls, [shortfall], text);
      assertEquals(track(other).shortfalls, [], text);
      assert(track(other).end >= report.requested.end, text);
      // there is silence instead of sound, but nothing instead of pictures
      if (stopped === "a") assert(track("a").end >= report.requested.end - 0.1, text);
      else assert(track("v").end < report.requested.end - 1, text);
      assertEquals(report.shortfalls, [shortfall]);
      await checkStep(report.path, 1);
    }
    drop(app.pipeline, stopped, false);
  }
});

Deno.test("record() leaves out a track without frames, and includes it once frames flow", async () => {
  await using dir = await tempDir();
  await writeScene(dir.path, 20);
  // sound that never came has no caps
  const text = scene(dir.path, true).replace("valve name=a_valve", "valve name=a_valve drop=true")
    .replace("a. ! fakesink", "a. ! fakesink async=false");
  await using app = await runLive(text);
  const recorder = trackRecorder(app.pipeline, newPaths(dir.path, ".mkv"), {
    trackTimeoutSec: 1,
  });
  for (const waitSec of [0, 2.5]) {
    await playFor(app.pipeline, waitSec);
    const report = await recordClip(recorder, { afterSec: 0.5 });
    const [video, sound] = report.tracks!;
    assertEquals([sound!.frames, sound!.mediaType], [0, null]);
    assertEquals(sound!.shortfalls, ["track-missing"]);
    assert(report.shortfalls.includes("track-missing"));
    assertEquals((await readNumbers(report.path)).length, video!.frames);
  }
  drop(app.pipeline, "a", false);
  await playFor(app.pipeline, 1.5);
  const report = await recordClip(recorder);
  const [video, sound] = report.tracks!;
  assertEquals(sound!.shortfalls, ["ring-not-full"], Deno.inspect(report));
  // it begins with silence
  assert(Math.abs(sound!.start - video!.start) < 1 / FPS, Deno.inspect(report));
  await checkStep(report.path, 2);
});

Deno.test("record() writes encoded sound as it is", async () => {
  const codecs = [
    { name: "aac", encoder: "avenc_aac ! aacparse", extensions: [".mkv", ".mp4", ".mov", ".ts"] },
    { name: "opus", encoder: "opusenc ! opusparse", extensions: [".webm", ".mkv", ".mp4", ".ts"] },
    { name: "mp3", encoder: "lamemp3enc ! mpegaudioparse", extensions: [".mkv", ".mp4", ".ts"] },
    { name: "pcm_alaw", encoder: "audioresample ! alawenc", extensions: [".mkv", ".mov"] },
    { name: "pcm_mulaw", encoder: "audioresample ! mulawenc", extensions: [".mkv", ".mov"] },
  ];
  await using dir = await tempDir();
  await writeScene(dir.path, 12);
  await Promise.all(codecs.map(async ({ name, encoder, extensions }) => {
    await using app = await runLive(scene(dir.path, false, encoder));
    const recorders = extensions.map((extension) =>
      trackRecorder(app.pipeline, newPaths(dir.path, extension), { windowSizeSec: 1 })
    );
    await reached(app.pipeline, 3);
    for (const report of await recordClips(recorders, { maxDelaySec: 10 })) {
      assertEquals(report.shortfalls, [], Deno.inspect(report));
      assertEquals(await codecOf(report.path, "a:0"), name, report.path);
      assert((await readBeeps(report.path)).length >= 1, report.path);
    }
  }));
});

Deno.test("record() extends a clip of several tracks, and keeps the history for the next one", async () => {
  await using dir = await tempDir();
  await writeScene(dir.path, 20);
  await using app = await runLive(scene(dir.path, false));
  const recorder = trackRecorder(app.pipeline, newPaths(dir.path), { windowSizeSec: 1 });
  await reached(app.pipeline, 1.5);
  const first = await recorder.record();
  await reached(app.pipeline, 2.2);
  const second = await recorder.record();
  assertEquals(second.path, first.path);
  const report = await first.finished;
  const next = await recordClip(recorder);
  for (const { calls, shortfalls, frames, duration } of [report, next]) {
    assertEquals(shortfalls, []);
    assertEquals(frames, Math.round(duration * FPS));
    assert(calls.length > 0);
  }
  assertEquals(report.calls.length, 2);
  assert(next.path !== report.path);
});

Deno.test("VideoRecorder.stats() and snapshot() work with several tracks", async () => {
  await using dir = await tempDir();
  await writeScene(dir.path, 10);
  await using app = await runLive(scene(dir.path, false));
  const recorder = trackRecorder(app.pipeline, newPaths(dir.path), {
    tracks: [{ tee: "a" }, { tee: "v" }],
  });
  await reached(app.pipeline, 2.5);
  const { tracks, fillSec, frames } = recorder.stats();
  assertEquals(tracks!.map(({ tee }) => tee), ["a", "v"]);
  assertEquals([fillSec, frames], [tracks![0]!.fillSec, tracks![0]!.frames]);
  for (const track of tracks!) assert(track.fillSec > 1.9, Deno.inspect(track));
  await recorder.snapshot(`${dir.path}/picture.png`);
});

Deno.test("VideoRecorder() rejects wrong tracks by name, and attaches nothing", async () => {
  await using app = await runLive("videotestsrc is-live=true ! tee name=v ! fakesink");
  const make = (options: unknown) => () =>
    trackRecorder(app.pipeline, () => "", options as Partial<VideoRecorderOptions>);
  assertThrows(make({ srcTeeName: "v" }), TypeError, "exclude each other");
  assertThrows(make({ tracks: [] }), TypeError, "tracks");
  assertThrows(make({ tracks: "v" }), TypeError, "tracks");
  assertThrows(make({ tracks: [{}] }), TypeError, "tee");
  assertThrows(make({ tracks: [null] }), TypeError, "tee");
  assertThrows(make({ tracks: [{ tee: "v", ringBufferClass: Date }] }), TypeError, "ringBuffer");
  assertThrows(make({ tracks: [{ tee: "v" }, { tee: "v" }] }), RangeError, "once");
  assertThrows(make({ trackTimeoutSec: -1 }), RangeError, "trackTimeoutSec");
  const before = app.pipeline.elementNames().length;
  assertThrows(make({ tracks: [{ tee: "v" }, { tee: "none" }] }), RangeError, "none");
  assertEquals(app.pipeline.elementNames().length, before);
});

Deno.test("record() rejects a container that does not take a track, by name", async () => {
  await using dir = await tempDir();
  await writeScene(dir.path, 5);
  await using app = await runLive(scene(dir.path, false, "audioresample ! alawenc"));
  const recorder = trackRecorder(app.pipeline, newPaths(dir.path, ".mp4"), { windowSizeSec: 0.5 });
  await reached(app.pipeline, 1);
  await assertRejects(
    () => recorder.record(),
    Error,
    "A .mp4 file does not take audio/x-alaw: end the clips' names in .mkv or .mov",
  );
});
