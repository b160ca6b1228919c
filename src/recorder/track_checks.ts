/**
 * Checks of what tees carry, as soon as that is known: an event is too late to find out.
 *
 * @module
 */
import { mediaTypeOf, soundLayoutOf } from "../gst/caps.ts";
import { rawVideoOf } from "../gst/video_info.ts";
import { extensionsFor } from "../media/containers.ts";
import { videoWarning } from "../media/raw_video.ts";
import { mixWarning } from "../media/sound_layout.ts";
import type { RecorderTrack } from "./track.ts";

/** Checks each track once, when its caps are known. */
export class TrackChecks {
  /** The tracks whose caps are not known yet. */
  readonly #unknown: Set<RecorderTrack>;
  readonly #onWarning: (text: string) => void;

  /**
   * Checks the tracks whose caps are known.
   *
   * @throws {RangeError} If no container takes a track.
   */
  constructor(tracks: readonly RecorderTrack[], onWarning: (text: string) => void) {
    this.#unknown = new Set(tracks);
    this.#onWarning = onWarning;
    const [refusal] = tracks.flatMap(({ tee, ring }) =>
      ring.readCaps((caps) => refusalOf(tee, caps)) ?? []
    );
    if (refusal !== undefined) throw new RangeError(refusal);
    this.check();
  }

  /** Warns about the tracks whose caps have become known. */
  check(): void {
    for (const track of this.#unknown) {
      const { tee, ring } = track;
      const read = (caps: Deno.PointerObject) => ({
        warning: refusalOf(tee, caps) ?? changeWarningOf(tee, caps),
      });
      const found = ring.isStraightener ? ring.readTeeCaps(read) : ring.readCaps(read);
      if (found === null) continue;
      this.#unknown.delete(track);
      if (found.warning !== null) this.#onWarning(found.warning);
    }
  }
}

/** Returns why a stream cannot be recorded; `null` if a container takes it. */
function refusalOf(tee: string, caps: Deno.PointerObject): string | null {
  const mediaType = mediaTypeOf(caps);
  const isTaken = mediaType.endsWith("/x-raw") || extensionsFor(mediaType).length > 0;
  return isTaken
    ? null
    : `No file takes ${mediaType}, which tee "${tee}" carries: decode it before the tee`;
}

/** Returns a sentence about a stream that is not recorded as it is; `null` if it is. */
function changeWarningOf(tee: string, caps: Deno.PointerObject): string | null {
  if (mediaTypeOf(caps) === "audio/x-raw") return mixWarning(tee, soundLayoutOf(caps));
  const video = rawVideoOf(caps);
  return video && videoWarning(tee, video);
}
