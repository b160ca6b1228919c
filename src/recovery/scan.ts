/**
 * Scans of files whose writer was killed.
 *
 * @module
 */
import type { ContainerName } from "../media/containers.ts";
import { scanMatroska } from "./scan_matroska.ts";
import { scanMp4 } from "./scan_mp4.ts";
import { scanMpegTs } from "./scan_mpeg_ts.ts";
import type { ScanResult } from "./scan_result.ts";

const SCANS = { "matroska": scanMatroska, "mp4": scanMp4, "mpeg-ts": scanMpegTs };

/**
 * Finds the frames and the damaged parts of a file by its structure; the content of frames is not interpreted. Reads the
 * file once.
 *
 * @param container What the file is, by the name of the clip.
 */
export function scan(file: Deno.FsFile, container: ContainerName): Promise<ScanResult> {
  return SCANS[container](file);
}
