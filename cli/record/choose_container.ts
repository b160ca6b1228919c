/**
 * The container of a tee's clips.
 *
 * @module
 */
import { checkContainer, containersFor } from "../../mod.ts";
import { UsageError } from "../args/usage_error.ts";

/** The extensions of containers by preference: the first plays almost everywhere. */
const PREFERRED = [".mp4", ".webm", ".mkv"] as const;

/**
 * Chooses a container that takes the streams of a tee, and returns its extension.
 *
 * @param wanted The extension of the container to use; undefined for any.
 * @throws {UsageError} If the container does not take the streams.
 * @throws {GstError} If elements for it are missing.
 */
export function chooseContainer(
  tee: string,
  mediaTypes: readonly string[],
  wanted: string | undefined,
): string {
  const possible = containersFor(mediaTypes);
  const [first, ...others] = wanted === undefined ? PREFERRED : [wanted];
  const chosen = [first, ...others].find((extension) => possible.includes(extension));
  if (chosen !== undefined) return chosen;
  try {
    checkContainer(first, mediaTypes);
    return first;
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(`Tee "${tee}": ${error.message}`);
    throw error;
  }
}
