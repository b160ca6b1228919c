/**
 * Checks clips.
 *
 * @module
 */
import {
  type VerifiedTrack,
  verifyClip,
  type VerifyOptions,
  type VerifyReport,
} from "../../mod.ts";
import { UsageError } from "../args/usage_error.ts";
import { toJson } from "../terminal/json.ts";
import { readOptions } from "../args/options.ts";

/** What `gstp verify --help` prints. */
export const help = `NAME
  gstp verify - whether clips are whole

USAGE
  gstp verify [OPTION]... CLIP...

DESCRIPTION
  Reads clips from first to last and prints a line for each. A clip is whole if
  each of its tracks begins with a keyframe and has its timestamps in order and
  no gaps, if it does not end before its header says, if its tracks begin and
  end together, and if all of it can be decoded.

  Clips are Matroska (.webm, .mkv), MP4 and QuickTime (.mp4, .mov) or MPEG
  transport streams (.ts), whatever their names; also .part files that a crash
  left behind. A gap is where two frames are further apart than the others
  suggest. What an edit list of an MP4 leaves out is not judged.

OPTIONS
      --fast            do not decode: read the packets only
      --max-gap=SEC     allow so much between two frames
      --max-offset=SEC  allow tracks to begin or end so far apart (0.5)
      --json            print a list of reports as JSON
  -h, --help            print this

EXIT STATUS
  0 all clips are whole; 1 a clip is not, or cannot be read; 2 the command line
  is wrong.

EXAMPLES
  gstp verify clips/*.webm
  gstp verify --fast --json clips/*.mp4 | jq '.[] | select(.ok | not) | .path'
`;

/** Runs `gstp verify`. */
export async function run(args: string[]): Promise<number> {
  const { on, values, words } = readOptions(args, {
    switches: ["fast", "json"],
    settings: ["max-gap", "max-offset"],
  });
  if (words.length === 0) throw new UsageError("No clip is given");
  const maxGapSec = readSec("max-gap", values["max-gap"]);
  const maxOffsetSec = readSec("max-offset", values["max-offset"]);
  const options: VerifyOptions = {
    decode: !on.has("fast"),
    ...(maxGapSec !== undefined && { maxGapSec }),
    ...(maxOffsetSec !== undefined && { maxOffsetSec }),
  };
  const reports: VerifyReport[] = [];
  for (const path of words) {
    const report = await verifyClip(path, options);
    reports.push(report);
    if (!on.has("json")) console.log(line(report));
  }
  if (on.has("json")) console.log(toJson(reports));
  return reports.every(({ ok }) => ok) ? 0 : 1;
}

function readSec(name: string, text: string | undefined): number | undefined {
  const sec = Number(text ?? NaN);
  if (text === undefined || sec >= 0) return text === undefined ? undefined : sec;
  throw new UsageError(`--${name} takes a number of seconds, not "${text}"`);
}

function line(report: VerifyReport): string {
  const { path, ok, faults } = report;
  return ok
    ? `ok     ${path}: ${contents(report)}`
    : `faulty ${path}: ${faults.map(({ message }) => message.replaceAll("\n", " ")).join("; ")}`;
}

function contents({ tracks, decodedFrames }: VerifyReport): string {
  const decoded = decodedFrames === null ? [] : [`${decodedFrames} frames decoded`];
  return [...tracks.map(trackText), ...decoded].join(", ");
}

function trackText({ mediaType, frames, startSec, endSec }: VerifiedTrack): string {
  const sec = ((endSec ?? 0) - (startSec ?? 0)).toFixed(3);
  const unit = mediaType.startsWith("audio/") ? "packets" : "frames";
  return `${mediaType} ${sec} s in ${frames} ${unit}`;
}
