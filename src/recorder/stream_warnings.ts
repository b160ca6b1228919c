/**
 * Warnings about streams that are not recorded as they are, such as sound that is mixed.
 *
 * @module
 */
import { mediaTypeOf, soundLayoutOf } from "../gst/caps.ts";
import { rawVideoOf } from "../gst/video_info.ts";
import { videoWarning } from "../media/raw_video.ts";
import { mixWarning } from "../media/sound_layout.ts";
import type { RecorderTrack } from "./track.ts";

/** Warns once for each track, when its caps are known. */
export class StreamWarnings {
  /** The tracks whose caps are not known yet. */
  readonly #unknown: Set<RecorderTrack>;
  readonly #onWarning: (text: string) => void;

  /** Creates warnings that {@link check} gives. */
  constructor(tracks: readonly RecorderTrack[], onWarning: (text: string) => void) {
    this.#unknown = new Set(tracks);
    this.#onWarning = onWarning;
  }

  /** Gives the warnings that are due. */
  check(): void {
    for (const track of this.#unknown) {
      const { ring, tee } = track;
      const read = (caps: Deno.PointerObject) => ({ text: warningOf(tee, caps) });
      const found = ring.isStraightener ? ring.readTeeCaps(read) : ring.readCaps(read);
      if (found === null) continue;
      this.#unknown.delete(track);
      if (found.text !== null) this.#onWarning(found.text);
    }
  }
}

function warningOf(tee: string, caps: Deno.PointerObject): string | null {
  if (mediaTypeOf(caps) === "audio/x-raw") return mixWarning(tee, soundLayoutOf(caps));
  const video = rawVideoOf(caps);
  return video && videoWarning(tee, video);
}
