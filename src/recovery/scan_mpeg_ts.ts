/**
 * Scans of MPEG transport streams.
 *
 * @module
 */
import { TS_PACKET_BYTES, TS_SYNC_BYTE } from "../media/mpeg_ts.ts";
import { readChunks, type Span, writtenBytes } from "./file_io.ts";
import type { ScanResult } from "./scan_result.ts";

/** Finds the packets of an MPEG transport stream that are none. Such a stream is complete wherever it ends. */
export async function scanMpegTs(file: Deno.FsFile): Promise<ScanResult> {
  const whole = Math.floor(file.statSync().size / TS_PACKET_BYTES);
  const packets = Math.min(whole, Math.ceil(writtenBytes(file) / TS_PACKET_BYTES));
  const tail = packets * TS_PACKET_BYTES;
  const damaged: Span[] = [];
  for await (const { start, bytes } of readChunks(file, { start: 0, end: tail })) {
    // a chunk may begin within a packet
    const first = Math.ceil(start / TS_PACKET_BYTES) * TS_PACKET_BYTES;
    for (let at = first; at < start + bytes.length; at += TS_PACKET_BYTES) {
      if (bytes[at - start] !== TS_SYNC_BYTE) {
        damaged.push({ start: at, end: at + TS_PACKET_BYTES });
      }
    }
  }
  return { frameBytes: null, digests: null, damaged, tail, isComplete: true };
}
