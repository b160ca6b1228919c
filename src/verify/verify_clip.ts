/**
 * Checks clips.
 *
 * @module
 */
import { checkObject, checkSec } from "../util/check.ts";
import type { GstError } from "../../ffi/errors.ts";
import { type ContainerName, HEAD_BYTES, sniffContainer, statedBytes } from "./sniff.ts";
import { type ClipFault, type ClipFaultKind, findFaults } from "./faults.ts";
import { type FilePackets, readPackets } from "./read_packets.ts";
import { readFile, type Reading, sinkText } from "./read_file.ts";
import { isPicture, type TrackStats } from "./track_stats.ts";

/** How to check a clip. */
export interface VerifyOptions {
  /** Whether all of it is decoded, too; true unless told. */
  decode?: boolean;
  /**
   * Seconds between two frames beyond which there is a gap; unless told, what the other frames suggest: half a frame more
   * than usual, and more where their distances vary. `Infinity` has gaps pass, as those of a stream without a fixed rate.
   */
  maxGapSec?: number;
  /** Seconds that tracks may start or end apart; 0.5 unless told. */
  maxOffsetSec?: number;
}

/** A track of a clip; times are seconds of the file. */
export interface VerifiedTrack extends TrackStats {
  /** Such as `video/x-h264`. */
  mediaType: string;
}

/** What a check found. */
export interface VerifyReport {
  /** The file. */
  path: string;
  /** Whether there is no fault. */
  ok: boolean;
  /** The container, whatever the file's name; null where it is none of those that clips have. */
  container: ContainerName | null;
  /** Size of the file. */
  bytes: number;
  /** Its duration by its header; null where that does not tell, as in the unfinished file of a crash. */
  durationSec: number | null;
  /** The tracks. */
  tracks: VerifiedTrack[];
  /** Frames of video that were decoded; null where it was not tried. */
  decodedFrames: number | null;
  /** What is wrong; empty where nothing is. */
  faults: ClipFault[];
}

/**
 * Checks a clip: whether it can be read and decoded from first to last, begins with a keyframe, has its timestamps in
 * order and no gaps, and ends where its header says; whether its tracks begin and end together. It knows Matroska (.webm,
 * .mkv), MP4 and QuickTime (.mp4, .mov) and MPEG transport streams (.ts), also as the `.part` file of a crash.
 *
 * @example
 * ```ts
 * import { verifyClip } from "@gstp/gstp";
 * import { assertEquals } from "@std/assert";
 *
 * const { ok, faults } = await verifyClip("/nonexistent/clip.webm");
 * assertEquals(ok, false);
 * assertEquals(faults[0]?.kind, "unreadable");
 * ```
 *
 * @returns The report; what is wrong with the file is told there, also that there is none.
 * @throws {TypeError} if the path is not a string, or an option not a number.
 * @throws {RangeError} if an option is negative.
 * @throws {GstError} if GStreamer cannot be opened, or its demuxers are not installed.
 */
export async function verifyClip(path: string, options: VerifyOptions = {}): Promise<VerifyReport> {
  checkObject("options", options);
  const { decode = true, maxGapSec, maxOffsetSec = 0.5 } = options;
  if (typeof path !== "string") throw new TypeError(`A clip is a path, not ${typeof path}`);
  if (maxGapSec !== undefined) checkSec("maxGapSec", maxGapSec);
  checkSec("maxOffsetSec", maxOffsetSec);

  const { head, bytes, problem } = await readHead(path);
  const container = sniffContainer(head);
  const report = { path, container, bytes };
  if (container === null) {
    const message = problem ??
      "it is no Matroska, MP4 or QuickTime file, and no MPEG transport stream";
    return unreadable(report, message);
  }
  const clip = await readPackets(path, container);
  if (clip.tracks.length === 0) {
    return unreadable(report, clip.error === null ? "it holds no tracks" : reason(clip.error));
  }
  const { tracks, faults } = findFaults(clip, {
    ...(maxGapSec !== undefined && { maxGapSec }),
    maxOffsetSec,
  });
  const expected = statedBytes(head);
  const isKnown = faults.some(({ kind }) => kind === "cut-short");
  if (expected !== null && expected > bytes && !isKnown) {
    faults.push(fault("cut-short", `its header says ${expected} bytes, the file has ${bytes}`));
  }
  if (clip.error !== null) faults.push(fault("unreadable", reason(clip.error)));
  const decoded = decode ? await decodeAll(path, clip, tracks) : { frames: null, faults: [] };
  faults.push(...decoded.faults);
  return {
    ...report,
    ok: faults.length === 0,
    durationSec: clip.durationSec,
    tracks: tracks.map((track, i) => ({ mediaType: clip.tracks[i]!.mediaType, ...track })),
    decodedFrames: decoded.frames,
    faults,
  };
}

function fault(kind: ClipFaultKind, message: string): ClipFault {
  return { kind, message, track: null };
}

function unreadable(
  report: Pick<VerifyReport, "path" | "container" | "bytes">,
  message: string,
): VerifyReport {
  const faults = [fault("unreadable", message)];
  return { ...report, ok: false, durationSec: null, tracks: [], decodedFrames: null, faults };
}

/** Reads a file's first bytes, or tells why that is not possible. */
async function readHead(path: string) {
  const nothing = { head: new Uint8Array(), bytes: 0 };
  try {
    const { isFile, size } = await Deno.stat(path);
    if (!isFile) return { ...nothing, problem: "it is no file" };
    if (size === 0) return { ...nothing, problem: "it is empty" };
    using file = await Deno.open(path);
    const head = new Uint8Array(HEAD_BYTES);
    const count = await file.read(head);
    return { head: head.subarray(0, count ?? 0), bytes: size, problem: undefined };
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable || !(error instanceof Error)) throw error;
    return { ...nothing, problem: error.message };
  }
}

/** Frames that a decoder's sink holds: they are large. */
const MAX_DECODED = 4;

/** Decodes all tracks; counts the frames of video. */
async function decodeAll(path: string, clip: FilePackets, tracks: readonly TrackStats[]) {
  const links = clip.tracks.map((_, i) => `decoder. ! ${sinkText(i, MAX_DECODED)}`);
  const text = `filesrc name=source ! decodebin name=decoder ${links.join(" ")}`;
  const counts = links.map(() => 0);
  const reading = await readFile(path, text, links.length, (sink) => {
    counts[sink]!++;
  });
  const sum = (values: readonly number[], isPart: (i: number) => boolean) =>
    values.reduce((total, value, i) => isPart(i) ? total + value : total, 0);
  const frames = sum(counts, (i) => reading.mediaTypes[i]?.startsWith("video/") ?? false);
  const stored = sum(
    tracks.map(({ shownFrames }) => shownFrames),
    (i) => isPicture(clip.tracks[i]!.mediaType),
  );
  return { frames, faults: decodingFaults(reading, stored - frames) };
}

/** What went wrong where a clip was decoded, in a fault at most. */
function decodingFaults(
  { error, warnings, lacksDecoder }: Reading,
  lostFrames: number,
): ClipFault[] {
  if (lacksDecoder) {
    return [
      fault("no-decoder", "no decoder for it is installed: gstp doctor tells what to install"),
    ];
  }
  const complaint = error ??
    warnings.find(({ domain }) => domain === "gst-stream-error-quark") ?? null;
  if (complaint !== null) return [fault("not-decodable", reason(complaint))];
  return lostFrames > 0
    ? [fault("not-decodable", `${lostFrames} frames of video cannot be decoded`)]
    : [];
}

/** What an element said, without its path, which tells the reader of a clip nothing. */
function reason({ message, path }: GstError): string {
  return path === undefined ? message : message.replace(`${path}: `, "");
}
