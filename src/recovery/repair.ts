/**
 * Repairs of files that demuxers cannot read to their ends.
 *
 * @module
 */
import type { ContainerName } from "../media/containers.ts";
import { freeHeader } from "../media/mp4.ts";
import { type Patch, writtenBytes } from "./file_io.ts";
import { repairFragments } from "./mp4_fragments.ts";
import type { ScanResult } from "./scan_result.ts";

const NOTHING = new Uint8Array();

/**
 * Returns the patches that cut damaged parts and unwritten ends out of a file, and add what GStreamer left out; none if the
 * file can be read as it is.
 *
 * @param container What the file is, by the name of the clip.
 */
export async function findPatches(
  file: Deno.FsFile,
  container: ContainerName,
  { damaged, tail }: ScanResult,
): Promise<Patch[]> {
  const { size } = file.statSync();
  const isMp4 = container === "mp4";
  const gaps = damaged.map(({ start, end }): Patch => {
    if (!isMp4 || end === size) return { start, end, bytes: NOTHING };
    // fragments state where their frames are from the start of the file on, so nothing may move
    const header = freeHeader(end - start);
    return { start, end: start + header.length, bytes: header };
  });
  const isUnwritten = tail < size && writtenBytes(file) < size;
  const cut = isUnwritten ? [{ start: tail, end: size, bytes: NOTHING }] : [];
  const repairs = isMp4 ? await findRepairs(file) : [];
  return [...repairs, ...gaps, ...cut].sort((a, b) => a.start - b.start);
}

/** Returns no patches if a header is damaged: the demuxer finds out whether it can be read. */
async function findRepairs(file: Deno.FsFile): Promise<Patch[]> {
  try {
    return await repairFragments(file);
  } catch (error) {
    if (error instanceof RangeError) return [];
    throw error;
  }
}
