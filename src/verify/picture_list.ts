/**
 * The pictures of a file as digests, for a comparison with those of another.
 *
 * @module
 */
import type { GstError } from "../../ffi/errors.ts";
import { hasElement } from "../gst/element_factory.ts";
import { PARSERS } from "../media/codecs.ts";
import { type ContainerName, DEMUXERS } from "../media/containers.ts";
import { readPacket } from "./packet.ts";
import { digestPicture, type PictureDigest, THUMBNAIL_BYTES } from "./picture_digest.ts";
import { readFile, sinkText } from "./read_file.ts";
import { timeKindOf } from "./read_packets.ts";

/** The maximum number of pictures of a file that are compared: at 30 frames/s, more than four hours, and some 75 MB. */
export const MAX_PICTURES = 500_000;
/** The maximum number of decoded pictures that wait. */
const MAX_DECODED = 4;

/** Pictures in the order of their times: for each, its time and its digests. */
export class PictureList {
  readonly times: number[] = [];
  readonly digests: number[] = [];
  #thumbnails = new Uint8Array(64 * THUMBNAIL_BYTES);

  /** The number of pictures. */
  get length(): number {
    return this.times.length;
  }

  /** Adds a picture, which is inserted where it belongs in time. */
  add(timeSec: number, { digest, thumbnail }: PictureDigest): void {
    let at = this.length;
    while (at > 0 && this.times[at - 1]! > timeSec) at--;
    this.#reserve();
    const start = at * THUMBNAIL_BYTES;
    const end = this.length * THUMBNAIL_BYTES;
    this.#thumbnails.copyWithin(start + THUMBNAIL_BYTES, start, end);
    this.#thumbnails.set(thumbnail, start);
    this.times.splice(at, 0, timeSec);
    this.digests.splice(at, 0, digest);
  }

  #reserve(): void {
    if ((this.length + 1) * THUMBNAIL_BYTES < this.#thumbnails.length) return;
    const larger = new Uint8Array(2 * this.#thumbnails.length);
    larger.set(this.#thumbnails);
    this.#thumbnails = larger;
  }

  /** Returns the thumbnail of a picture. */
  thumbnail(index: number): Uint8Array {
    return this.#thumbnails.subarray(index * THUMBNAIL_BYTES, (index + 1) * THUMBNAIL_BYTES);
  }

  /** Returns the index of the picture whose time is the closest; -1 if there is none. */
  closest(timeSec: number): number {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.times[middle]! < timeSec) low = middle + 1;
      else high = middle;
    }
    const isLater = low > 0 && (low === this.length ||
      timeSec - this.times[low - 1]! <= this.times[low]! - timeSec);
    return isLater ? low - 1 : low < this.length ? low : -1;
  }
}

/** The pictures of a file. */
export interface FilePictures {
  list: PictureList;
  /** Whether the file has more pictures than {@link MAX_PICTURES}. */
  hasMore: boolean;
  /** The error that ended reading; `null` if there was none. */
  error: GstError | null;
}

/** A file whose pictures are to be read. */
export interface PictureFile {
  path: string;
  container: ContainerName;
  /** The media type of its first track of video; `null` if it is not known. */
  mediaType: string | null;
  /** The time of the first picture to list. */
  fromSec: number;
}

/**
 * The decoders that predict from memory as it is where pictures are missing: with memory of its own, which is cleared, such
 * a picture is wrong also after the recording of the same stream was decoded in the same process.
 */
const CLEARING: Record<string, string> = {
  "video/x-h264": "avdec_h264",
  "video/x-h265": "avdec_h265",
};

/** Returns a pipeline that decodes the first track of video. */
function decoderText({ container, mediaType }: PictureFile): string {
  const decoder = mediaType === null ? undefined : CLEARING[mediaType];
  const parser = mediaType === null ? undefined : PARSERS[mediaType];
  if (decoder === undefined || parser === undefined) return "decodebin name=decoder decoder.";
  if (![decoder, ...parser.elements].every(hasElement)) return "decodebin name=decoder decoder.";
  return `${DEMUXERS[container]} name=demuxer demuxer. ! ${mediaType} ! ${parser.text} ! ` +
    `${decoder} direct-rendering=false`;
}

/** Decodes the first track of video of a file. */
export async function readPictures(file: PictureFile): Promise<FilePictures> {
  const { path, container, fromSec } = file;
  const text = `filesrc name=source ! ${decoderText(file)} ! videoconvert ! ` +
    `video/x-raw,format=I420 ! ${sinkText(0, MAX_DECODED)}`;
  const list = new PictureList();
  const { error } = await readFile(path, text, 1, {
    onSample: (_, sample) => {
      const { timeSec } = readPacket(sample, timeKindOf(container));
      if (timeSec === null || timeSec < fromSec || list.length >= MAX_PICTURES) return;
      const digest = digestPicture(sample);
      if (digest !== null) list.add(timeSec, digest);
    },
    isDone: () => list.length >= MAX_PICTURES,
  });
  return { list, hasMore: list.length >= MAX_PICTURES, error };
}
