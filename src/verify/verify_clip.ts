/**
 * Verification of clips.
 *
 * @module
 */
import { checkObject, checkSec } from "../util/check.ts";
import type { ContainerName } from "../media/containers.ts";
import { compareClip } from "./compare_clip.ts";
import type { ClipComparison } from "./compare.ts";
import { readHead } from "./file_head.ts";
import { sniffContainer, statedBytes } from "./sniff.ts";
import { type ClipFault, type ClipFaultKind, findFaults } from "./faults.ts";
import { readPackets } from "./read_packets.ts";
import { checkPictures, NOT_DECODED, reasonOf } from "./check_pictures.ts";
import { isPicture, type TrackStats } from "./track_stats.ts";

/** Options of {@link verifyClip}. */
export interface VerifyOptions {
  /** Whether all tracks are also decoded. Defaults to `true`. */
  decode?: boolean;
  /**
   * The path of a longer recording of the same stream: the clip's pictures are to be a part of that one's. Both are
   * decoded; sound is not compared. Of a recording with more than 500,000 pictures, only the first ones are read.
   */
  against?: string;
  /**
   * The longest interval between two frames that is not a gap, in seconds; `Infinity` for a stream without a fixed rate. By
   * default, it follows from the other frames: one and a half of the usual interval, and more if the intervals vary.
   */
  maxGapSec?: number;
  /**
   * The maximum difference between the starts, and between the ends, of two tracks in seconds. By default, three frames of
   * the slowest track, and at least 0.2.
   */
  maxOffsetSec?: number;
}

/** A track of a clip. Times are timestamps of the file, in seconds. */
export interface VerifiedTrack extends TrackStats {
  /** The media type, such as `video/x-h264`. */
  mediaType: string;
}

/** The outcome of a verification. */
export interface VerifyReport {
  /** The path of the file. */
  path: string;
  /** Whether the clip has no fault. */
  ok: boolean;
  /** The container, detected by the file's content; `null` for a file of another format. */
  container: ContainerName | null;
  /** The size of the file in bytes. */
  bytes: number;
  /** The duration in its header, in seconds; `null` if the header has none, as in the `.part` file of a crash. */
  durationSec: number | null;
  /** The tracks. */
  tracks: VerifiedTrack[];
  /**
   * The number of video frames that were decoded without damage, which are those that a player shows; `null` if `decode` is
   * `false`, or the file cannot be read.
   */
  decodedFrames: number | null;
  /**
   * The number of video frames at the start that a player does not show, or not rightly, as decoding begins there: those
   * of an open GOP that are shown before its keyframe, and those of a gradual refresh (intra refresh) before its end. They
   * are no fault. `null` if {@link decodedFrames} is.
   */
  leadInFrames: number | null;
  /** The comparison with a longer recording; `null` if there was none. */
  comparison: ClipComparison | null;
  /** The faults; empty if `ok`. */
  faults: ClipFault[];
}

/**
 * Verifies that a clip is complete: each track begins at a frame from which it can be decoded, has its timestamps in order
 * and without gaps, and each of its pictures is decoded once, in order and whole; the clip is as long as its header says,
 * and its tracks begin and end together.
 *
 * It reads Matroska (.webm, .mkv), MP4 and QuickTime (.mp4, .mov) and MPEG transport streams (.ts), whatever the extension,
 * and the `.part` files that a crash leaves behind.
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
 * @returns The report. A file that does not exist or cannot be read has the fault `unreadable`.
 * @throws {TypeError} If the path is not a string, or an option has the wrong type.
 * @throws {RangeError} If an option is negative.
 * @throws {GstError} If GStreamer cannot be loaded, or its demuxers are not installed.
 */
export async function verifyClip(path: string, options: VerifyOptions = {}): Promise<VerifyReport> {
  checkObject("options", options);
  const { decode = true, against, maxGapSec, maxOffsetSec } = options;
  if (typeof path !== "string") throw new TypeError(`path must be a string, got ${typeof path}`);
  if (against !== undefined && typeof against !== "string") {
    throw new TypeError(`against must be a string, got ${typeof against}`);
  }
  if (against !== undefined && !decode) throw new TypeError("against requires decode");
  if (maxGapSec !== undefined) checkSec("maxGapSec", maxGapSec);
  if (maxOffsetSec !== undefined) checkSec("maxOffsetSec", maxOffsetSec);

  const { head, bytes, problem } = await readHead(path);
  const container = sniffContainer(head);
  const report = { path, container, bytes };
  if (container === null) {
    const message = problem ??
      "not a Matroska, MP4 or QuickTime file or an MPEG transport stream";
    return unreadable(report, message);
  }
  const clip = await readPackets(path, container);
  if (clip.tracks.length === 0) {
    return unreadable(report, clip.error === null ? "it has no tracks" : reasonOf(clip.error));
  }
  const { tracks, faults } = findFaults(clip, {
    ...(maxGapSec !== undefined && { maxGapSec }),
    ...(maxOffsetSec !== undefined && { maxOffsetSec }),
  });
  const expected = statedBytes(head);
  const isKnown = faults.some(({ kind }) => kind === "cut-short");
  if (expected !== null && expected > bytes && !isKnown) {
    faults.push(fault("cut-short", `its header says ${expected} bytes, the file has ${bytes}`));
  }
  if (clip.error !== null) faults.push(fault("unreadable", reasonOf(clip.error)));
  const pictures = decode ? await checkPictures(path, container, clip) : NOT_DECODED;
  faults.push(...pictures.faults);
  const compared = against === undefined ? null : await compareClip({
    ...{ path, container, fromSec: pictures.firstSec },
    mediaType: clip.tracks.find(({ mediaType }) => isPicture(mediaType))?.mediaType ?? null,
  }, against);
  if (compared !== null) faults.push(...compared.faults);
  return {
    ...report,
    ok: faults.length === 0,
    durationSec: clip.durationSec,
    tracks: tracks.map((track, i) => ({ mediaType: clip.tracks[i]!.mediaType, ...track })),
    decodedFrames: pictures.frames,
    leadInFrames: pictures.leadInFrames,
    comparison: compared?.comparison ?? null,
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
  return {
    ...report,
    ok: false,
    durationSec: null,
    tracks: [],
    decodedFrames: null,
    leadInFrames: null,
    comparison: null,
    faults,
  };
}
