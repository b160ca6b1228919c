/**
 * Encoded video in files of their own, taken apart by ffmpeg: what readers of video are compared with.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import type { AccessUnitInfo } from "../../src/media/access_unit.ts";
import { readCodecData } from "../../src/media/codec_data.ts";
import { nalUnits } from "../../src/media/nal_units.ts";
import { type EncodedVideo, readAccessUnit } from "../../src/media/read_access_unit.ts";
import { run } from "../../scripts/lib/run.ts";
import { ffmpeg } from "./ffmpeg.ts";
import { ffprobe } from "./ffprobe.ts";

/** How many frames streams have. */
export const STREAM_FRAMES = 50;

/** A file with an encoded stream. */
export interface EncodedStream {
  readonly path: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Its access units, in decode order. */
  readonly units: readonly Uint8Array<ArrayBuffer>[];
  /** Where they are in the file. */
  readonly positions: readonly number[];
  /** The types of the pictures in output order, such as `I`, and the indices of their access units. */
  readonly shown: readonly { readonly type: string; readonly unit: number }[];
  /** What ffmpeg's parser finds in each access unit; nothing in VP8. */
  readonly syntax: readonly (readonly Syntax[])[];
  /** Hashes of the pictures in output order. */
  readonly hashes: readonly string[];
}

/** The syntax elements of a NAL unit, an OBU or a frame, by their names in the codec's specification. */
export type Syntax = Readonly<Record<string, number>>;

/** Encodes a moving picture, whose scene changes each half of a second, in a file whose extension is its format. */
export async function encodeStream(path: string, codec: readonly string[]): Promise<EncodedStream> {
  const source = `testsrc2=size=160x96:rate=25:duration=${STREAM_FRAMES / 25},` +
    "negate=enable='mod(floor(2*t),2)'";
  const input = ["-f", "lavfi", "-i", source, "-pix_fmt", "yuv420p", "-threads", "1"];
  await ffmpeg([...input, ...codec, "-bitexact", path]);
  return await readStream(path);
}

/** The bytes in front of the first access unit of an .ivf file, and of each one. */
const IVF_HEADER_BYTES = 32;
const IVF_FRAME_BYTES = 12;

async function readStream(path: string): Promise<EncodedStream> {
  const bytes = await Deno.readFile(path);
  const { packets_and_frames: entries } = await ffprobe<{ packets_and_frames: Entry[] }>(
    path,
    "packet=pos,size:frame=pkt_pos,pict_type",
  );
  const packets = entries.filter((entry) => entry.type === "packet");
  const positions = packets.map(({ pos }) => Number(pos));
  const isVp8 = new TextDecoder().decode(bytes.subarray(8, 12)) === "VP80";
  const trace = ["-c", "copy", "-bsf:v", "trace_headers", "-f", "null", "-"];
  const { stdout, stderr } = await decodeAll(path, isVp8 ? [] : trace);
  return {
    path,
    bytes,
    units: unitsOf(path, bytes, packets),
    positions,
    shown: entries.filter((entry) => entry.type === "frame").map(({ pkt_pos, pict_type }) => ({
      type: pict_type,
      unit: positions.indexOf(Number(pkt_pos)),
    })),
    syntax: parseTrace(stderr),
    hashes: parseHashes(stdout),
  };
}

interface Packet {
  type: "packet";
  pos: string;
  size: string;
}

/** What ffprobe shows of a packet or of a frame. */
type Entry = Packet | { type: "frame"; pkt_pos: string; pict_type: string };

/** Copies a byte stream to an .mp4 file; resolves with its bytes and access units. */
export async function copyToMp4(
  path: string,
): Promise<Pick<EncodedStream, "bytes" | "units">> {
  const copy = `${path}.mp4`;
  await ffmpeg(["-i", path, "-c", "copy", copy]);
  const { packets } = await ffprobe<{ packets: Packet[] }>(copy, "packet=pos,size");
  const bytes = await Deno.readFile(copy);
  return { bytes, units: unitsOf(copy, bytes, packets) };
}

function unitsOf(path: string, bytes: Uint8Array<ArrayBuffer>, packets: readonly Packet[]) {
  const header = path.endsWith(".ivf") ? IVF_FRAME_BYTES : 0;
  return packets.map(({ pos, size }) => {
    const start = Number(pos) + header;
    return bytes.slice(start, start + Number(size));
  });
}

/**
 * Hashes the pictures that are decoded if a byte stream or an .ivf file begins at one of its access units.
 *
 * @param prefix What to put in front of that, such as parameter sets. Defaults to the header of an .ivf file.
 */
export async function hashFrom(
  { path, bytes, positions }: EncodedStream,
  unit: number,
  prefix = bytes.slice(0, path.endsWith(".ivf") ? IVF_HEADER_BYTES : 0),
): Promise<string[]> {
  const cut = path.replace(/(?=\.\w+$)/, `-${unit}`);
  await Deno.writeFile(cut, new Uint8Array([...prefix, ...bytes.subarray(positions[unit])]));
  return parseHashes((await decodeAll(cut)).stdout);
}

/**
 * Hashes all pictures that a decoder shows, also damaged ones.
 *
 * One thread: with more, ffmpeg 5.1 decodes H.265 with several slices differently each time.
 *
 * @param output Arguments for another output.
 */
async function decodeAll(path: string, output: readonly string[] = []) {
  const all = ["-threads", "1", "-flags", "+output_corrupt", "-flags2", "+showall"];
  const hashes = ["-fps_mode", "passthrough", "-f", "framemd5", "-"];
  const args = ["-nostats", ...all, "-i", path, ...output, ...hashes];
  const result = await run("ffmpeg", args);
  assertEquals(result.code, 0, result.stderr);
  return result;
}

function parseHashes(text: string): string[] {
  return text.split("\n").filter((line) => /^\d/.test(line))
    .map((line) => line.slice(line.lastIndexOf(",") + 1).trim());
}

/** Parses what ffmpeg's filter trace_headers prints. */
function parseTrace(text: string): Syntax[][] {
  const units: Record<string, number>[][] = [];
  for (const line of text.split("\n").filter((line) => line.startsWith("[trace_headers "))) {
    const entry = line.slice(line.indexOf("] ") + 2);
    if (entry.startsWith("Packet: ")) units.push([]);
    const [, name, value] = /^\d+ +([\w[\]]+) .*= (-?\d+)$/.exec(entry) ?? [];
    if (name === undefined || units.length === 0) continue;
    if (/^(?:obu_)?forbidden_(?:zero_)?bit$|^frame_marker$/.test(name)) units.at(-1)!.push({});
    const syntax = units.at(-1)!.at(-1);
    if (syntax !== undefined) syntax[name] ??= Number(value);
  }
  return units;
}

/** Returns the hashes of the pictures from that of an access unit on, in output order. */
export function shownFrom({ shown, hashes }: EncodedStream, unit: number): string[] {
  return hashes.slice(shown.findIndex((picture) => picture.unit === unit));
}

/** Returns the content of the only box of a type in an .mp4 file. */
export function contentOfBox(file: Uint8Array, type: string): Uint8Array {
  const at = new TextDecoder("latin1").decode(file).indexOf(type);
  const size = new DataView(file.buffer).getUint32(at - 4);
  return file.subarray(at + 4, at - 4 + size);
}

/** Reads access units from their first bytes, or from all where those are not enough. */
export function readUnits(
  stream: EncodedVideo,
  units: readonly Uint8Array[],
): AccessUnitInfo[] {
  return units.map((unit) =>
    readAccessUnit(stream, unit.subarray(0, 256), false) ?? readAccessUnit(stream, unit, true)!
  );
}

/** Returns the indices of access units with a kind of random access, but for the first one. */
export function indicesOf(
  infos: readonly AccessUnitInfo[],
  access: AccessUnitInfo["randomAccess"],
): number[] {
  return infos.flatMap(({ randomAccess }, index) =>
    index > 0 && randomAccess === access ? [index] : []
  );
}

/** Checks what is read of each NAL unit of a stream in a buffer of its own, by ffmpeg's own parser. */
export function checkEachUnit(
  stream: EncodedStream,
  video: EncodedVideo,
  isSlice: (syntax: Syntax) => boolean,
  begins: (slice: Syntax) => boolean,
): void {
  const read = stream.units.flatMap((unit) =>
    [...nalUnits(unit, null)].map(({ start, end }) => {
      const bytes = new Uint8Array([0, 0, 1, ...unit.subarray(start, end)]);
      const { hasPicture, belongsTo } = readAccessUnit(video, bytes, true)!;
      return [hasPicture, belongsTo];
    })
  );
  assertEquals(
    read,
    stream.syntax.flat().map((syntax) =>
      isSlice(syntax) ? [true, begins(syntax) ? "itself" : "before"] : [false, "next"]
    ),
  );
}

/** Checks that a stream reads the same in an .mp4 file, whose box has its codec_data. */
export async function checkInMp4(
  stream: EncodedStream,
  video: EncodedVideo,
  box: string,
): Promise<void> {
  const file = await copyToMp4(stream.path);
  const codecData = readCodecData(video.mediaType, contentOfBox(file.bytes, box));
  assertEquals(codecData?.lengthBytes, 4);
  const withoutPositions = (infos: AccessUnitInfo[]) =>
    infos.map((info) => ({ ...info, sliceAt: 0, parameterSets: info.parameterSets.length }));
  const infos = readUnits({ ...video, lengthBytes: 4 }, file.units);
  assertEquals(withoutPositions(infos), withoutPositions(readUnits(video, stream.units)));
  assertEquals(
    infos[0]!.parameterSets.map(({ start, end }) => file.units[0]!.slice(start, end)),
    codecData?.parameterSets.map((set) => set.slice()),
  );
}
