/**
 * Which containers a clip can have.
 *
 * @module
 */
import { GstError } from "../../../ffi/errors.ts";
import { CLIP_EXTENSIONS } from "../../media/containers.ts";
import { checkText } from "../../util/check.ts";
import { recordBinText } from "./record_bin_text.ts";

/**
 * Checks that streams can be recorded into one container: it takes all of them, and the elements that write it are
 * installed. Raw video and audio are encoded on the way.
 *
 * @param extension The extension of the clip's name, such as `.mp4`.
 * @param mediaTypes The media type of each stream, such as `video/x-raw` or `video/x-h264`.
 * @throws {TypeError} If an argument has the wrong type.
 * @throws {RangeError} If no container is known for the extension, or it does not take one of the streams.
 * @throws {GstError} If elements are missing.
 *
 * @example
 * ```ts
 * import { checkContainer } from "@gstp/gstp";
 * import { assertThrows } from "@std/assert";
 *
 * checkContainer(".mkv", ["video/x-h264", "audio/x-opus"]);
 * assertThrows(() => checkContainer(".webm", ["video/x-h264"]), RangeError, "does not take");
 * ```
 */
export function checkContainer(extension: string, mediaTypes: readonly string[]): void {
  checkText("extension", extension);
  if (!Array.isArray(mediaTypes)) throw new TypeError("mediaTypes must be an array");
  for (const mediaType of mediaTypes) checkText("Each of the mediaTypes", mediaType);
  const tracks = mediaTypes.map((mediaType) => ({ mediaType }));
  recordBinText({ path: `clip${extension}`, tracks });
}

/**
 * Returns the extensions, such as `.mp4`, of all containers that streams can be recorded into, by the rules of
 * {@link checkContainer}.
 *
 * @param mediaTypes The media type of each stream, such as `video/x-raw` or `video/x-h264`.
 * @throws {TypeError} If an argument has the wrong type.
 *
 * @example
 * ```ts
 * import { containersFor, Pipeline } from "@gstp/gstp";
 * import { assert } from "@std/assert";
 *
 * await using pipeline = Pipeline.parse("videotestsrc ! vp8enc ! tee name=t ! fakesink");
 * await pipeline.pause();
 * const caps = pipeline.element("t").caps("sink")!;
 * const containers = containersFor([caps.split(",")[0]!]);
 * assert(containers.includes(".webm") && !containers.includes(".mp4"));
 * ```
 */
export function containersFor(mediaTypes: readonly string[]): string[] {
  return CLIP_EXTENSIONS.filter((extension) => {
    try {
      checkContainer(extension, mediaTypes);
      return true;
    } catch (error) {
      if (error instanceof RangeError || error instanceof GstError) return false;
      throw error;
    }
  });
}
