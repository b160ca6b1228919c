/**
 * The headers of the tracks in MP4 and QuickTime files.
 *
 * @module
 */
import { BOX_HEADER_BYTES, boxesIn, childrenOf, LARGE_BOX_HEADER_BYTES } from "../../media/mp4.ts";
import { type Orientation, trackMatrix } from "../../media/orientation.ts";

/** The bytes of a track's header before its matrix, by its version (ISO/IEC 14496-12, section 8.3.2). */
const MATRIX_OFFSETS = [40, 52];
const MATRIX_BYTES = 36;
/** The matrix has numbers of 16.16 bits, and of 2.30 bits in its last column. */
const ONE = 0x10000;
const LAST_COLUMN_ONE = 0x40000000;

/**
 * Writes into a file how the pictures of its tracks must be turned to be upright, which GStreamer's muxers do not.
 *
 * @param orientations Those of the tracks, in their order.
 */
export function turnTracks(path: string, orientations: readonly (Orientation | null)[]): void {
  if (orientations.every((orientation) => orientation === null)) return;
  using file = Deno.openSync(path, { read: true, write: true });
  for (const { start, end } of topLevelBoxes(file, "moov")) {
    const moov = readAt(file, start, end - start);
    const view = new DataView(moov.buffer);
    const tracks = childrenOf(view, boxesIn(view, 0, moov.length), "moov")
      .filter(({ type }) => type === "trak");
    for (const [index, track] of tracks.entries()) {
      const orientation = orientations[index] ?? null;
      const header = childrenOf(view, [track], "trak").find(({ type }) => type === "tkhd");
      if (orientation === null || header === undefined) continue;
      const at = header.content + MATRIX_OFFSETS[view.getUint8(header.content)]!;
      writeMatrix(new DataView(moov.buffer, at), orientation);
      file.seekSync(start + at, Deno.SeekMode.Start);
      writeAll(file, moov.subarray(at, at + MATRIX_BYTES));
    }
  }
}

/** Writes a matrix; behind it are the width and height of the picture. */
function writeMatrix(view: DataView, orientation: Orientation): void {
  const [width, height] = [0, 4].map((at) => view.getUint32(MATRIX_BYTES + at) / ONE);
  for (const [i, value] of trackMatrix(orientation, width!, height!).entries()) {
    view.setInt32(4 * i, value * (i % 3 === 2 ? LAST_COLUMN_ONE : ONE));
  }
}

/** Lists where the boxes of a type are at the top level of a file. */
function topLevelBoxes(file: Deno.FsFile, type: string): { start: number; end: number }[] {
  const { size } = file.statSync();
  const found: { start: number; end: number }[] = [];
  for (let start = 0; start + BOX_HEADER_BYTES <= size;) {
    const header = readAt(file, start, Math.min(LARGE_BOX_HEADER_BYTES, size - start));
    const [box] = boxesIn(new DataView(header.buffer), 0, header.length);
    const bytes = box === undefined ? 0 : box.end;
    // a box of no size reaches to the end of the file
    const end = bytes === 0 ? size : start + bytes;
    if (box?.type === type && end <= size) found.push({ start, end });
    start = end;
  }
  return found;
}

function readAt(file: Deno.FsFile, start: number, bytes: number): Uint8Array<ArrayBuffer> {
  const buffer = new Uint8Array(bytes);
  file.seekSync(start, Deno.SeekMode.Start);
  for (let at = 0; at < bytes;) {
    const count = file.readSync(buffer.subarray(at));
    if (count === null) break;
    at += count;
  }
  return buffer;
}

function writeAll(file: Deno.FsFile, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at));
}
