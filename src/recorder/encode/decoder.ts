/**
 * Decoding of single frames.
 *
 * @module
 */
import { GstError } from "../../../ffi/errors.ts";
import { GstTimeoutError } from "../../util/errors.ts";
import type { Frame } from "../../gst/frame.ts";
import { poll } from "../../util/poll.ts";
import { Transcoder } from "./transcoder.ts";

/** Elements that decode any video. */
export const DECODER = "decodebin ! video/x-raw";

/**
 * Decodes one frame, in a pipeline of its own.
 *
 * @param frames The frame, after those from a keyframe on that it references. They stay the caller's.
 * @param untilMs The time limit, as a value of `performance.now()`.
 * @returns The raw frame; the caller owns it. If the decoder drops it, the nearest one in time.
 * @throws {GstError} If the frames cannot be decoded.
 */
export async function decodeLast(frames: readonly Frame[], untilMs: number): Promise<Frame> {
  const decoder = new Transcoder(DECODER);
  try {
    await decoder.start();
    for (const frame of frames) decoder.pushSample(frame);
    decoder.endStream();
    return await pullNearest(decoder, frames.at(-1)!.timeNs!, untilMs);
  } finally {
    await decoder.close();
  }
}

/** Returns the decoded frame that is nearest in time: decoders delay and reorder frames, and may drop some. */
async function pullNearest(decoder: Transcoder, timeNs: bigint, untilMs: number): Promise<Frame> {
  let nearest: Frame | undefined;
  const take = (frame: Frame) => {
    const isNearer = nearest === undefined ||
      distance(frame, timeNs) < distance(nearest, timeNs);
    (isNearer ? nearest : frame)?.release();
    if (isNearer) nearest = frame;
  };
  try {
    const isOver = () => {
      for (let frame = decoder.pullSample(); frame !== null; frame = decoder.pullSample()) {
        take(frame);
      }
      return decoder.isEnded || nearest?.timeNs === timeNs;
    };
    if (!await poll(untilMs, isOver)) throw new GstTimeoutError("The decoder is too slow");
  } catch (error) {
    nearest?.release();
    throw error;
  }
  if (nearest === undefined) throw new GstError("The decoder returned no frame");
  return nearest;
}

function distance({ timeNs }: Frame, fromNs: bigint): number {
  return timeNs === null ? Infinity : Math.abs(Number(timeNs - fromNs));
}
