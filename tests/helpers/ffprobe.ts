/**
 * Files as ffprobe reads them.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { run } from "../../scripts/lib/run.ts";

/** How to probe a file. */
export interface ProbeOptions {
  /** More arguments, such as `["-count_frames"]`. */
  args?: string[];
  /** Whether the file may be damaged, so that ffprobe may complain. */
  isDamaged?: boolean;
}

/**
 * Runs ffprobe; resolves with the entries that it shows.
 *
 * @param entries As for `-show_entries`, such as `format=duration`.
 */
export async function ffprobe<T>(
  path: string,
  entries: string,
  { args = [], isDamaged = false }: ProbeOptions = {},
): Promise<T> {
  const { code, stdout, stderr } = await run("ffprobe", [
    ...["-v", "error", "-of", "json", "-show_entries", entries, ...args],
    path,
  ]);
  if (!isDamaged) assertEquals({ code, stderr }, { code: 0, stderr: "" }, path);
  return JSON.parse(stdout);
}

/** What ffprobe finds in a clip with one track. */
export interface ClipInfo {
  codec: string;
  /** Number of frames that can be decoded. */
  frames: number;
  format: string;
  /** Time of the first frame, in seconds. */
  start: number;
  /** In seconds. */
  duration: number;
}

/** Decodes a clip with ffprobe, which must not complain. */
export async function probeClip(path: string): Promise<ClipInfo> {
  const entries = "stream=codec_name,nb_read_frames:format=format_name,start_time,duration";
  const { streams: [stream], format } = await ffprobe<{
    streams: Record<"codec_name" | "nb_read_frames", string>[];
    format: Record<"format_name" | "start_time" | "duration", string>;
  }>(path, entries, { args: ["-count_frames"] });
  return {
    codec: stream!.codec_name,
    frames: Number(stream!.nb_read_frames),
    format: format.format_name,
    start: Number(format.start_time),
    duration: Number(format.duration),
  };
}

/** Returns the codec of a track: of the first one with video, unless `track` says otherwise, such as `a:0`. */
export async function codecOf(path: string, track = "v:0"): Promise<string> {
  const { streams: [stream] } = await ffprobe<{ streams: { codec_name: string }[] }>(
    path,
    "stream=codec_name",
    { args: ["-select_streams", track] },
  );
  return stream!.codec_name;
}

/** Returns the time of each video frame by its container, in seconds, in the order in which they are shown. */
export async function readTimes(path: string): Promise<number[]> {
  const { frames } = await ffprobe<{ frames: { best_effort_timestamp_time: string }[] }>(
    path,
    "frame=best_effort_timestamp_time",
    { args: ["-select_streams", "v:0"], isDamaged: true },
  );
  return frames.map((frame) => Number(frame.best_effort_timestamp_time));
}
