/**
 * Scans of files of the MP4 family (ISO/IEC 14496-12) as GStreamer writes them in fragments.
 *
 * @module
 */
import type { Box } from "../media/mp4.ts";
import { readView } from "./file_io.ts";
import { isCutInBox, readFileBoxes } from "./mp4_boxes.ts";
import { repairFragment } from "./mp4_fragments.ts";
import { fragmentSpans, movieSpans, type TrackSpan } from "./mp4_samples.ts";
import type { ScanResult } from "./scan_result.ts";
import { TrackDigests } from "./track_digests.ts";

/** Finds the frames and the damaged parts of a file of the MP4 family. */
export async function scanMp4(file: Deno.FsFile): Promise<ScanResult> {
  const { size } = file.statSync();
  const { boxes, damaged, end } = await readFileBoxes(file);
  const types = boxes.map(({ type }) => type);
  // frames are in front of what describes them, but in files whose movie box came before any of them
  const isMovieFirst = types.includes("moov") && types.indexOf("moov") < types.indexOf("mdat");
  const last = isMovieFirst ? "mdat" : "moof";
  const tail = boxes.findLast(({ type }) => type === last || type === "moov")?.end ?? 0;
  if (!isCutInBox(file, end)) {
    damaged.push({ start: Math.max(tail, damaged.at(-1)?.end ?? 0), end: size });
  }
  const isDamaged = damaged.length > 0;
  const isComplete = !isDamaged && tail === size && types.includes("moov") &&
    !types.includes("moof");
  const whole = boxes.filter(({ end }) => end <= tail);
  // a fragment behind its description may be whole in part, and only a demuxer finds which
  const isKnown = !(isMovieFirst && types.includes("moof"));
  return {
    frameBytes: isKnown ? bytesOf(whole.filter(isMedia)) : null,
    // a complete file is not written anew, and a damaged one is kept in any case
    digests: isKnown && !isComplete && !isDamaged ? await digestFrames(file, whole) : null,
    damaged,
    tail: damaged.at(-1)?.end === size ? size : tail,
    isComplete,
  };
}

function isMedia({ type }: Box): boolean {
  return type === "mdat";
}

function bytesOf(boxes: readonly Box[]): number {
  return boxes.reduce((sum, { content, end }) => sum + end - content, 0);
}

/** Returns the digests of the frames; none if the tables do not account for each byte of the media boxes exactly once. */
async function digestFrames(file: Deno.FsFile, boxes: readonly Box[]): Promise<string[]> {
  const media = boxes.filter((box) => isMedia(box) && box.content < box.end);
  const digests = new TrackDigests();
  let box = media.shift();
  let at = box?.content;
  for (const { track, start, end } of trackSpans(file, boxes)) {
    if (box === undefined || start !== at || end > box.end) return [];
    await digests.addFrom(file, track, { start, end });
    at = end;
    if (at < box.end) continue;
    box = media.shift();
    at = box?.content;
  }
  return box === undefined ? digests.finish() : [];
}

/** Lists where the samples are, in the order of the file, up to a table that is damaged. */
function* trackSpans(file: Deno.FsFile, boxes: readonly Box[]): Generator<TrackSpan> {
  for (const box of boxes) {
    const spans = spansOf(file, box);
    if (spans === null) return;
    yield* spans;
  }
}

/** Lists the samples that a box describes; `null` if it is damaged. */
function spansOf(file: Deno.FsFile, { type, start, end }: Box): TrackSpan[] | null {
  if (type !== "moov" && type !== "moof") return [];
  const view = readView(file, start, end);
  try {
    if (type === "moov") return movieSpans(view);
    // GStreamer leaves sizes out
    const bytes = repairFragment(view, start, 0);
    return fragmentSpans(new DataView(bytes.buffer), start);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
