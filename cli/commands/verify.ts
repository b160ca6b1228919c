/**
 * `gstp verify`: checks clips.
 *
 * @module
 */
import type { VerifiedTrack, VerifyOptions, VerifyReport } from "../../mod.ts";
import { VERIFY_OPTIONS } from "../args/verify_options.ts";
import { readOptions } from "../args/read_options.ts";
import { UsageError } from "../args/usage_error.ts";
import { toJson } from "../terminal/json.ts";
import { FileWorker, WorkerError } from "../worker/file_worker.ts";
import type { CommandHelp } from "./help.ts";
import { print, printable } from "../terminal/print.ts";

/** The prose of the help. */
export const help: CommandHelp = {
  usage: ["[OPTION]... CLIP..."],
  description: `
Reads clips to their end and prints a line for each. A clip is complete if each
of its tracks begins at a frame from which it can be decoded and has its
timestamps in order and without gaps, if it is as long as its header says, if
its tracks begin and end together, and if all of its pictures are decoded, once,
in order and whole. Pictures at the start that cannot be shown because decoding
begins there, as in an open GOP or an intra refresh, are counted apart.

With --against=WHOLE, the pictures of a clip must also be those that a longer
recording of the same stream has at the same times, each once. Up to the first
picture that is equal, they may be encoded again, as by a smart cut; if none is
equal, all may. Sound is not compared.

Clips are Matroska (.webm, .mkv), MP4 and QuickTime (.mp4, .mov) or MPEG
transport streams (.ts), whatever their extensions; also .part files that a
crash left behind. A gap is an interval between two frames that is longer than
their usual interval. What an edit list of an MP4 skips is not checked.`,
  exitStatus: `
0 all clips are complete; 1 a clip is not, or cannot be read; 2 the command line
is wrong.`,
  examples: [
    "gstp verify clips/*.webm",
    "gstp verify --against=whole.mkv clip.mp4",
    "gstp verify --fast --json clips/*.mp4 | jq '.[] | select(.ok | not) | .path'",
  ],
};

/** Checks clips. */
export async function run(args: string[]): Promise<number> {
  const { values, words: paths } = readOptions(args, VERIFY_OPTIONS);
  if (paths.length === 0) throw new UsageError("Missing clip");
  const { "max-gap": maxGapSec, "max-offset": maxOffsetSec } = values;
  const { against } = values;
  if (values.fast && against !== undefined) {
    throw new UsageError("--fast does not decode, which --against requires");
  }
  const options: VerifyOptions = {
    decode: !values.fast,
    ...(against !== undefined && { against }),
    ...(maxGapSec !== undefined && { maxGapSec }),
    ...(maxOffsetSec !== undefined && { maxOffsetSec }),
  };
  const reports: VerifyReport[] = [];
  await using worker = new FileWorker();
  for (const path of paths) {
    const report = await verify(worker, path, options);
    reports.push(report);
    if (!values.json) print(printable(line(report)));
  }
  if (values.json) print(toJson(reports));
  return reports.every(({ ok }) => ok) ? 0 : 1;
}

/** Verifies a clip; one that ends the worker's process is faulty. */
async function verify(
  worker: FileWorker,
  path: string,
  options: VerifyOptions,
): Promise<VerifyReport> {
  try {
    return await worker.run({ command: "verify", path, options });
  } catch (error) {
    if (!(error instanceof WorkerError)) throw error;
    return {
      ...{ path, ok: false, container: null, durationSec: null, tracks: [] },
      ...{ decodedFrames: null, leadInFrames: null, comparison: null },
      bytes: (await Deno.stat(path)).size,
      faults: [{ kind: "unreadable", message: error.message, track: null }],
    };
  }
}

function line(report: VerifyReport): string {
  const { path, ok, faults } = report;
  return ok
    ? `ok     ${path}: ${contents(report)}`
    : `faulty ${path}: ${faults.map(({ message }) => message.replaceAll("\n", " ")).join("; ")}`;
}

function contents({ tracks, decodedFrames, leadInFrames, comparison }: VerifyReport): string {
  const decoded = decodedFrames === null ? [] : [`${decodedFrames} frames decoded`];
  const leadIn = leadInFrames ? [`${leadInFrames} before the first whole picture`] : [];
  return [...tracks.map(trackText), ...decoded, ...leadIn, ...comparisonText(comparison)].join(
    ", ",
  );
}

function comparisonText(comparison: VerifyReport["comparison"]): string[] {
  if (comparison === null) return [];
  const { against, equalFrames, reencodedFrames } = comparison;
  const counts = [
    ...(equalFrames > 0 ? [`${equalFrames} equal`] : []),
    ...(reencodedFrames > 0 ? [`${reencodedFrames} re-encoded`] : []),
  ];
  return [`against ${against}: ${counts.join(", ")}`];
}

function trackText({ mediaType, frames, startSec, endSec }: VerifiedTrack): string {
  const sec = ((endSec ?? 0) - (startSec ?? 0)).toFixed(3);
  const unit = mediaType.startsWith("audio/") ? "packets" : "frames";
  return `${mediaType} ${sec} s in ${frames} ${unit}`;
}
