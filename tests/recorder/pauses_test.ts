/**
 * Sound that pauses, or begins late: silence in its place, and what comes is in step with the pictures.
 */
import { assert, assertEquals } from "@std/assert";
import {
  type Pipeline,
  type RecordingReport,
  verifyClip,
  type VideoRecorder,
  type VideoRecorderOptions,
} from "../../mod.ts";
import { FPS } from "../helpers/fps.ts";
import { newPaths, recordClips, reportOf, runLive } from "../helpers/recording.ts";
import { checkStep, scene, sceneRecorder, writeScene } from "../helpers/scene.ts";
import { tempDir } from "../helpers/temp_dir.ts";
import { playFor, reached } from "../helpers/wait.ts";

/** Sound as it flows, and the containers that take it. */
const SOUNDS: [string, string[]][] = [
  ["identity", [".webm", ".mp4", ".ts"]],
  ["avenc_aac ! aacparse", [".mp4", ".ts"]],
  ["opusenc ! opusparse", [".webm", ".mkv"]],
  ["lamemp3enc ! mpegaudioparse", [".mkv"]],
  ["audioresample ! audio/x-raw,rate=8000 ! alawenc", [".mov"]],
];

/** Attaches a recorder to the tees of a scene. */
function recorderOf(
  pipeline: Pipeline,
  filenameGenerator: () => string,
  options: Partial<VideoRecorderOptions> = {},
): VideoRecorder {
  return sceneRecorder(pipeline, filenameGenerator, {
    windowSizeSec: 0.5,
    trackTimeoutSec: 0.4,
    ...options,
  });
}

/** Lets sound through, or stops it; its caps stay known. */
function pause(pipeline: Pipeline, isPaused: boolean): void {
  pipeline.element("a_valve").setProperty("drop", isPaused);
}

/** Checks that the sound is as long as the pictures, in step with them, and has a number of beeps. */
async function checkSound(report: RecordingReport, beeps: number): Promise<void> {
  const [video, sound] = report.tracks!;
  const text = Deno.inspect(report);
  assertEquals(sound!.shortfalls, ["sound-paused"], text);
  assertEquals(sound!.dropped, 0, text);
  assert(Math.abs(video!.start - sound!.start) < 0.1, text);
  assert(sound!.end >= report.requested.end - 0.1, text);
  await checkStep(report.path, beeps);
  const { faults } = await verifyClip(report.path);
  assertEquals(faults, [], report.path);
}

Deno.test("record() fills a pause of sound with silence, and goes on in step", async () => {
  await using dir = await tempDir();
  await writeScene(dir.path, 20);
  await Promise.all(SOUNDS.map(async ([encoder, extensions]) => {
    await using app = await runLive(scene(dir.path, true, encoder));
    const recorders = extensions.map((extension) =>
      recorderOf(app.pipeline, newPaths(dir.path, extension))
    );
    await reached(app.pipeline, 0.8);
    const clips = await Promise.all(
      recorders.map((recorder) => recorder.record({ afterSec: 3.5, maxDelaySec: 10 })),
    );
    await reached(app.pipeline, 1.3);
    pause(app.pipeline, true);
    // a beep is lost
    await reached(app.pipeline, 2.6);
    pause(app.pipeline, false);
    for (const clip of clips) await checkSound(await reportOf(clip), 2);
  }));
});

Deno.test("record() writes silence until sound begins, and all after it in step", async () => {
  await using dir = await tempDir();
  await writeScene(dir.path, 20);
  await Promise.all(
    [["identity", ".webm"], ["avenc_aac ! aacparse", ".mp4"]].map(async ([encoder, extension]) => {
      await using app = await runLive(scene(dir.path, true, encoder));
      await reached(app.pipeline, 0.5);
      pause(app.pipeline, true);
      const recorder = recorderOf(app.pipeline, newPaths(dir.path, extension));
      await playFor(app.pipeline, 0.7);
      // what the ring got before the pause is too old
      const clip = await recorder.record({ beforeSec: 0.3, afterSec: 3, maxDelaySec: 10 });
      await playFor(app.pipeline, 0.8);
      pause(app.pipeline, false);
      await checkSound(await reportOf(clip), 1);
    }),
  );
});

Deno.test("record() begins sound with the first picture, where that comes late", async () => {
  await using dir = await tempDir();
  await writeScene(dir.path, 20);
  await Promise.all(
    [["identity", ".mp4"], ["opusenc ! opusparse", ".mkv"]].map(async ([encoder, extension]) => {
      const text = scene(dir.path, true, encoder).replace(
        "valve name=v_valve",
        "valve name=v_valve ! x264enc tune=zerolatency key-int-max=60 ! h264parse",
      );
      await using app = await runLive(text);
      await reached(app.pipeline, 0.3);
      const recorders = [["v", "a"], ["a", "v"]].map((tees) =>
        recorderOf(app.pipeline, newPaths(dir.path, extension), {
          tracks: tees.map((tee) => ({ tee })),
          windowSizeSec: 1,
        })
      );
      await playFor(app.pipeline, 0.3);
      for (const report of await recordClips(recorders, { afterSec: 3, maxDelaySec: 10 })) {
        const [video, sound] = ["v", "a"].map((name) =>
          report.tracks!.find(({ tee }) => tee === name)!
        );
        const text = Deno.inspect(report);
        // there is a keyframe every other second, and the ring is new
        assert(video!.start > report.requested.start + 0.2, text);
        assert(sound!.start >= video!.start - 0.03, text);
        assert(sound!.start <= video!.start + 1 / FPS, text);
        assertEquals(report.shortfalls, ["ring-not-full"], text);
        await checkStep(report.path, 1);
        assertEquals((await verifyClip(report.path)).faults, [], text);
      }
    }),
  );
});
