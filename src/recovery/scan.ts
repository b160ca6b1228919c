/**
 * What there is in a file whose writer was killed, and what of it is damaged.
 *
 * @module
 */
import { chunksOf, readBytes, type Span, writtenBytes } from "./file_io.ts";
import { scanMatroska } from "./scan_matroska.ts";
import { scanMp4 } from "./scan_mp4.ts";

/** What there is in a file. */
export interface ScanResult {
  /** Where the bytes of all of its frames are; null where only reading it tells. */
  frames: Span[] | null;
  /** What no such file has, with something that can be read behind it, or where it would not have been cut off. */
  damaged: Span[];
  /** Where its end begins, which belongs to no whole frame: there, it was cut off while it was written. */
  tail: number;
  /** Whether it is as its muxer leaves it when nobody kills it. */
  isComplete: boolean;
}

/** Bytes of a transport stream's packet (ISO/IEC 13818-1, section 2.4.3.2). */
const TS_PACKET_BYTES = 188;
/** What each of them begins with. */
const TS_SYNC_BYTE = 0x47;

/**
 * Looks at how a file is made up; what its frames hold is not looked at.
 *
 * @param extension The kind of file, such as `.webm`.
 */
export function scan(file: Deno.FsFile, extension: string): ScanResult {
  switch (extension) {
    case ".webm":
    case ".mkv":
      return scanMatroska(file);
    case ".mp4":
    case ".mov":
      return scanMp4(file);
    default:
      return scanTransportStream(file);
  }
}

/** Such a stream has no end, and needs none. */
function scanTransportStream(file: Deno.FsFile): ScanResult {
  const whole = Math.floor(file.statSync().size / TS_PACKET_BYTES);
  const packets = Math.min(whole, Math.ceil(writtenBytes(file) / TS_PACKET_BYTES));
  const tail = packets * TS_PACKET_BYTES;
  const damaged: Span[] = [];
  for (const { start, end } of chunksOf({ start: 0, end: tail })) {
    const bytes = readBytes(file, start, end);
    // chunks and packets are not in step
    const first = Math.ceil(start / TS_PACKET_BYTES) * TS_PACKET_BYTES;
    for (let at = first; at < end; at += TS_PACKET_BYTES) {
      if (bytes[at - start] !== TS_SYNC_BYTE) {
        damaged.push({ start: at, end: at + TS_PACKET_BYTES });
      }
    }
  }
  return { frames: null, damaged, tail, isComplete: true };
}
