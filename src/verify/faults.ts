/**
 * Finds faults in the packets of a clip.
 *
 * @module
 */
import type { Packet } from "./packet.ts";
import { type ClipGap, isContinuous, measureTrackStats, type TrackStats } from "./track_stats.ts";

/** What can be wrong with a clip. */
export type ClipFaultKind =
  | "unreadable"
  | "no-frames"
  | "no-keyframe-first"
  | "no-timestamp"
  | "not-in-order"
  | "gap"
  | "cut-short"
  | "track-offset"
  | "no-decoder"
  | "not-decodable";

/** A fault of a clip. */
export interface ClipFault {
  /** What is wrong. */
  kind: ClipFaultKind;
  /** The same in a sentence. */
  message: string;
  /** Index of the track; null where it is not one track's. */
  track: number | null;
}

/** What a clip may have without fault. */
export interface ClipLimits {
  /** Seconds between two frames beyond which there is a gap; undefined: what the track's other frames suggest. */
  maxGapSec?: number;
  /** Seconds between the first starts, and the last ends, of two tracks. */
  maxOffsetSec: number;
}

/** The packets of a track, in the order in which they are stored. */
export interface TrackPackets {
  /** Such as `video/x-h264`. */
  mediaType: string;
  packets: readonly Packet[];
  /** Seconds that an edit list leaves out at its start: nothing is known of what is stored there. */
  leftOutSec: number;
  /** Whether the first packet is a keyframe by its contents, too; null where nothing is known that can tell. */
  beginsWithKeyframe: boolean | null;
}

/** The packets of a clip. */
export interface ClipPackets {
  /** Its duration by its header; null where that does not tell. */
  durationSec: number | null;
  tracks: readonly TrackPackets[];
}

/** What was found. */
export interface ClipFindings {
  tracks: TrackStats[];
  faults: ClipFault[];
}

/** Judges a clip by its packets. */
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

function trackFaults(track: TrackPackets, measures: TrackStats): Finding[] {
  const { packets, leftOutSec, beginsWithKeyframe } = track;
  const first = packets[0];
  if (first === undefined) return [{ kind: "no-frames", message: "it holds nothing" }];
  const found: Finding[] = [];
  if (leftOutSec === 0 && (!first.isKeyframe || beginsWithKeyframe === false)) {
    found.push({ kind: "no-keyframe-first", message: "it does not begin with a keyframe" });
  }
  const untimed = packets.filter(({ timeSec }) => timeSec === null).length;
  if (untimed > 0) {
    found.push({
      kind: "no-timestamp",
      message: `${untimed} of ${packets.length} frames have no timestamp`,
    });
  }
  const { disorderSec, gaps } = measures;
  if (disorderSec !== null) {
    found.push({
      kind: "not-in-order",
      message: `timestamps repeat or go back at ${formatSec(disorderSec)}`,
    });
  }
  if (gaps.length > 0) found.push({ kind: "gap", message: gapsText(gaps) });
  return found;
}

/** Gaps to tell one by one. */
const MAX_GAPS = 3;

function gapsText(gaps: readonly ClipGap[]): string {
  const list = gaps.slice(0, MAX_GAPS).map(({ startSec, endSec }) =>
    `nothing from ${formatSec(startSec)} to ${formatSec(endSec)}`
  );
  const more = gaps.length - list.length;
  return [...list, ...(more > 0 ? [`${more} more gaps`] : [])].join(", ");
}

/** What rounding and the last packet's unknown duration can make of a duration. */
const DURATION_SLACK_SEC = 0.2;

/** Whether the packets end before the header says. */
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

/** What encoders of sound put in front of it, for an edit list to leave out. */
const MAX_PRIMING_SEC = 0.1;

/** Tracks that start later, or end earlier, than the others; not where more is left out than GStreamer can show. */
function offsets(
  packets: readonly TrackPackets[],
  tracks: readonly TrackStats[],
  maxOffsetSec: number,
): ClipFault[] {
  if (packets.some(({ leftOutSec }) => leftOutSec > MAX_PRIMING_SEC)) return [];
  const isCompared = packets.map(({ mediaType }) => isContinuous(mediaType));
  const compared = tracks.filter((_, track) => isCompared[track]);
  const starts = compared.flatMap(({ startSec }) => startSec ?? []);
  const ends = compared.flatMap(({ endSec }) => endSec ?? []);
  return tracks.flatMap(({ startSec, endSec }, track) => {
    if (!isCompared[track] || startSec === null || endSec === null) return [];
    const lateSec = startSec - Math.min(...starts);
    const earlySec = Math.max(...ends) - endSec;
    return [
      ...(lateSec > maxOffsetSec ? [`it starts ${formatSec(lateSec)} after another track`] : []),
      ...(earlySec > maxOffsetSec ? [`it ends ${formatSec(earlySec)} before another track`] : []),
    ].map((text): ClipFault => ({
      kind: "track-offset",
      message: `${label(packets, track)}: ${text}`,
      track,
    }));
  });
}

/** Names a track. */
export function label(tracks: readonly { mediaType: string }[], index: number): string {
  const kind = tracks[index]!.mediaType.split("/")[0]!;
  const isOnly = tracks.filter(({ mediaType }) => mediaType.startsWith(`${kind}/`)).length === 1;
  return isOnly ? kind : `track ${index} (${kind})`;
}

/** Seconds to read. */
export function formatSec(sec: number): string {
  return `${sec.toFixed(3)} s`;
}
