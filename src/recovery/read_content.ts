/**
 * Reading the streams and frames of a file with its demuxer.
 *
 * @module
 */
import { takeCString } from "../../ffi/cstring.ts";
import { GstError } from "../../ffi/errors.ts";
import { glib, gst } from "../../ffi/gst.ts";
import { listSrcPads } from "../gst/bin.ts";
import { mediaTypeOf, readPadCaps } from "../gst/caps.ts";
import { readTimes, toRunningTime, withSampleBytes } from "../gst/sample.ts";
import type { Pipeline } from "../pipeline.ts";
import { max, min, nsToSec } from "../util/clock_time.ts";
import { GstTimeoutError } from "../util/errors.ts";
import { MAX_TRACKS, readFile, type SampleReader, sinkText } from "../verify/read_file.ts";
import { TrackDigests } from "./track_digests.ts";

/** A file, and how to read it. */
export interface Source {
  path: string;
  /** The demuxer's name. */
  demuxer: string;
  /** Whether the file has the pipeline's running times, rather than beginning at 0. */
  keepsTimes: boolean;
}

/** A stream in a file. */
export interface Stream {
  /** The demuxer's pad. */
  pad: string;
  /** The media type, such as `video/x-h264`. */
  mediaType: string;
}

/** What a demuxer finds in a file. */
export interface Content {
  /** The number of frames of all streams together. */
  frames: number;
  /** The seconds from the start of the first frame to the end of the last one. */
  durationSec: number;
}

/** There is no frame in a file that belongs into a clip. */
export class NoFrameError extends GstError {
  override name = "NoFrameError";
}

/** The maximum number of frames that a sink holds: the demuxer waits for them to be taken. */
const MAX_FRAMES = 50;

/**
 * Reads which streams are in a file, up to its first frame.
 *
 * @throws {NoFrameError} If it has no frame.
 * @throws {GstTimeoutError} If the demuxer hangs.
 */
export async function readStreams(source: Source): Promise<Stream[]> {
  let streams: Stream[] = [];
  let hasFrame = false;
  const error = await readFrames(source, Array(MAX_TRACKS).fill("demuxer."), {
    onSample: () => hasFrame = true,
    isDone: () => hasFrame,
    onEnd: (pipeline) => streams = listStreams(pipeline),
  });
  checkFrames(source, Number(hasFrame), error);
  return streams;
}

function listStreams(pipeline: Pipeline): Stream[] {
  const pads = listSrcPads(pipeline.element("demuxer").unsafeHandle);
  const streams = pads.map((pad): Stream | null => {
    const mediaType = readPadCaps(pad, mediaTypeOf);
    if (mediaType === null) return null;
    return { pad: takeCString(glib(), gst().gst_object_get_name(pad))!, mediaType };
  });
  for (const pad of pads) gst().gst_object_unref(pad);
  return streams.filter((stream) => stream !== null);
}

/**
 * Reads how much is in a file, up to its end or its first error.
 *
 * @throws {NoFrameError} If it has no frame.
 * @throws {GstTimeoutError} If the demuxer hangs.
 */
export async function readContent(source: Source): Promise<Content> {
  const meter = new ContentMeter(source);
  const error = await readFrames(source, Array(MAX_TRACKS).fill("demuxer."), {
    onSample: (stream, sample) => meter.add(stream, sample),
  });
  checkFrames(source, meter.content.frames, error);
  return meter.content;
}

/**
 * Checks that a file has frames.
 *
 * @throws {NoFrameError} If it has none.
 */
export function checkFrames({ path }: Source, frames: number, error: GstError | null): void {
  if (frames > 0) return;
  const cause = error === null ? "" : `: ${error.message}`;
  throw new NoFrameError(
    `Cannot find a complete frame in ${path}${cause}`,
    error === null ? {} : { cause: error },
  );
}

/** Counts the frames of a file, and measures its duration. */
export class ContentMeter {
  readonly #source: Source;
  readonly #offsetsNs: bigint[] = [];
  #frames = 0;
  #startNs: bigint | null = null;
  #endNs = 0n;

  constructor(source: Source) {
    this.#source = source;
  }

  /** Adds a frame of a stream. */
  add(stream: number, sample: Deno.PointerObject): void {
    const { ptsNs, durationNs } = readTimes(sample);
    if (ptsNs === null) return;
    const startNs = ptsNs + this.#findOffset(stream, sample, ptsNs);
    // frames before 0 are there for decoders only
    if (startNs < 0n) return;
    this.#frames++;
    this.#startNs = min(startNs, this.#startNs ?? startNs);
    this.#endNs = max(startNs + (durationNs ?? 0n), this.#endNs);
  }

  /** Returns the nanoseconds to add to the timestamps of a stream to get times of the file; 0 before its first frame. */
  offsetNs(stream: number): bigint {
    return this.#offsetsNs[stream] ?? 0n;
  }

  #findOffset(stream: number, sample: Deno.PointerObject, ptsNs: bigint): bigint {
    if (this.#source.keepsTimes) return 0n;
    return this.#offsetsNs[stream] ??= (toRunningTime(sample, ptsNs) ?? ptsNs) - ptsNs;
  }

  /** The frames added so far. */
  get content(): Content {
    const sec = this.#startNs === null ? 0 : nsToSec(this.#endNs - this.#startNs);
    return { frames: this.#frames, durationSec: sec };
  }
}

/**
 * Counts and digests the frames of a file, also those that an edit list skips.
 *
 * @param streamCount The number of its streams.
 */
export async function readDigests(
  source: Source,
  streamCount: number,
): Promise<{ frames: number; digests: string[]; error: GstError | null }> {
  const digests = new TrackDigests();
  let frames = 0;
  // a sink drops frames outside its segment, which identity replaces by one without bounds
  const links = Array(streamCount).fill("demuxer. ! identity single-segment=true");
  const error = await readFrames(source, links, {
    onSample: (stream, sample) => {
      frames++;
      withSampleBytes(sample, (bytes) => digests.add(stream, bytes));
    },
  });
  return { frames, digests: digests.finish(), error };
}

/**
 * Reads the frames of a file.
 *
 * @param links The text in front of each sink, from the element named `demuxer` on.
 * @returns The error that ended reading; `null` if the end of the file was reached.
 * @throws {GstTimeoutError} If the demuxer hangs.
 */
export async function readFrames(
  { path, demuxer }: Source,
  links: readonly string[],
  reader: SampleReader,
): Promise<GstError | null> {
  const sinks = links.map((link, i) => `${link} ! ${sinkText(i, MAX_FRAMES)}`);
  const text = `filesrc name=source ! ${demuxer} name=demuxer ${sinks.join(" ")}`;
  const { error } = await readFile(path, text, sinks.length, reader);
  if (error instanceof GstTimeoutError) {
    throw new GstTimeoutError(`Cannot read ${path}: ${error.message}`);
  }
  return error;
}
