/**
 * Encoded frames back to raw ones.
 *
 * @module
 */
import { cString } from "../../ffi/cstring.ts";
import { GstError } from "../../ffi/errors.ts";
import { gst, gstApp } from "../../ffi/gst.ts";
import { ENUMS } from "../../ffi/layout.ts";
import { GstTimeoutError } from "../errors.ts";
import { Frame } from "../frame.ts";
import { readMessage } from "../message.ts";
import { parsePipeline } from "../parse.ts";
import { poll } from "../poll.ts";

// the appsink holds up the decoder: a whole group of raw pictures could fill the memory
const TEXT = "appsrc name=appsrc format=time handle-segment-change=true emit-signals=false " +
  "! decodebin ! video/x-raw ! appsink name=appsink sync=false max-buffers=4 " +
  "enable-last-sample=false emit-signals=false";

/** The native pipeline; all are owned. */
interface Decoder {
  pipeline: Deno.PointerObject;
  bus: Deno.PointerObject;
  appsrc: Deno.PointerObject;
  appsink: Deno.PointerObject;
}

/**
 * Decodes one frame, in a pipeline of its own.
 *
 * @param frames The frame, after those from a keyframe on that it needs. They stay the caller's.
 * @param untilMs When `performance.now()` says so, it is given up.
 * @returns The frame, raw; the caller owns it. Where the decoder leaves it out, the one next to it in time.
 * @throws {GstError} if the frames cannot be decoded.
 */
export async function decodeLast(frames: readonly Frame[], untilMs: number): Promise<Frame> {
  const decoder = makeDecoder();
  const { pipeline, appsrc } = decoder;
  try {
    await gst().gst_element_set_state_async(pipeline, ENUMS.GST_STATE_PLAYING);
    for (const frame of frames) gstApp().gst_app_src_push_sample(appsrc, frame.sample);
    gstApp().gst_app_src_end_of_stream(appsrc);
    return await pullNearest(decoder, frames.at(-1)!.timeNs!, untilMs);
  } finally {
    await gst().gst_element_set_state_async(pipeline, ENUMS.GST_STATE_NULL);
    for (const owned of Object.values(decoder)) gst().gst_object_unref(owned);
  }
}

function makeDecoder(): Decoder {
  const pipeline = parsePipeline(TEXT);
  return {
    pipeline,
    bus: gst().gst_element_get_bus(pipeline)!,
    appsrc: gst().gst_bin_get_by_name(pipeline, cString("appsrc"))!,
    appsink: gst().gst_bin_get_by_name(pipeline, cString("appsink"))!,
  };
}

/** The decoded frame that is nearest in time: decoders hold frames back, reorder them, and may leave some out. */
async function pullNearest(decoder: Decoder, timeNs: bigint, untilMs: number): Promise<Frame> {
  let nearest: Frame | undefined;
  const take = (frame: Frame) => {
    const isNearer = nearest === undefined ||
      distance(frame, timeNs) < distance(nearest, timeNs);
    (isNearer ? nearest : frame)?.release();
    if (isNearer) nearest = frame;
  };
  try {
    const isOver = () => drain(decoder, take) || nearest?.timeNs === timeNs;
    if (!await poll(untilMs, isOver)) throw new GstTimeoutError("The decoder is too slow");
  } catch (error) {
    nearest?.release();
    throw error;
  }
  if (nearest === undefined) throw new GstError("The decoder made no picture of the frames");
  return nearest;
}

function distance({ timeNs }: Frame, fromNs: bigint): number {
  return timeNs === null ? Infinity : Math.abs(Number(timeNs - fromNs));
}

/**
 * Passes on what is decoded by now.
 *
 * @returns Whether that was all.
 * @throws {GstError} if the decoder failed.
 */
function drain({ bus, appsink }: Decoder, take: (frame: Frame) => void): boolean {
  for (;;) {
    const sample = gstApp().gst_app_sink_try_pull_sample(appsink, 0n);
    if (sample === null) break;
    take(new Frame(sample));
  }
  const message = gst().gst_bus_timed_pop_filtered(bus, 0n, ENUMS.GST_MESSAGE_ERROR);
  if (message !== null) {
    const read = readMessage(message);
    gst().gst_mini_object_unref(message);
    if (read.type === "error") throw read.error;
  }
  return gstApp().gst_app_sink_is_eos(appsink) !== 0;
}
