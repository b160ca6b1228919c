/**
 * Checks the pictures of a clip by decoding it.
 *
 * @module
 */
import type { GstError } from "../../ffi/errors.ts";
import type { ContainerName } from "../media/containers.ts";
import { commandLine } from "../util/command_line.ts";
import { type DecodedStream, decodeStrictly, decodeTracks } from "./decode.ts";
import { type ClipFault, label, type TrackPackets } from "./faults.ts";
import { findPictureFaults, type PictureFindings } from "./picture_faults.ts";
import type { FilePackets } from "./read_packets.ts";
import type { Reading } from "./read_file.ts";
import { isPicture } from "./track_stats.ts";

/** What was found in the pictures of a clip. */
export interface CheckedPictures {
  /** The number of pictures that were decoded without damage; `null` if none was to be decoded. */
  frames: number | null;
  /** The number of pictures at the start that cannot be right, because decoding begins there. */
  leadInFrames: number | null;
  /** The time of the first picture behind those, of the first track of video; `null` if there is none. */
  firstSec: number | null;
  faults: ClipFault[];
}

/** What is known of the pictures of a clip that is not decoded. */
export const NOT_DECODED: CheckedPictures = {
  frames: null,
  leadInFrames: null,
  firstSec: null,
  faults: [],
};

/** Decodes a clip, and finds the faults of its pictures. */
export async function checkPictures(
  path: string,
  container: ContainerName,
  clip: FilePackets,
): Promise<CheckedPictures> {
  const { reading, videos } = await decodeTracks(path, container, clip.tracks.length);
  const failure = failureOf(reading);
  const strictSec = failure === null && isStrictlyDecodable(clip.tracks)
    ? await decodeStrictly(path, container)
    : null;
  const indices = clip.tracks.flatMap(({ mediaType }, i) => isPicture(mediaType) ? [i] : []);
  const found = indices.flatMap((index) => {
    const video = streamOf(clip, index, indices, videos);
    return video === undefined ? [] : [checkTrack(clip.tracks, index, video, strictSec)];
  });
  const sum = (count: "frames" | "leadInFrames") =>
    found.reduce((total, one) => total + one[count], 0);
  return {
    frames: sum("frames"),
    leadInFrames: sum("leadInFrames"),
    firstSec: found[0]?.firstSec ?? null,
    faults: failure === null ? found.flatMap(({ faults }) => faults) : [failure],
  };
}

/** Finds the faults of a track of video. */
function checkTrack(
  tracks: readonly TrackPackets[],
  index: number,
  { pictures }: DecodedStream,
  strictSec: readonly number[] | null,
): Omit<PictureFindings, "faults"> & { faults: ClipFault[] } {
  const { mediaType, packets, pictures: facts = null } = tracks[index]!;
  const found = findPictureFaults({
    storedSec: packets.filter(({ isShown }) => isShown).map(({ timeSec }) => timeSec),
    decoded: pictures,
    facts,
    strictSec: mediaType === "video/x-h264" ? strictSec : null,
  });
  const faults = found.faults.map(({ kind, message }): ClipFault => ({
    kind,
    message: `${label(tracks, index)}: ${message}`,
    track: index,
  }));
  return { ...found, faults };
}

/** Returns the stream that a track of video was decoded to. */
function streamOf(
  { streamIds }: FilePackets,
  index: number,
  indices: readonly number[],
  videos: readonly DecodedStream[],
): DecodedStream | undefined {
  if (indices.length === 1) return videos[0] ?? { streamId: null, pictures: [] };
  const id = streamIds[index];
  return videos.find(({ streamId }) => streamId === id);
}

/** Returns whether the strict decoder can judge the only track of H.264 of a clip: one of whole GOPs, without B-frames. */
function isStrictlyDecodable(tracks: readonly TrackPackets[]): boolean {
  const [track, ...others] = tracks.filter(({ mediaType }) => mediaType === "video/x-h264");
  if (track === undefined || others.length > 0) return false;
  const { packets, skippedSec, pictures } = track;
  const isOrdered = packets.every(({ timeSec }, i) =>
    timeSec !== null && timeSec > (packets[i - 1]?.timeSec ?? -Infinity)
  );
  return isOrdered && skippedSec === 0 && pictures?.start === "instant";
}

/** Returns why a clip cannot be decoded; `null` if it can. */
function failureOf({ error, warnings, lacksDecoder }: Reading): ClipFault | null {
  if (lacksDecoder) {
    const message =
      `no decoder for it is installed: \`${commandLine()} doctor\` prints what to install`;
    return { kind: "no-decoder", message, track: null };
  }
  const failure = error ??
    warnings.find(({ domain }) => domain === "gst-stream-error-quark") ?? null;
  return failure && { kind: "not-decodable", message: reasonOf(failure), track: null };
}

/** Returns an element's message without its path, which is of no use to who checks a clip. */
export function reasonOf({ message, path }: GstError): string {
  return path === undefined ? message : message.replace(`${path}: `, "");
}
