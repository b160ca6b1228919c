/**
 * Pipelines of cameras at this machine.
 *
 * @module
 */
import { GstTimeoutError } from "../util/errors.ts";
import { Probe } from "./probe.ts";
import { fillIn, teeText } from "./source_text.ts";

/** The parsers of what cameras send, by its media type; what has none is passed on as it is. */
const PARSERS: Record<string, string> = {
  "image/jpeg": "jpegparse",
  "video/x-h264": "h264parse",
  "video/x-h265": "h265parse",
};

/**
 * Returns a function that opens a camera for a moment, and resolves with the text of a pipeline for what the camera sends.
 *
 * @param device The path of the device.
 * @param timeoutSec Seconds without a frame after which it fails.
 * @throws {TypeError} If the path is empty, or GStreamer does not accept it.
 */
export function v4l2Source(device: string, timeoutSec: number): () => Promise<string> {
  if (device === "") {
    throw new TypeError("The address v4l2: needs a device, such as v4l2:/dev/video0");
  }
  const camera = fillIn("v4l2src name=camera device={device}", { device });
  return async () => {
    await using probe = await Probe.start(`${camera} ! fakesink name=sink async=false`, timeoutSec);
    const sink = probe.pipeline.element("sink");
    if (!await probe.until(timeoutSec, () => sink.mediaType("sink") !== null)) {
      throw new GstTimeoutError(`The camera ${device} has sent nothing for ${timeoutSec} s`);
    }
    const mediaType = sink.mediaType("sink")!;
    const parser = PARSERS[mediaType];
    const elements = parser === undefined ? [] : [mediaType, parser];
    return [camera, ...elements, teeText("video")].join(" ! ");
  };
}
