/**
 * The parser in front of a ring that keeps encoded streams as they are.
 *
 * @module
 */
import { chain, PARSERS, WHOLE_UNITS } from "../media/codecs.ts";
import { hasCaps, mayBe, repeatParameterSets, sendsOnly, teeMediaType } from "./tee_upstream.ts";

const BYTE_STREAM = "stream-format=byte-stream";

/**
 * Returns the text of a ring's bin at a tee, with a parser where buffers are parts of access units, or parameter sets come
 * only once.
 *
 * @param text The text of the bin that takes the stream as it is.
 */
export function parsedBinText(text: string, tee: Deno.PointerObject): string {
  const mediaType = teeMediaType(tee) ?? "";
  const parser = PARSERS[mediaType];
  if (parser === undefined) return text;
  // once the stream flows, a parser comes too late for parameter sets that are sent only once
  const isRepeated = !parser.repeats || repeatParameterSets(tee) || hasCaps(tee);
  if (isRepeated && isWhole(tee, mediaType)) return text;
  const whole = parser.repeats ? WHOLE_UNITS[mediaType] : undefined;
  // parsers join NAL units with wrong times; the ring joins them itself
  if (whole !== undefined && sendsOnly(tee, `${mediaType},alignment=nal`)) {
    return chain(`capssetter caps=${whole}`, text);
  }
  // as avc, its caps would lack the codec_data until the parameter sets come
  return chain(parser.text, whole && `${whole},${BYTE_STREAM}`, text);
}

/** Returns whether each buffer in a tee is an access unit, as a parser makes it that may choose. */
function isWhole(tee: Deno.PointerObject, mediaType: string): boolean {
  const whole = WHOLE_UNITS[mediaType];
  if (whole === undefined) return true;
  return hasCaps(tee) ? sendsOnly(tee, whole) : mayBe(tee, whole);
}
