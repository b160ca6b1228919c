/**
 * What a scan finds in a file.
 *
 * @module
 */
import type { Span } from "./file_io.ts";

/** The structure of a file whose writer was killed. */
export interface ScanResult {
  /** The size of all whole frames together; `null` if only a demuxer can find them. */
  frameBytes: number | null;
  /**
   * The digests of the frames, as of TrackDigests: none if the file's tables do not account for each of their bytes; `null`
   * if only a demuxer can find them, or they are not needed.
   */
  digests: string[] | null;
  /**
   * Parts that no writer leaves, with something readable behind them, or in place of the end that a file has where it was
   * cut off.
   */
  damaged: Span[];
  /** Where the end begins that belongs to no whole frame, as the file was cut off while it was being written. */
  tail: number;
  /** Whether the file is as its muxer leaves it at the end of the stream. */
  isComplete: boolean;
}
