/**
 * The packets of a file, by its demuxer and by parsers of what is in it.
 *
 * @module
 */
import { type ElementChain, isSound, PARSERS } from "../media/codecs.ts";
import type { GstError } from "../../ffi/errors.ts";
import { hasElement } from "../gst/element_factory.ts";
import { type ContainerName, DEMUXERS } from "./sniff.ts";
import type { ClipPackets, TrackPackets } from "./faults.ts";
import { type Packet, readPacket, storedSec } from "./packet.ts";
import { readFile, sinkText } from "./read_file.ts";

/** Tracks that are looked at. */
const MAX_TRACKS = 16;
/** Packets that a sink holds. */
const MAX_PACKETS = 200;

/** What is in a file. */
export interface FilePackets extends ClipPackets {
  /** Why it could not be read to its end; null where it could. */
  error: GstError | null;
}

/** A track as one reading sees it. */
type DemuxedTrack = Omit<TrackPackets, "beginsWithKeyframe">;

/** Reads the packets of a file. */
export async function readPackets(path: string, container: ContainerName): Promise<FilePackets> {
  const stored = await demux(path, container, Array.from({ length: MAX_TRACKS }, () => null));
  const { durationSec, error } = stored.reading;
  const parsers = stored.tracks.map(({ mediaType }) => parserOf(mediaType, container));
  const parsed = parsers.some((parser) => parser !== null)
    ? (await demux(path, container, parsers)).tracks
    : stored.tracks;
  const tracks = stored.tracks.map((track, i) =>
    parsers[i] === null
      ? { ...track, beginsWithKeyframe: null }
      : merge(track, parsed[i], container)
  );
  return { durationSec, error, tracks };
}

/** The parser of a track; null where it needs none, or none is installed. */
function parserOf(mediaType: string, container: ContainerName): ElementChain | null {
  // only transport streams leave it to parsers to tell where sound begins and ends
  const isNeeded = container === "mpeg-ts" || !isSound(mediaType);
  const parser = PARSERS[mediaType];
  const isUsable = parser !== undefined && parser.elements.length > 0 &&
    parser.elements.every(hasElement);
  return isNeeded && isUsable ? parser : null;
}

async function demux(
  path: string,
  container: ContainerName,
  parsers: readonly (ElementChain | null)[],
) {
  const links = parsers.map((parser, i) =>
    `demuxer. ! ${parser === null ? "" : `${parser.text} ! `}${sinkText(i, MAX_PACKETS)}`
  );
  const text = `filesrc name=source ! ${DEMUXERS[container]} name=demuxer ${links.join(" ")}`;
  const packets = parsers.map((): Packet[] => []);
  const starts = parsers.map(() => 0);
  const reading = await readFile(path, text, parsers.length, (sink, sample) => {
    if (packets[sink]!.length === 0) starts[sink] = storedSec(sample);
    packets[sink]!.push(readPacket(sample, container === "matroska" ? "stored" : "edited"));
  });
  const tracks = reading.mediaTypes.flatMap((mediaType, i): DemuxedTrack[] =>
    mediaType === null ? [] : [{
      mediaType,
      packets: packets[i]!,
      leftOutSec: container === "mp4" ? starts[i]! : 0,
    }]
  );
  return { tracks, reading };
}

/** What a track is, by what is stored and by what a parser makes of it. */
function merge(
  track: DemuxedTrack,
  parsed: DemuxedTrack | undefined,
  container: ContainerName,
): TrackPackets {
  const first = parsed?.packets[0];
  const isKeyframe = first?.isKeyframe ?? false;
  if (container !== "mpeg-ts") return { ...track, beginsWithKeyframe: isKeyframe };
  // transport streams do not tell where frames begin, nor what they are; a parser leaves out what comes before the
  // first parameter sets
  const isWhole = (first?.timeSec ?? Infinity) <= (track.packets[0]?.timeSec ?? Infinity);
  return {
    ...track,
    packets: parsed?.packets ?? [],
    beginsWithKeyframe: isSound(track.mediaType) || (isKeyframe && isWhole),
  };
}
