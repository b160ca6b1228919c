/**
 * Warnings about sound that is not recorded with all its channels.
 *
 * @module
 */
import { mediaTypeOf, soundLayoutOf } from "../gst/caps.ts";
import { mixWarning } from "../media/sound_layout.ts";
import type { RecorderTrack } from "./track.ts";

/** Warns once for each track, when its caps are known. */
export class SoundWarnings {
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
      const found = track.ring.readCaps((caps) => ({ text: warningOf(track.tee, caps) }));
      if (found === null) continue;
      this.#unknown.delete(track);
      if (found.text !== null) this.#onWarning(found.text);
    }
  }
}

function warningOf(tee: string, caps: Deno.PointerObject): string | null {
  return mediaTypeOf(caps) === "audio/x-raw" ? mixWarning(tee, soundLayoutOf(caps)) : null;
}
