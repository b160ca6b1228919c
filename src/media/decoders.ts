/**
 * Decoders of video that browsers do not play.
 *
 * @module
 */
import {
  chain,
  type ElementChain,
  MPEG1_VIDEO,
  MPEG2_VIDEO,
  MPEG4_VIDEO,
  PARSERS,
} from "./codecs.ts";

/** The decoders by media type, the preferred first. */
const DECODERS: Record<string, string[]> = {
  "image/jpeg": ["jpegdec", "avdec_mjpeg"],
  [MPEG1_VIDEO]: ["avdec_mpeg2video", "mpeg2dec"],
  [MPEG2_VIDEO]: ["avdec_mpeg2video", "mpeg2dec"],
  [MPEG4_VIDEO]: ["avdec_mpeg4"],
};

/** Returns the parser and decoder of a media type, by preference; an empty list if it needs none. */
export function decodersOf(mediaType: string): ElementChain[] {
  const parser = PARSERS[mediaType];
  return (DECODERS[mediaType] ?? []).map((decoder) => ({
    elements: [...parser?.elements ?? [], decoder],
    text: chain(parser?.text, decoder),
  }));
}
