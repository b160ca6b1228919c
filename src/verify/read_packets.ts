/**
 * The packets of a file, as its demuxer and the parsers of its tracks put them out.
 *
 * @module
 */
import { type ElementChain, isSound, PARSERS } from "../media/codecs.ts";
import type { GstError } from "../../ffi/errors.ts";
import { hasElement } from "../gst/element_factory.ts";
import { type ContainerName, DEMUXERS } from "../media/containers.ts";
import type { ClipPackets, TrackPackets } from "./faults.ts";
import { type Packet, readPacket, storedSec } from "./packet.ts";
import { MAX_TRACKS, readFile, type Reading, sinkText } from "./read_file.ts";

/** The maximum number of packets that a sink holds. */
const MAX_PACKETS = 200;

/** The packets of a file. */
export interface FilePackets extends ClipPackets {
  /** The error that ended reading; `null` if the end of the file was reached. */
  error: GstError | null;
}

/** A track, without what only a parser knows. */
type DemuxedTrack = Omit<TrackPackets, "beginsWithKeyframe">;

/** Reads the packets of a file: as they are stored, and once more through parsers if any track needs one. */
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

/** Returns the parser of a track; `null` if it needs none, or none is installed. */
function parserOf(mediaType: string, container: ContainerName): ElementChain | null {
  // only in transport streams do parsers find where audio packets begin and end
  const isNeeded = container === "mpeg-ts" || !isSound(mediaType);
  const parser = PARSERS[mediaType];
  const isUsable = parser !== undefined && parser.elements.length > 0 &&
    parser.elements.every(hasElement);
  return isNeeded && isUsable ? parser : null;
}

/** Reads the tracks of a file, each through its parser, if it has one. */
async function demux(
  path: string,
  container: ContainerName,
  parsers: readonly (ElementChain | null)[],
): Promise<{ tracks: DemuxedTrack[]; reading: Reading }> {
  const links = parsers.map((parser, i) =>
    `demuxer. ! ${parser === null ? "" : `${parser.text} ! `}${sinkText(i, MAX_PACKETS)}`
  );
  const text = `filesrc name=source ! ${DEMUXERS[container]} name=demuxer ${links.join(" ")}`;
  const packets = parsers.map((): Packet[] => []);
  const starts = parsers.map(() => 0);
  const reading = await readFile(path, text, parsers.length, {
    onSample: (sink, sample) => {
      if (packets[sink]!.length === 0) starts[sink] = storedSec(sample);
      packets[sink]!.push(readPacket(sample, container === "matroska" ? "stored" : "edited"));
    },
  });
  const tracks = reading.mediaTypes.flatMap((mediaType, i): DemuxedTrack[] =>
    mediaType === null ? [] : [{
      mediaType,
      packets: packets[i]!,
      skippedSec: container === "mp4" ? starts[i]! : 0,
    }]
  );
  return { tracks, reading };
}

/** Combines a track as it is stored with what its parser puts out. */
function merge(
  track: DemuxedTrack,
  parsed: DemuxedTrack | undefined,
  container: ContainerName,
): TrackPackets {
  const first = parsed?.packets[0];
  const isKeyframe = first?.isKeyframe ?? false;
  if (container !== "mpeg-ts") return { ...track, beginsWithKeyframe: isKeyframe };
  // a transport stream states neither where frames begin nor which are keyframes; a parser drops what comes before the
  // first parameter sets
  const isWhole = (first?.timeSec ?? Infinity) <= (track.packets[0]?.timeSec ?? Infinity);
  return {
    ...track,
    packets: parsed?.packets ?? [],
    beginsWithKeyframe: isSound(track.mediaType) || (isKeyframe && isWhole),
  };
}
