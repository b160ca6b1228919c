/**
 * Clips whose pictures are damaged on purpose.
 *
 * @module
 */
import { outputOf, words } from "../../scripts/lib/run.ts";
import { nalUnits } from "../../src/media/nal_units.ts";
import { ffmpeg } from "./ffmpeg.ts";

/** Frames of every test picture, at 30 frames/s. */
const SCENE = "testsrc2=s=160x128:r=30";

/** Encodes three seconds with an encoder of ffmpeg's. */
export async function encode(path: string, options: string, source = SCENE): Promise<string> {
  const input = ["-f", "lavfi", "-i", `${source}:d=3`];
  await ffmpeg([...input, "-pix_fmt", "yuv420p", ...words(options), path]);
  return path;
}

/** Encodes another scene for two frames after two seconds: there, x264 puts intra pictures that are no IDR pictures. */
export async function encodeFlash(path: string): Promise<string> {
  const flash = "mandelbrot=s=160x128:r=30,trim=duration=0.0667,format=yuv420p";
  const graph = `${SCENE}:d=2,format=yuv420p[a];${flash}[b];${SCENE}:d=2,format=yuv420p[c];` +
    "[a][b][c]concat=n=3";
  const x264 = "-c:v libx264 -x264-params min-keyint=300:keyint=300:scenecut=80:ref=4:bframes=0";
  await ffmpeg(["-f", "lavfi", "-i", graph, ...words(x264), path]);
  return path;
}

/** Copies a clip from a packet on. */
export async function cutFrom(path: string, packet: number, copy: string): Promise<string> {
  await ffmpeg(["-i", path, "-c", "copy", "-bsf:v", `noise=drop=lt(n\\,${packet})`, copy]);
  return copy;
}

/** Copies a clip through GStreamer, whose parser decides what is a keyframe. */
export async function remux(path: string, copy: string): Promise<string> {
  const text = `filesrc location=${path} ! matroskademux ! h264parse ! matroskamux ! ` +
    `filesink location=${copy}`;
  await outputOf("gst-launch-1.0", ["-q", ...words(text)]);
  return copy;
}

/** Where a slice is: the number of its picture, and its own in the picture. */
export interface Slice {
  picture: number;
  slice: number;
}

/**
 * Copies a clip of H.264 or H.265 without B-frames, with other bytes in place of each slice.
 *
 * @param change Returns the bytes of a slice, or `null` to drop it.
 */
export async function changeSlices(
  path: string,
  codec: "h264" | "hevc",
  copy: string,
  change: (bytes: Uint8Array, slice: Slice) => Uint8Array | null,
): Promise<string> {
  const raw = `${copy}.${codec}`;
  const delimited = `${codec}_mp4toannexb,${codec}_metadata=aud=insert`;
  await ffmpeg(["-i", path, "-c", "copy", "-bsf:v", delimited, "-f", codec, raw]);
  const bytes = await Deno.readFile(raw);
  const at = { picture: -1, slice: 0 };
  const units: number[] = [];
  for (const { start, end } of nalUnits(bytes, null)) {
    const unit = bytes.subarray(start, end);
    const kind = kindOf(unit[0]!, codec);
    if (kind === "delimiter") Object.assign(at, { picture: at.picture + 1, slice: 0 });
    const changed = kind === "slice" ? change(unit, { ...at }) : unit;
    if (kind === "slice") at.slice++;
    if (changed !== null) units.push(0, 0, 0, 1, ...changed);
  }
  await Deno.writeFile(raw, new Uint8Array(units));
  const input = ["-fflags", "+genpts", "-r", "30", "-f", codec, "-i", raw];
  await ffmpeg([...input, "-c", "copy", copy]);
  return copy;
}

function kindOf(header: number, codec: "h264" | "hevc"): "slice" | "delimiter" | "other" {
  const type = codec === "h264" ? header & 0x1f : header >> 1 & 0x3f;
  if (type === (codec === "h264" ? 9 : 35)) return "delimiter";
  const isSlice = codec === "h264" ? type === 1 || type === 5 : type < 32;
  return isSlice ? "slice" : "other";
}
