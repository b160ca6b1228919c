/**
 * Comparison of a clip with a longer recording.
 *
 * @module
 */
import type { ContainerName } from "../media/containers.ts";
import { reasonOf } from "./check_pictures.ts";
import { comparePictures, type Comparison } from "./compare.ts";
import type { ClipFault } from "./faults.ts";
import { readHead } from "./file_head.ts";
import { type FilePictures, readPictures } from "./picture_list.ts";
import { sniffContainer } from "./sniff.ts";

/** A clip to compare. */
export interface ComparedClip {
  path: string;
  container: ContainerName;
  /** The media type of its first track of video; `null` if there is none. */
  mediaType: string | null;
  /** The time of the first picture that can be right; `null` if there is none. */
  fromSec: number | null;
}

/** Compares the pictures of a clip with those of a longer recording of the same stream. */
export async function compareClip(
  { fromSec, ...file }: ComparedClip,
  against: string,
): Promise<Comparison | { comparison: null; faults: ClipFault[] }> {
  const { head, problem } = await readHead(against);
  const wholeContainer = sniffContainer(head);
  if (wholeContainer === null) {
    return notCompared(against, problem ?? "not a file of a kind that clips are");
  }
  const clip = await readPictures({ ...file, fromSec: fromSec ?? Infinity });
  if (clip.list.length === 0) {
    return notCompared(against, "the clip has no picture that is decoded");
  }
  const whole = await readPictures({
    ...{ path: against, container: wholeContainer, mediaType: null, fromSec: -Infinity },
  });
  if (whole.list.length === 0) return notCompared(against, problemOf(whole));
  return comparePictures(clip.list, whole.list, against);
}

function problemOf({ error }: FilePictures): string {
  return error === null ? "it has no pictures" : reasonOf(error);
}

function notCompared(against: string, problem: string) {
  const message = `cannot be compared with ${against}: ${problem}`;
  const fault: ClipFault = { kind: "differs", message, track: null };
  return { comparison: null, faults: [fault] };
}
