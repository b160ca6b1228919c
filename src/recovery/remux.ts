/**
 * Taking a file apart, and making a complete one of what is in it.
 *
 * @module
 */
import { cString, takeCString } from "../../ffi/cstring.ts";
import { GstError } from "../../ffi/errors.ts";
import { glib, gst, gstApp } from "../../ffi/gst.ts";
import { CLOCK_TIME_NONE, OFFSETS } from "../../ffi/layout.ts";
import type { MessageStream } from "../gst/bus.ts";
import { mediaTypeOf, readPadCaps } from "../gst/caps.ts";
import { nsToSec } from "../util/clock_time.ts";
import { chain, type ElementChain } from "../media/codecs.ts";
import { listSrcPads } from "../gst/bin.ts";
import { GstTimeoutError } from "../util/errors.ts";
import { Frame } from "../gst/frame.ts";
import { Pipeline } from "../pipeline.ts";
import { poll } from "../util/poll.ts";

/** A file to be read. */
export interface Source {
  path: string;
  /** The demuxer's name. */
  demuxer: string;
  /** Whether the file has the pipeline's running time; else it begins at 0. */
  keepsTimes: boolean;
}

/** A stream in a file. */
export interface Stream {
  /** The demuxer's pad. */
  pad: string;
  /** What it is, such as `video/x-h264`. */
  mediaType: string;
}

/** What can be read of a file. */
export interface Content {
  /** Frames of all streams together. */
  frames: number;
  /** Seconds from the start of the first frame to the end of the last one. */
  durationSec: number;
  /** For each stream, what its timestamps lack to be the file's time, in nanoseconds. */
  offsetsNs: bigint[];
}

/** The demuxer waits where frames are not taken as fast as it reads. */
const SINK = "async=false sync=false wait-on-eos=false max-buffers=200";
/** Frames of a stream, more than a sink holds, after which the event loop gets a turn. */
const BATCH = 500;
/** Frames that wait for the muxer at least, as long as there are more. */
const BACKLOG = 100n;
/** Seconds without a frame after which a file counts as one that cannot be read. */
const STALL_SEC = 30;

/**
 * The streams in a file.
 *
 * @throws {GstError} if it has none that can be read.
 */
export async function readStreams(source: Source): Promise<Stream[]> {
  let streams: Stream[] = [];
  // the first stream is read, lest nothing tell the end of the file
  const error = await readFrames(source, [""], {
    take: () => {},
    atEnd: (pipeline) => {
      const pads = listSrcPads(pipeline.element("demux").unsafeHandle);
      streams = pads.map(readStream).filter((stream) => stream !== null);
      for (const pad of pads) gst().gst_object_unref(pad);
    },
  });
  if (streams.length === 0) throw error ?? new GstError(`There is no stream in ${source.path}`);
  return streams;
}

/** Null where nothing has come out of the pad. */
function readStream(pad: Deno.PointerObject): Stream | null {
  const mediaType = readPadCaps(pad, mediaTypeOf);
  if (mediaType === null) return null;
  return { pad: takeCString(glib(), gst().gst_object_get_name(pad))!, mediaType };
}

/**
 * Reads a file from its start to its end, or as far as that goes.
 *
 * @throws {GstError} if none of it can be read.
 */
export async function readContent(source: Source, streams: Stream[]): Promise<Content> {
  const times = streams.map((): { startNs: bigint; endNs: bigint }[] => []);
  const offsetsNs: (bigint | undefined)[] = streams.map(() => source.keepsTimes ? 0n : undefined);
  const take = (frame: Frame, index: number) => {
    const startNs = timestampOf(frame);
    if (startNs === null) return;
    if (frame.timeNs !== null) offsetsNs[index] ??= frame.timeNs - startNs;
    times[index]!.push({ startNs, endNs: startNs + (frame.durationNs ?? 0n) });
  };
  const error = await readFrames(source, streams.map(({ pad }) => pad), { take });
  const all = times.flatMap((times, index) => {
    const offsetNs = offsetsNs[index] ?? 0n;
    return times.map(({ startNs, endNs }) => ({
      startNs: startNs + offsetNs,
      endNs: endNs + offsetNs,
    }));
    // what is before 0 is there for decoders only
  }).filter(({ startNs }) => startNs >= 0n);
  if (all.length === 0) throw error ?? new GstError(`There is no whole frame in ${source.path}`);
  const first = all.reduce((least, { startNs }) => startNs < least ? startNs : least, 2n ** 64n);
  const last = all.reduce((most, { endNs }) => endNs > most ? endNs : most, first);
  return {
    frames: all.length,
    durationSec: nsToSec(last - first),
    offsetsNs: offsetsNs.map((offsetNs) => offsetNs ?? 0n),
  };
}

/**
 * Counts the frames in a file, also those that an edit list leaves out.
 *
 * @throws {GstError} if it cannot be read.
 */
export async function countFrames(source: Source, streams: Stream[]): Promise<number> {
  let frames = 0;
  const pads = streams.map(({ pad }) => pad);
  // a sink drops frames outside of the segment, which is what this takes away
  await readFrames(source, pads, { take: () => frames++, via: "identity single-segment=true ! " });
  return frames;
}

/** The frame's own time, whatever part of the stream is to be shown; null where it has none. */
function timestampOf(frame: Frame): bigint | null {
  const buffer = gst().gst_sample_get_buffer(frame.sample)!;
  const time = new Deno.UnsafePointerView(buffer).getBigUint64(OFFSETS["GstBuffer.pts"]);
  return time === CLOCK_TIME_NONE ? null : time;
}

/** Who reads a file. */
interface Reader {
  /** Takes a frame of the stream of this index. */
  take: (frame: Frame, index: number) => void;
  /** Elements in front of each sink. */
  via?: string;
  /** Whether it takes more at the moment. */
  mayTake?: () => boolean;
  /** Looks at the pipeline before that is closed. */
  atEnd?: (pipeline: Pipeline) => void;
}

/**
 * Hands over each frame of a file that comes out of these pads, those of a pad in their order.
 *
 * @returns What ended it early, or null.
 */
async function readFrames(
  source: Source,
  pads: string[],
  reader: Reader,
): Promise<GstError | null> {
  const { take, via = "", mayTake = () => true, atEnd = () => {} } = reader;
  const branches = pads.map((pad, i) => `demux.${pad} ! ${via}appsink name=sink_${i} ${SINK}`);
  await using pipeline = open(source, branches.join(" "));
  const sinks = pads.map((_, i) => pipeline.element(`sink_${i}`).unsafeHandle);
  let progressMs = performance.now();
  const takeNext = (sink: Deno.PointerObject, index: number): boolean => {
    const sample = gstApp().gst_app_sink_try_pull_sample(sink, 0n);
    if (sample === null) return false;
    const frame = new Frame(sample);
    take(frame, index);
    frame.release();
    return true;
  };
  // whether nothing is left for now
  const takeAll = (): boolean => {
    for (let round = 0; round < BATCH && mayTake(); round++) {
      if (!sinks.map(takeNext).includes(true)) return true;
      progressMs = performance.now();
    }
    return false;
  };
  let isOver = false;
  const end = errorOf(runToEnd(pipeline)).finally(() => isOver = true);
  const isStuck = () => performance.now() - progressMs > STALL_SEC * 1000;
  await poll(Infinity, () => isOver || (takeAll(), isStuck()));
  if (!isOver) throw new GstTimeoutError(`Reading ${source.path} has come to a stop`);
  const error = await end;
  // what the sinks still hold
  await poll(Infinity, takeAll);
  atEnd(pipeline);
  return error;
}

/**
 * Makes a complete file of a file's streams; one that is there is overwritten.
 *
 * @param muxer The muxer's name.
 * @param needs What a media type needs right before it.
 * @throws {GstError} if that fails.
 */
export async function remux(
  source: Source,
  to: string,
  { muxer, needs, streams, offsetsNs }: {
    muxer: string;
    needs: Record<string, ElementChain>;
    streams: Stream[];
    offsetsNs: bigint[];
  },
): Promise<void> {
  const branches = streams.map(({ mediaType }, i) =>
    chain(
      `appsrc name=src_${i} format=time max-bytes=0 ! ${mediaType}`,
      needs[mediaType]?.text,
      "mux.",
    )
  );
  await using pipeline = Pipeline.parse(
    `${muxer} name=mux ! filesink name=filesink async=false ${branches.join(" ")}`,
  );
  pipeline.element("filesink").setProperty("location", to);
  const sources = streams.map((_, i) => pipeline.element(`src_${i}`).unsafeHandle);
  for (const [i, src] of sources.entries()) {
    const pad = gst().gst_element_get_static_pad(src, cString("src"))!;
    gst().gst_pad_set_offset(pad, offsetsNs[i]!);
    gst().gst_object_unref(pad);
  }
  // the muxer waits for all of its streams, and they may be apart in the file
  const isStarving = () =>
    sources.some((src) => gstApp().gst_app_src_get_current_level_buffers(src) < BACKLOG);
  using messages = pipeline.bus.messages();
  await pipeline.play();
  let isOver = false;
  const written = endOf(messages).finally(() => isOver = true);
  const push = (frame: Frame, index: number) =>
    void gstApp().gst_app_src_push_sample(sources[index]!, frame.sample);
  const pads = streams.map(({ pad }) => pad);
  const read = readFrames(source, pads, { take: push, mayTake: () => isOver || isStarving() })
    .finally(() => sources.forEach((src) => gstApp().gst_app_src_end_of_stream(src)));
  // the sources must stay until nobody pushes into them
  const results = await Promise.allSettled([written, read]);
  for (const result of results) if (result.status === "rejected") throw result.reason;
}

function open({ path, demuxer }: Source, branches: string): Pipeline {
  const pipeline = Pipeline.parse(`filesrc name=source ! ${demuxer} name=demux ${branches}`);
  pipeline.element("source").setProperty("location", path);
  return pipeline;
}

async function errorOf(action: Promise<void>): Promise<GstError | null> {
  try {
    await action;
    return null;
  } catch (error) {
    if (error instanceof GstError) return error;
    throw error;
  }
}

async function runToEnd(pipeline: Pipeline): Promise<void> {
  using messages = pipeline.bus.messages();
  await pipeline.play();
  await endOf(messages);
}

async function endOf(messages: MessageStream): Promise<void> {
  for await (const message of messages) {
    if (message.type === "eos") return;
    if (message.type === "error") throw message.error;
  }
}
