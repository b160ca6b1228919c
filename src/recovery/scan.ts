/**
 * Scans of files whose writer was killed.
 *
 * @module
 */
import { scanMatroska } from "./scan_matroska.ts";
import { scanMp4 } from "./scan_mp4.ts";
import { scanMpegTs } from "./scan_mpeg_ts.ts";
import type { ScanResult } from "./scan_result.ts";

/**
 * Finds the frames and the damaged parts of a file by its structure; the content of frames is not interpreted. Reads the
 * file once.
 *
 * @param extension The extension of the clip, such as `.webm`.
 */
export function scan(file: Deno.FsFile, extension: string): Promise<ScanResult> {
  switch (extension) {
    case ".webm":
    case ".mkv":
      return scanMatroska(file);
    case ".mp4":
    case ".mov":
      return scanMp4(file);
    default:
      return scanMpegTs(file);
  }
}
