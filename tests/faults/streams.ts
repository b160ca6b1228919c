/**
 * The window, the video and the checks of the tests of streams.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import type { RecordingReport, RecordOptions, Standalone, VideoRecorder } from "../../mod.ts";
import { FPS } from "../helpers/fps.ts";
import { readNumbers } from "../helpers/numbered.ts";
import { range } from "../helpers/range.ts";
import { newPaths, recorderOf, reportOf } from "../helpers/recording.ts";

/** Seconds before and after a call. */
export const WINDOW_SEC = 0.5;
/** Caps of the video. */
export const VIDEO = `video/x-raw,format=I420,width=64,height=48,framerate=${FPS}/1`;

/** Attaches a recorder of {@link WINDOW_SEC} to the tee `t`. */
export function recorderAt(app: Standalone, folder: string, extension = ".webm"): VideoRecorder {
  return recorderOf(app.pipeline, newPaths(folder, extension), {
    windowSizeSec: WINDOW_SEC,
    onWarning: () => {},
  });
}

/** Records a clip, which must end in time whatever happened to the stream; resolves with its report. */
export async function recordNext(
  recorder: VideoRecorder,
  options?: RecordOptions,
): Promise<RecordingReport> {
  return await reportOf(await recorder.record(options));
}

/** Checks that a clip of a numbered camera has all frames of its interval in order, by the numbers that they show. */
export async function checkNumbers(report: RecordingReport): Promise<void> {
  const numbers = await readNumbers(report.path);
  const text = Deno.inspect({ report, numbers });
  assertEquals([report.shortfalls, report.dropped], [[], 0], text);
  assertEquals(numbers, range(numbers.length, numbers[0]!), text);
  assert(Math.abs(numbers.length - 2 * WINDOW_SEC * FPS) <= 2, text);
}
