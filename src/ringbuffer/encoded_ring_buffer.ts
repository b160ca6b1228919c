/**
 * A ring buffer that encodes raw video.
 *
 * @module
 */
import { GstError } from "../../ffi/errors.ts";
import { PARSERS } from "../media/codecs.ts";
import { encodersFor } from "../media/encoders.ts";
import { missingHint } from "../gst/missing_element.ts";
import { hasElement } from "../gst/element_factory.ts";
import { RingBuffer } from "./ring_buffer.ts";

/** 4:2:0 in an even size, which all players show and all encoders take. */
const PLAIN = "videoconvert ! videoscale " +
  '! capsfilter caps="video/x-raw,format={I420,NV12},width=[2,32768,2],height=[2,32768,2]"';

/**
 * A ring buffer for a tee with raw video that encodes the video and keeps the encoded frames, which take far less memory.
 * Clips are written without encoding them again, and start with the keyframe at or before the window. It uses the first of
 * these encoders that is installed: nvh264enc, vah264enc, v4l2h264enc, vtenc_h264, x264enc, openh264enc, vp8enc.
 *
 * A subclass sets another encoder by `encoderString`.
 *
 * @example
 * ```ts
 * import { EncodedRingBuffer, Standalone, VideoRecorder } from "@gstp/gstp";
 *
 * await using app = await Standalone.buildAndRun(
 *   "videotestsrc is-live=true ! tee name=t1 t1. ! fakesink",
 *   { background: true },
 * );
 * await using recorder = new VideoRecorder({
 *   pipeline: app.pipeline,
 *   srcTeeName: "t1",
 *   filenameGenerator: () => `${crypto.randomUUID()}.mp4`,
 *   windowSizeSec: 60,
 *   ringBufferClass: EncodedRingBuffer,
 * });
 * ```
 */
export class EncodedRingBuffer extends RingBuffer {
  /**
   * The description of the encoder and its parser, such as `x264enc ! h264parse`. If empty, an installed one is chosen;
   * video is converted to 4:2:0 with even width and height for it.
   */
  static readonly encoderString: string = "";

  /**
   * Returns the description of the bin, with the encoder.
   *
   * @throws {GstError} If no encoder is installed.
   */
  static override makeBinString(): string {
    const encoder = this.encoderString === ""
      ? `${PLAIN} ! ${chooseEncoder(hasElement)}`
      : `videoconvert ! ${this.encoderString}`;
    return `queue name=ringbuffer_input_queue ! ${encoder} ! ${RingBuffer.binString}`;
  }
}

/** Returns the elements that an encoded ring needs: any of these lists is enough. */
export function encoderElements(): string[][] {
  return encodersFor("ring").map((
    { makes, elements },
  ) => [...elements, ...PARSERS[makes]!.elements]);
}

/** Returns the text of the first encoder that is installed, with its parser. */
export function chooseEncoder(isInstalled: (element: string) => boolean): string {
  for (const { makes, elements, text } of encodersFor("ring")) {
    const parser = PARSERS[makes]!;
    if ([...elements, ...parser.elements].every(isInstalled)) return `${text} ! ${parser.text}`;
  }
  throw new GstError("An encoded ring buffer needs an encoder that is not installed", {
    hint: missingHint("x264enc"),
  });
}
