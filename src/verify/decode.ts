/**
 * Decoding the tracks of a clip.
 *
 * @module
 */
import { ENUMS } from "../../ffi/layout.ts";
import { hasElement } from "../gst/element_factory.ts";
import { type ContainerName, DEMUXERS } from "../media/containers.ts";
import { readFlags, readPacket } from "./packet.ts";
import { readFile, type Reading, sinkText } from "./read_file.ts";
import { timeKindOf } from "./read_packets.ts";

/** The maximum number of decoded frames that a sink holds: they are large. */
const MAX_DECODED = 4;

/** A picture that a decoder put out. */
export interface DecodedPicture {
  /** Its PTS, as the container's {@link timeKindOf}; `null` if it has none. */
  timeSec: number | null;
  /** Whether the decoder marks it as damaged, or as decoded without frames that it depends on. */
  isDamaged: boolean;
  /** Whether it consists of two fields. */
  isInterlaced: boolean;
}

/** A stream that was decoded. */
export interface DecodedStream {
  /** The id of the stream that its container gives it. */
  streamId: string | null;
  /** The pictures in the order in which the decoder put them out. */
  pictures: DecodedPicture[];
}

/** The outcome of decoding a file. */
export interface Decoding {
  reading: Reading;
  /** The streams of video. */
  videos: DecodedStream[];
}

/** Decodes all tracks of a file, and lists the pictures of those of video. */
export async function decodeTracks(
  path: string,
  container: ContainerName,
  trackCount: number,
): Promise<Decoding> {
  const links = Array.from(
    { length: trackCount },
    (_, i) => `decoder. ! ${sinkText(i, MAX_DECODED)}`,
  );
  const text = `filesrc name=source ! decodebin name=decoder ${links.join(" ")}`;
  const pictures = links.map((): DecodedPicture[] => []);
  const reading = await readFile(path, text, trackCount, {
    onSample: (sink, sample) => void pictures[sink]!.push(readPicture(sample, container)),
  });
  const videos = reading.mediaTypes.flatMap((mediaType, i) =>
    mediaType?.startsWith("video/")
      ? [{ streamId: reading.streamIds[i] ?? null, pictures: pictures[i]! }]
      : []
  );
  return { reading, videos };
}

function readPicture(sample: Deno.PointerObject, container: ContainerName): DecodedPicture {
  const flags = readFlags(sample);
  return {
    timeSec: readPacket(sample, timeKindOf(container)).timeSec,
    isDamaged: (flags & ENUMS.GST_BUFFER_FLAG_CORRUPTED) !== 0,
    isInterlaced: (flags & ENUMS.GST_VIDEO_BUFFER_FLAG_INTERLACED) !== 0,
  };
}

/**
 * What the second decoder decodes without fault: others of its profiles, B-frames above all, it drops where nothing is
 * missing.
 */
const STRICT_CAPS = "video/x-h264,stream-format=byte-stream,alignment=au,chroma-format=4:2:0," +
  "bit-depth-luma=(uint)8,bit-depth-chroma=(uint)8,coded-picture-structure=frame," +
  "profile={constrained-baseline,baseline,main,high,constrained-high,progressive-high}";

/**
 * Returns the times of the pictures of the only track of H.264 in a file that a decoder puts out which drops damaged ones,
 * where others conceal what is missing; `null` if it is not installed, or cannot decode the track.
 */
export async function decodeStrictly(
  path: string,
  container: ContainerName,
): Promise<number[] | null> {
  if (!["h264parse", "openh264dec"].every(hasElement)) return null;
  const text = `filesrc name=source ! ${DEMUXERS[container]} name=demuxer demuxer. ! ` +
    `video/x-h264 ! h264parse ! ${STRICT_CAPS} ! openh264dec ! ${sinkText(0, MAX_DECODED)}`;
  const times: number[] = [];
  const { error } = await readFile(path, text, 1, {
    onSample: (_, sample) => {
      const { timeSec } = readPacket(sample, timeKindOf(container));
      if (timeSec !== null) times.push(timeSec);
    },
  });
  return error === null ? times : null;
}
