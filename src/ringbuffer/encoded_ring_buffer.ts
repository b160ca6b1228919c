/**
 * A ring buffer that encodes video.
 *
 * @module
 */
import { GstError } from "../../ffi/errors.ts";
import { mediaTypeOf, parseCaps } from "../gst/caps.ts";
import { rawVideoOf } from "../gst/video_info.ts";
import { chain, PARSERS } from "../media/codecs.ts";
import { decodersOf } from "../media/decoders.ts";
import { type Encoder, encodersFor } from "../media/encoders.ts";
import { type RawVideo, streamConverter } from "../media/raw_video.ts";
import { missingHint } from "../gst/missing_element.ts";
import { hasElement } from "../gst/element_factory.ts";
import { RingBuffer } from "./ring_buffer.ts";

/**
 * A ring buffer for a tee with raw video that encodes the video and keeps the encoded frames, which take far less memory.
 * Video that browsers do not play (JPEG, MPEG-1, MPEG-2 and MPEG-4 part 2) is decoded for it.
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
   * video is converted to 4:2:0 in limited range, with even width and height, for it.
   */
  static readonly encoderString: string = "";

  /**
   * Returns whether it takes the stream of a tee: raw video, and encoded video that it decodes.
   *
   * @param mediaType The media type of the tee, as {@link Element.mediaType} returns it.
   *
   * @example
   * ```ts
   * import { EncodedRingBuffer } from "@gstp/gstp";
   * import { assert } from "@std/assert";
   *
   * assert(EncodedRingBuffer.takes("image/jpeg") && !EncodedRingBuffer.takes("video/x-h264"));
   * ```
   */
  static takes(mediaType: string): boolean {
    return mediaType === "video/x-raw" || decodersOf(mediaType).length > 0;
  }

  /**
   * Returns the description of the bin, with the decoder, if one is needed, and the encoder.
   *
   * @param caps The caps of the tee's stream as text, or its media type; `null` if neither is known yet.
   * @throws {GstError} If no decoder or no encoder is installed.
   */
  static override makeBinString(caps: string | null = null): string {
    const mediaType = caps === null ? null : parseCaps(caps, mediaTypeOf);
    const decoder = chooseDecoder(mediaType ?? "video/x-raw", hasElement);
    const encoder = this.encoderString === ""
      ? plainEncoder(caps === null ? null : parseCaps(caps, rawVideoOf))
      : chain("videoconvert", this.encoderString);
    return chain("queue name=ringbuffer_input_queue", decoder, encoder, RingBuffer.binString);
  }
}

/** Returns the elements that an encoded ring needs: any of these lists is enough. */
export function encoderElements(): string[][] {
  return encodersFor("ring").map((
    { makes, elements },
  ) => [...elements, ...PARSERS[makes]!.elements]);
}

/** Returns the text of the encoder, and of what raw video needs in front of it; `null` is video that is not known yet. */
function plainEncoder(video: RawVideo | null): string {
  const { makes, text } = chooseEncoder(hasElement);
  return chain(streamConverter(video, makes), text);
}

/** Returns the text of the first decoder that is installed, with its parser; `undefined` if the media type needs none. */
export function chooseDecoder(
  mediaType: string,
  isInstalled: (element: string) => boolean,
): string | undefined {
  const decoders = decodersOf(mediaType);
  if (decoders.length === 0) return undefined;
  const found = decoders.find(({ elements }) => elements.every(isInstalled));
  if (found !== undefined) return found.text;
  const missing = decoders[0]!.elements.filter((element) => !isInstalled(element));
  throw new GstError(
    `Decoding ${mediaType} needs elements that are not installed: ${missing.join(", ")}`,
    {
      hint: missing.map(missingHint).join("\n"),
    },
  );
}

/** Returns the first encoder that is installed, its text with the parser behind it. */
export function chooseEncoder(
  isInstalled: (element: string) => boolean,
): Pick<Encoder, "makes" | "text"> {
  for (const { makes, elements, text } of encodersFor("ring")) {
    const parser = PARSERS[makes]!;
    if ([...elements, ...parser.elements].every(isInstalled)) {
      return { makes, text: `${text} ! ${parser.text}` };
    }
  }
  throw new GstError("An encoded ring buffer needs an encoder that is not installed", {
    hint: missingHint("x264enc"),
  });
}
