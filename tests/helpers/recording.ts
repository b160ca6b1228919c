/**
 * A small live pipeline to record from, waiting for what happens to it, and what became of a clip.
 *
 * @module
 */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import {
  type Pipeline,
  type RecordingReport,
  Standalone,
  VideoRecorder,
  type VideoRecorderOptions,
} from "../../mod.ts";
import { run } from "./run.ts";

/** Frames per second of {@link SOURCE}. */
export const FPS = 30;
/** Seconds before and after a call, where a test does not say otherwise. */
export const WINDOW_SEC = 0.3;
/** Live video that ends in a tee. */
export const SOURCE = "videotestsrc is-live=true name=source ! " +
  `video/x-raw,format=I420,width=64,height=48,framerate=${FPS}/1 ! tee name=t`;

/** Runs {@link SOURCE}, or another pipeline's text, in the background. */
export function runLive(text = `${SOURCE} t. ! fakesink`): Promise<Standalone> {
  return Standalone.buildAndRun(text, { background: true });
}

/** A recorder at the tee, for clips of this path, or of those that a function makes. */
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

/** Paths that are never the same, in one folder. */
export function newPaths(folder: string, extension = ".webm"): () => string {
  return () => `${folder}/${crypto.randomUUID()}${extension}`;
}

/** Resolves once a condition holds. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
): Promise<void> {
  for (let tries = 0; !await condition(); tries++) {
    if (tries === 4000) throw new Error(`Waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Resolves once the pipeline has run for so long. */
export async function reached(pipeline: Pipeline, sec: number): Promise<void> {
  await until(`the pipeline has run for ${sec} s`, () => pipeline.runningTimeSec! >= sec);
}

/** Resolves once a ring that was attached just now is full. */
export async function ringFull(pipeline: Pipeline): Promise<void> {
  await reached(pipeline, (pipeline.runningTimeSec ?? 0) + 1.5 * WINDOW_SEC);
}

/** Keeps the event loop busy. */
export function blockEventLoop(sec: number): void {
  const end = performance.now() + sec * 1000;
  while (performance.now() < end);
}

/** What goes to console.error() while a function runs. */
export async function printedErrors(action: () => Promise<void>): Promise<unknown[]> {
  const original = console.error;
  const printed: unknown[] = [];
  console.error = (...args: unknown[]) => printed.push(...args);
  try {
    await action();
  } finally {
    console.error = original;
  }
  return printed;
}

/** What ffprobe finds in a clip. */
export interface ClipInfo {
  codec: string;
  /** As decoded and counted. */
  frames: number;
  format: string;
  /** Seconds. */
  start: number;
  duration: number;
}

/** Has ffprobe decode a clip; it may not have anything to complain about. */
export async function probeClip(path: string): Promise<ClipInfo> {
  const { code, stdout, stderr } = await run("ffprobe", [
    ...["-v", "error", "-count_frames", "-of", "json"],
    ...["-show_entries", "stream=codec_name,nb_read_frames:format=format_name,start_time,duration"],
    path,
  ]);
  assertEquals({ code, stderr }, { code: 0, stderr: "" }, path);
  const { streams: [stream], format } = JSON.parse(stdout);
  return {
    codec: stream.codec_name,
    frames: Number(stream.nb_read_frames),
    format: format.format_name,
    start: Number(format.start_time),
    duration: Number(format.duration),
  };
}

/** Checks that the file is what the report says. */
export async function checkFile(report: RecordingReport): Promise<void> {
  const { size } = await Deno.stat(report.path);
  const { frames, start, duration } = await probeClip(report.path);
  assertEquals({ bytes: size, frames }, { bytes: report.bytes, frames: report.frames });
  // Matroska's times are milliseconds; the duration that ffprobe gives for it is the time of the end
  const isMp4 = report.path.endsWith(".mp4");
  assertAlmostEquals(start, isMp4 ? 0 : report.start, 0.0015, "start");
  assertAlmostEquals(duration, report.duration, 0.0025, "duration");
}

/** Checks that a clip of {@link SOURCE} holds its whole interval, by its report and in its file. */
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
