/**
 * The packets of a file, as its demuxer and the parsers of its tracks put them out.
 *
 * @module
 */
import { chain, type ElementChain, isSound, PARSERS } from "../media/codecs.ts";
import type { GstError } from "../../ffi/errors.ts";
import { mediaTypeOf } from "../gst/caps.ts";
import { hasElement } from "../gst/element_factory.ts";
import { withSampleBytes } from "../gst/sample.ts";
import { gst } from "../../ffi/gst.ts";
import { type ContainerName, DEMUXERS } from "../media/containers.ts";
import type { ClipPackets, TrackPackets } from "./faults.ts";
import { type Packet, readPacket, storedSec, type TimeKind } from "./packet.ts";
import { PictureScan } from "./picture_scan.ts";
import { MAX_TRACKS, readFile, type Reading, sinkText } from "./read_file.ts";

/** The maximum number of packets that a sink holds. */
const MAX_PACKETS = 200;

/** The packets of a file. */
export interface FilePackets extends ClipPackets {
  /** The error that ended reading; `null` if the end of the file was reached. */
  error: GstError | null;
  /** The ids of the tracks' streams, which decoders keep. */
  streamIds: (string | null)[];
}

/** A track, without what only a parser knows. */
interface DemuxedTrack extends Omit<TrackPackets, "beginsWithKeyframe"> {
  streamId: string | null;
}

/** The codecs whose pictures can be scanned in one form only, which their parsers bring them to. */
const SCANNED_AS: Record<string, string> = {
  "video/x-h264": "video/x-h264,stream-format=byte-stream,alignment=au",
  "video/x-h265": "video/x-h265,stream-format=byte-stream,alignment=au",
};

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
  return { durationSec, error, tracks, streamIds: stored.tracks.map(({ streamId }) => streamId) };
}

/** Returns the parser of a track; `null` if it needs none, or none is installed. */
function parserOf(mediaType: string, container: ContainerName): ElementChain | null {
  // only in transport streams do parsers find where audio packets begin and end
  const isNeeded = container === "mpeg-ts" || !isSound(mediaType);
  const parser = PARSERS[mediaType];
  const isUsable = parser !== undefined && parser.elements.length > 0 &&
    parser.elements.every(hasElement);
  if (!isNeeded || !isUsable) return null;
  return { ...parser, text: chain(parser.text, SCANNED_AS[mediaType]) };
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
  const scans = parsers.map(() => new PictureScan());
  const reading = await readFile(path, text, parsers.length, {
    onSample: (sink, sample) => {
      if (packets[sink]!.length === 0) starts[sink] = storedSec(sample);
      const packet = readPacket(sample, timeKindOf(container));
      packets[sink]!.push(packet);
      const mediaType = mediaTypeOf(gst().gst_sample_get_caps(sample));
      if (SCANNED_AS[mediaType] !== undefined && parsers[sink] === null) return;
      withSampleBytes(sample, (bytes) => scans[sink]!.add(mediaType, packet.timeSec, bytes));
    },
  });
  const tracks = reading.mediaTypes.flatMap((mediaType, i): DemuxedTrack[] =>
    mediaType === null ? [] : [{
      mediaType,
      packets: packets[i]!,
      skippedSec: container === "mp4" ? starts[i]! : 0,
      pictures: scans[i]!.finish(),
      streamId: reading.streamIds[i] ?? null,
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
  const pictures = parsed?.pictures ?? null;
  const first = parsed?.packets[0];
  const isKeyframe = first?.isKeyframe ?? false;
  if (container !== "mpeg-ts") return { ...track, pictures, beginsWithKeyframe: isKeyframe };
  // a transport stream states neither where frames begin nor which are keyframes; a parser drops what comes before the
  // first parameter sets
  const isWhole = (first?.timeSec ?? Infinity) <= (track.packets[0]?.timeSec ?? Infinity);
  return {
    ...track,
    pictures,
    packets: parsed?.packets ?? [],
    beginsWithKeyframe: isSound(track.mediaType) || (isKeyframe && isWhole),
  };
}

/** Returns which times of a container's samples are those of the file. */
export function timeKindOf(container: ContainerName): TimeKind {
  return container === "matroska" ? "stored" : "edited";
}
