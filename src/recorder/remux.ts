/**
 * Taking a file apart, and making a complete one of what is in it.
 *
 * @module
 */
import { cString, takeCString } from "../../ffi/cstring.ts";
import { GstError } from "../../ffi/errors.ts";
import { glib, gst, gstApp } from "../../ffi/gst.ts";
import { ENUMS } from "../../ffi/layout.ts";
import { mediaTypeOf, readPadCaps } from "../caps.ts";
import { nsToSec } from "../clock_time.ts";
import { listSrcPads } from "../elements.ts";
import { Frame } from "../frame.ts";
import { Pipeline } from "../pipeline.ts";
import { poll } from "../poll.ts";

/** A stream in a file. */
export interface Stream {
  /** The demuxer's pad. */
  pad: string;
  /** What it is, such as `video/x-h264`. */
  mediaType: string;
  /** Where it starts in the file's own time, in nanoseconds. */
  startNs: bigint;
}

/** What can be read of a file. */
export interface Content {
  /** Frames of all streams together. */
  frames: number;
  /** Seconds from the start of the first frame to the end of the last one. */
  durationSec: number;
}

/** The demuxer waits where frames are not taken as fast as it reads. */
const SINK = "async=false sync=false wait-on-eos=false max-buffers=200";
/** A queue that takes all that comes. */
const NO_LIMIT = "max-size-buffers=0 max-size-bytes=0 max-size-time=0";

/**
 * The streams in a file.
 *
 * @throws {GstError} if it has none that can be read.
 */
export async function readStreams(path: string, demuxer: string): Promise<Stream[]> {
  await using pipeline = open(path, `${demuxer} name=demux`);
  // nobody takes the streams: the demuxer stops once it has made its pads, and calls that an error
  const error = await runToEnd(pipeline).then(() => undefined, (error: GstError) => error);
  const pads = listSrcPads(pipeline.element("demux").unsafeHandle);
  const streams = pads.map(readStream).filter((stream) => stream !== null);
  for (const pad of pads) gst().gst_object_unref(pad);
  if (streams.length === 0) throw error ?? new GstError(`There is no stream in ${path}`);
  return streams;
}

/** Null where nothing has come out of the pad. */
function readStream(pad: Deno.PointerObject): Stream | null {
  const mediaType = readPadCaps(pad, mediaTypeOf);
  const event = gst().gst_pad_get_sticky_event(pad, ENUMS.GST_EVENT_SEGMENT, 0);
  if (mediaType === null || event === null) return null;
  const segment = new BigUint64Array(1);
  gst().gst_event_parse_segment(event, segment);
  const startNs = gst().gst_segment_position_from_running_time(
    Deno.UnsafePointer.create(segment[0]!),
    ENUMS.GST_FORMAT_TIME,
    0n,
  );
  gst().gst_mini_object_unref(event);
  return { pad: takeCString(glib(), gst().gst_object_get_name(pad))!, mediaType, startNs };
}

/**
 * Reads a file from its start to its end.
 *
 * @throws {GstError} if it cannot be read.
 */
export async function readContent(
  path: string,
  demuxer: string,
  streams: Stream[],
): Promise<Content> {
  const branches = streams.map(({ pad }, i) => `demux.${pad} ! appsink name=sink_${i} ${SINK}`);
  await using pipeline = open(path, `${demuxer} name=demux ${branches.join(" ")}`);
  const sinks = streams.map((_, i) => pipeline.element(`sink_${i}`).unsafeHandle);
  let frames = 0;
  let endNs = 0n;
  /** Takes what has been read; that is never the last of it. */
  const drain = () => {
    for (const sink of sinks) {
      for (let sample; (sample = gstApp().gst_app_sink_try_pull_sample(sink, 0n)) !== null;) {
        const frame = new Frame(sample);
        const frameEndNs = (frame.timeNs ?? 0n) + (frame.durationNs ?? 0n);
        if (frameEndNs > endNs) endNs = frameEndNs;
        frames++;
        frame.release();
      }
    }
    return false;
  };
  let isOver = false;
  const end = runToEnd(pipeline).finally(() => isOver = true);
  await Promise.all([end, poll(Infinity, () => isOver || drain())]);
  drain();
  return { frames, durationSec: nsToSec(endNs) };
}

/**
 * Makes a complete file of a file's streams, with the same times; one that is there is overwritten.
 *
 * @throws {GstError} if that fails.
 */
export async function remux(
  from: string,
  to: string,
  { demuxer, muxer, streams }: { demuxer: string; muxer: string; streams: Stream[] },
): Promise<void> {
  // the muxer waits for all of its streams: none may wait for it in the demuxer
  const branches = streams.map(({ pad, mediaType }, i) =>
    `demux.${pad} ! queue name=stream_${i} ${NO_LIMIT} ! ${mediaType} ! mux.`
  );
  await using pipeline = open(
    from,
    `${demuxer} name=demux ${muxer} name=mux ! filesink name=filesink ${branches.join(" ")}`,
  );
  pipeline.element("filesink").setProperty("location", to);
  for (const [i, { startNs }] of streams.entries()) {
    // a demuxer's streams start at the running time 0
    const queue = pipeline.element(`stream_${i}`).unsafeHandle;
    const pad = gst().gst_element_get_static_pad(queue, cString("src"))!;
    gst().gst_pad_set_offset(pad, startNs);
    gst().gst_object_unref(pad);
  }
  await runToEnd(pipeline);
}

function open(path: string, text: string): Pipeline {
  const pipeline = Pipeline.parse(`filesrc name=source ! ${text}`);
  pipeline.element("source").setProperty("location", path);
  return pipeline;
}

async function runToEnd(pipeline: Pipeline): Promise<void> {
  using messages = pipeline.bus.messages();
  await pipeline.play();
  for await (const message of messages) {
    if (message.type === "eos") return;
    if (message.type === "error") throw message.error;
  }
}
