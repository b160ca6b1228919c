/**
 * The `gstp` command as a child process.
 *
 * @module
 */
import { fromFileUrl } from "@std/path";
import { run, type Running, type RunOptions, type RunResult, start } from "./run.ts";

/** The path of the repository, with a separator at its end. */
export const ROOT = fromFileUrl(new URL("../../", import.meta.url));
/** The path of the command's file. */
export const CLI = `${ROOT}cli.ts`;

/** Runs the command to its end. */
export function gstp(args: string[], options?: RunOptions): Promise<RunResult> {
  return run(Deno.execPath(), ["run", "-A", CLI, ...args], options);
}

/** Starts the command. */
export function startGstp(args: string[], options?: RunOptions): Running {
  return start(Deno.execPath(), ["run", "-A", CLI, ...args], options);
}

/** Splits a line into words at its blanks. */
export function words(line: string): string[] {
  return line.trim().split(/\s+/);
}

/** Counts the frames of a file with one video stream by ffprobe; resolves with its duration, too. */
export async function probe(path: string): Promise<{ frames: number; duration: number }> {
  const entries = "stream=nb_read_frames:format=duration";
  const { code, stdout, stderr } = await run("ffprobe", [
    ...words(
      `-v error -count_frames -show_entries ${entries} -of default=nokey=1:noprint_wrappers=1`,
    ),
    path,
  ]);
  if (code !== 0) throw new Error(`ffprobe cannot read ${path}: ${stderr}`);
  const [frames, duration] = words(stdout).map(Number);
  return { frames: frames!, duration: duration! };
}
