/**
 * A small live pipeline to record from, and checks of its clips.
 *
 * @module
 */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import {
  type Pipeline,
  type Recording,
  type RecordingReport,
  type RecordOptions,
  Standalone,
  VideoRecorder,
  type VideoRecorderOptions,
} from "../../mod.ts";
import { deadline } from "../../src/util/deadline.ts";
import { probeClip } from "./ffprobe.ts";
import { FPS } from "./fps.ts";
import { playFor } from "./wait.ts";

/** Seconds before and after a call, unless a test says otherwise. */
export const WINDOW_SEC = 0.3;
/** Live video that ends in a tee. */
export const SOURCE = "videotestsrc is-live=true name=source ! " +
  `video/x-raw,format=I420,width=64,height=48,framerate=${FPS}/1 ! tee name=t`;
/** Seconds within which an event must have ended a clip: far more than it takes. */
export const BOUND_SEC = 20;

/** Runs a pipeline in the background. Defaults to {@link SOURCE} with a fakesink. */
export function runLive(text = `${SOURCE} t. ! fakesink`): Promise<Standalone> {
  return Standalone.buildAndRun(text, { background: true });
}

/** Attaches a recorder to the tee `t`, for clips of this path or of those that a function returns. */
export function recorderOf(
  pipeline: Pipeline,
  path: string | (() => string),
  options: Partial<VideoRecorderOptions> = {},
): VideoRecorder {
  return new VideoRecorder({
    pipeline,
    srcTeeName: "t",
    windowSizeSec: WINDOW_SEC,
    filenameGenerator: typeof path === "string" ? () => path : path,
    ...options,
  });
}

/** Returns a generator of unique paths in a folder. */
export function newPaths(folder: string, extension = ".webm"): () => string {
  return () => `${folder}/${crypto.randomUUID()}${extension}`;
}

/** Resolves once a ring that was attached just now is full. */
export async function ringFull(pipeline: Pipeline): Promise<void> {
  await playFor(pipeline, 1.5 * WINDOW_SEC);
}

/** Records a clip; resolves with its report. */
export async function recordClip(
  recorder: VideoRecorder,
  options?: RecordOptions,
): Promise<RecordingReport> {
  return await (await recorder.record(options)).finished;
}

/** Records a clip with each of several recorders at once; resolves with their reports. */
export async function recordClips(
  recorders: VideoRecorder[],
  options?: RecordOptions,
): Promise<RecordingReport[]> {
  const recordings = await Promise.all(recorders.map((recorder) => recorder.record(options)));
  return await Promise.all(recordings.map(({ finished }) => finished));
}

/** Resolves with the report of a clip, which must end within {@link BOUND_SEC}. */
export function reportOf(recording: Recording): Promise<RecordingReport> {
  return deadline(recording.finished, BOUND_SEC, "The clip does not end");
}

/** Checks that a clip's file has what the report says. */
export async function checkFile(report: RecordingReport): Promise<void> {
  const { size } = await Deno.stat(report.path);
  const { frames, start, duration } = await probeClip(report.path);
  assertEquals({ bytes: size, frames }, { bytes: report.bytes, frames: report.frames });
  // Matroska has times in milliseconds; ffprobe's duration of it is the time of its end
  const isMp4 = report.path.endsWith(".mp4");
  assertAlmostEquals(start, isMp4 ? 0 : report.start, 0.0015, "start");
  assertAlmostEquals(duration, report.duration, 0.0025, "duration");
}

/** Checks that a clip of {@link SOURCE} has its whole interval, by its report and in its file. */
export async function checkComplete(report: RecordingReport): Promise<void> {
  const { start, end, duration, frames, dropped, requested, shortfalls } = report;
  const frameSec = 1 / FPS;
  const text = Deno.inspect(report);
  assertEquals({ shortfalls, dropped }, { shortfalls: [], dropped: 0 }, text);
  assert(start >= requested.start && start < requested.start + frameSec + 1e-6, text);
  assert(end >= requested.end - 1e-6 && end < requested.end + frameSec + 1e-6, text);
  assertEquals(frames, Math.round(duration * FPS), text);
  await checkFile(report);
}
