/**
 * What to read in place of a file that demuxers do not get through.
 *
 * @module
 */
import { type Patch, writtenBytes } from "./file_io.ts";
import { repairFragments } from "./mp4_fragments.ts";
import { freeHead } from "./scan_mp4.ts";
import type { ScanResult } from "./scan.ts";

const MP4_EXTENSIONS = [".mp4", ".mov"];
const NOTHING = new Uint8Array();

/**
 * What takes damaged parts and unwritten ends away, and puts in what GStreamer has left out; nothing where a file can be
 * read as it is.
 *
 * @param extension The kind of file, such as `.webm`.
 */
export function findPatches(
  file: Deno.FsFile,
  extension: string,
  { damaged, tail }: ScanResult,
): Patch[] {
  const { size } = file.statSync();
  const isMp4 = MP4_EXTENSIONS.includes(extension);
  const gaps = damaged.map(({ start, end }): Patch => {
    if (!isMp4 || end === size) return { start, end, bytes: NOTHING };
    // frames are where their fragment says, counted from the start of the file
    const head = freeHead(end - start);
    return { start, end: start + head.length, bytes: head };
  });
  const isUnwritten = tail < size && writtenBytes(file) < size;
  const cut = isUnwritten ? [{ start: tail, end: size, bytes: NOTHING }] : [];
  const repairs = isMp4 ? findRepairs(file) : [];
  return [...repairs, ...gaps, ...cut].sort((a, b) => a.start - b.start);
}

/** Nothing where a header is damaged: whether it can be read is for the demuxer to say. */
function findRepairs(file: Deno.FsFile): Patch[] {
  try {
    return repairFragments(file);
  } catch (error) {
    if (error instanceof RangeError) return [];
    throw error;
  }
}
