/**
 * Finds faults in the packets of a clip.
 *
 * @module
 */
import type { Packet } from "./packet.ts";
import type { PictureFacts } from "./picture_scan.ts";
import { type ClipGap, isContinuous, measureTrackStats, type TrackStats } from "./track_stats.ts";

/**
 * A kind of fault of a clip:
 *
 * - `unreadable`: the file cannot be read to its end,
 * - `no-frames`: a track has no frames,
 * - `no-keyframe-first`: a track does not begin with a keyframe,
 * - `wrong-start`: a track begins at a keyframe at which decoding cannot begin: later frames may be wrong,
 * - `no-timestamp`: frames have no timestamp,
 * - `not-in-order`: timestamps repeat or go back,
 * - `gap`: frames are missing in the middle of a track,
 * - `cut-short`: the clip ends before its header says,
 * - `track-offset`: tracks do not begin or end together,
 * - `no-decoder`: no decoder for a track is installed,
 * - `not-decodable`: a decoder reports an error, or returns fewer frames than the track has,
 * - `damaged-picture`: parts of pictures are missing, or they were decoded without frames that they depend on,
 * - `differs`: pictures are not those of the longer recording with which the clip is compared.
 */
export type ClipFaultKind =
  | "unreadable"
  | "no-frames"
  | "no-keyframe-first"
  | "wrong-start"
  | "no-timestamp"
  | "not-in-order"
  | "gap"
  | "cut-short"
  | "track-offset"
  | "no-decoder"
  | "not-decodable"
  | "damaged-picture"
  | "differs";

/** A fault of a clip. */
export interface ClipFault {
  /** The kind of fault. */
  kind: ClipFaultKind;
  /** A description of the fault. */
  message: string;
  /** The index of the track; `null` if it is a fault of the whole clip. */
  track: number | null;
}

/** The limits beyond which there is a fault. */
export interface ClipLimits {
  /** The maximum of seconds between two frames; by default, as the track's other frames suggest. */
  maxGapSec?: number;
  /** The maximum of seconds between the starts, and between the ends, of two tracks; by default, a few frames. */
  maxOffsetSec?: number;
}

/** The packets of a track, in the order in which they are stored. */
export interface TrackPackets {
  /** The media type, such as `video/x-h264`. */
  mediaType: string;
  packets: readonly Packet[];
  /** The seconds that an edit list skips at its start: what is stored there is not known. */
  skippedSec: number;
  /** Whether the first packet is a keyframe by its content, too; `null` if no parser has checked that. */
  beginsWithKeyframe: boolean | null;
  /** What the bytes of its pictures say; `null` or left out if they cannot be read. */
  pictures?: PictureFacts | null;
}

/** The packets of a clip. */
export interface ClipPackets {
  /** The duration that its header states; `null` if it states none. */
  durationSec: number | null;
  tracks: readonly TrackPackets[];
}

/** The statistics and faults of a clip. */
export interface ClipFindings {
  tracks: TrackStats[];
  faults: ClipFault[];
}

/** Finds the faults of a clip by its packets. */
export function findFaults(clip: ClipPackets, limits: ClipLimits): ClipFindings {
  const tracks = clip.tracks.map((track) => measureTrackStats(track, limits.maxGapSec));
  const faults = clip.tracks.flatMap((track, index) =>
    trackFaults(track, tracks[index]!).map((fault) => ({
      ...fault,
      message: `${label(clip.tracks, index)}: ${fault.message}`,
      track: index,
    }))
  );
  return {
    tracks,
    faults: [
      ...faults,
      ...cutShort(clip, tracks),
      ...offsets(clip.tracks, tracks, limits.maxOffsetSec),
    ],
  };
}

type Finding = Omit<ClipFault, "track">;

function trackFaults(track: TrackPackets, stats: TrackStats): Finding[] {
  const { packets, skippedSec } = track;
  const first = packets[0];
  if (first === undefined) return [{ kind: "no-frames", message: "it has no frames" }];
  const found: Finding[] = [];
  if (skippedSec === 0) found.push(...startFaults(track, first));
  const untimed = packets.filter(({ timeSec }) => timeSec === null).length;
  if (untimed > 0) {
    found.push({
      kind: "no-timestamp",
      message: `${untimed} of ${packets.length} frames have no timestamp`,
    });
  }
  const { disorderSec, gaps } = stats;
  if (disorderSec !== null) {
    found.push({
      kind: "not-in-order",
      message: `timestamps repeat or go back at ${formatSec(disorderSec)}`,
    });
  }
  if (gaps.length > 0) found.push({ kind: "gap", message: gapsText(gaps) });
  return found;
}

/** Finds out whether decoding can begin at the first packet. */
function startFaults({ packets, beginsWithKeyframe, pictures }: TrackPackets, first: Packet) {
  const start = pictures?.start;
  // containers do not mark a refresh that takes several pictures
  if (start === "gradual") return [];
  if (!first.isKeyframe || (beginsWithKeyframe === false && start !== "open")) {
    return [{ kind: "no-keyframe-first", message: "it does not begin with a keyframe" } as const];
  }
  if (start !== null || first.timeSec === null) return [];
  const firstSec = first.timeSec;
  const rightSec = pictures!.accessPoints.find(({ timeSec }) => timeSec > firstSec)?.timeSec ??
    Infinity;
  const affected = packets.filter(({ timeSec }) => timeSec !== null && timeSec < rightSec).length;
  const end = rightSec === Infinity ? "its end" : formatSec(rightSec);
  const message =
    "it begins at a picture from which decoding cannot begin, neither an IDR picture " +
    `nor a recovery point: ${affected} frames up to ${end} may be wrong`;
  return [{ kind: "wrong-start", message } as const];
}

/** The maximum number of gaps to list. */
const MAX_GAPS = 3;

function gapsText(gaps: readonly ClipGap[]): string {
  const list = gaps.slice(0, MAX_GAPS).map(({ startSec, endSec }) =>
    `nothing from ${formatSec(startSec)} to ${formatSec(endSec)}`
  );
  const more = gaps.length - list.length;
  return [...list, ...(more > 0 ? [`${more} more gaps`] : [])].join(", ");
}

/** The error of a duration by rounding, and by the last packet's unknown duration. */
const DURATION_SLACK_SEC = 0.2;

/** Finds packets that end before the duration that the header states. */
function cutShort(
  { durationSec }: ClipPackets,
  tracks: readonly TrackStats[],
): ClipFault[] {
  const ends = tracks.flatMap(({ endSec }) => endSec ?? []);
  const endSec = Math.max(...ends);
  if (durationSec === null || ends.length === 0 || endSec >= durationSec - DURATION_SLACK_SEC) {
    return [];
  }
  const message = `its header says ${formatSec(durationSec)}, but it ends at ${formatSec(endSec)}`;
  return [{ kind: "cut-short", message, track: null }];
}

/** The maximum of silence that audio encoders put first, for an edit list to skip. */
const MAX_PRIMING_SEC = 0.1;

/** The frames of the slowest track by which starts and ends may differ. */
const OFFSET_FRAMES = 3;
/** The seconds by which they may differ, whatever the rate: what sound cards put into a packet. */
const MIN_OFFSET_SEC = 0.2;

/**
 * Finds tracks that start later, or end earlier, than the others; not if an edit list skips frames, of which GStreamer does
 * not put out all.
 */
function offsets(
  packets: readonly TrackPackets[],
  tracks: readonly TrackStats[],
  maxOffsetSec: number | undefined,
): ClipFault[] {
  if (packets.some(({ skippedSec }) => skippedSec > MAX_PRIMING_SEC)) return [];
  const isCompared = packets.map(({ mediaType }) => isContinuous(mediaType));
  const compared = tracks.filter((_, track) => isCompared[track]);
  const limitSec = maxOffsetSec ??
    Math.max(MIN_OFFSET_SEC, ...compared.map(({ frameSec }) => OFFSET_FRAMES * (frameSec ?? 0)));
  const starts = compared.flatMap(({ startSec }) => startSec ?? []);
  const ends = compared.flatMap(({ endSec }) => endSec ?? []);
  return tracks.flatMap(({ startSec, endSec }, track) => {
    if (!isCompared[track] || startSec === null || endSec === null) return [];
    const lateSec = startSec - Math.min(...starts);
    const earlySec = Math.max(...ends) - endSec;
    return [
      ...(lateSec > limitSec ? [`it starts ${formatSec(lateSec)} after another track`] : []),
      ...(earlySec > limitSec ? [`it ends ${formatSec(earlySec)} before another track`] : []),
    ].map((text): ClipFault => ({
      kind: "track-offset",
      message: `${label(packets, track)}: ${text}`,
      track,
    }));
  });
}

/** Returns a name for a track, such as `video`. */
export function label(tracks: readonly { mediaType: string }[], index: number): string {
  const kind = tracks[index]!.mediaType.split("/")[0]!;
  const isOnly = tracks.filter(({ mediaType }) => mediaType.startsWith(`${kind}/`)).length === 1;
  return isOnly ? kind : `track ${index} (${kind})`;
}

/** Formats seconds. */
export function formatSec(sec: number): string {
  return `${sec.toFixed(3)} s`;
}
