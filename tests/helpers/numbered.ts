/**
 * Video whose frames show their number in 16 black or white tiles, one per bit, which lossy encoders keep.
 *
 * @module
 */
import { decode } from "./ffmpeg.ts";
import { FPS } from "./fps.ts";
import { range } from "./range.ts";

const BITS = 16;
const TILE = 16;
/** What ffmpeg prints about whole JPEG images, B-frames that begin after the first GOP, and sound without a layout. */
const HARMLESS = new RegExp(
  "deprecated pixel format used|EOI missing, emulating|" +
    "video_delay is larger in decoder|Guessed Channel Layout|If you want to help, upload|Last message repeated",
);
/** Width of the frames, in pixels. */
export const WIDTH = BITS * TILE;
/** Height of the frames, in pixels. */
export const HEIGHT = 2 * TILE;

/** Makes a frame in GRAY8. */
export function numberedFrame(number: number): Uint8Array<ArrayBuffer> {
  const frame = new Uint8Array(WIDTH * HEIGHT);
  for (let bit = 0; bit < BITS; bit++) {
    if (!(number >> bit & 1)) continue;
    for (let y = 0; y < HEIGHT; y++) {
      frame.fill(255, y * WIDTH + bit * TILE, y * WIDTH + (bit + 1) * TILE);
    }
  }
  return frame;
}

/** Writes raw frames 0 to `count - 1` into a file. */
export async function writeNumbered(path: string, count: number): Promise<void> {
  using file = await Deno.open(path, { write: true, create: true, truncate: true });
  const writer = file.writable.getWriter();
  for (let number = 0; number < count; number++) await writer.write(numberedFrame(number));
  writer.releaseLock();
}

/** How numbered frames flow. */
export interface NumberedStream {
  /** A file of {@link writeNumbered}. */
  path: string;
  /** Frames per second. Defaults to {@link FPS}. */
  fps?: number;
  /** Whether the pipeline is live; otherwise the sinks pace the frames. Defaults to true. */
  live?: boolean;
  /** Name of the tee at its end. Defaults to `t`. */
  teeName?: string;
}

/**
 * Returns a source as pipeline text; frame n has the running time n / fps. The live one consists of a file that is
 * paced by the clock, so that no frame is lost however late it is, and of another element that is live.
 */
export function numberedSource(stream: NumberedStream): string {
  const { path, fps = FPS, live = true, teeName = "t" } = stream;
  const file =
    `filesrc location="${path}" blocksize=${WIDTH * HEIGHT} ! rawvideoparse format=gray8 ` +
    `width=${WIDTH} height=${HEIGHT} framerate=${fps}/1`;
  if (!live) return `${file} ! tee name=${teeName}`;
  // a mixer with a live input would repeat or skip frames on a busy machine
  return `${file} ! videoconvert ! video/x-raw,format=I420 ! clocksync ! tee name=${teeName} ` +
    "audiotestsrc is-live=true ! fakesink";
}

/** Writes `sec` seconds of frames into a folder; returns the source that plays them, as pipeline text. */
export async function writeNumberedSource(
  folder: string,
  sec: number,
  stream: Omit<NumberedStream, "path"> = {},
): Promise<string> {
  const path = `${folder}/numbered.raw`;
  await writeNumbered(path, sec * (stream.fps ?? FPS));
  return numberedSource({ ...stream, path });
}

/**
 * Reads the numbers of a clip's frames, in the order in which they are shown.
 *
 * @param isCut Whether the file may end in the middle of a frame, about which ffmpeg complains.
 */
export async function readNumbers(clip: string, isCut = false): Promise<number[]> {
  const scale = `scale=${WIDTH}:${HEIGHT}:flags=neighbor`; // frames may be a multiple of that size
  // in units of the clip's own timestamps: in those of a frame, frames that a network delayed would have the same
  const times = ["-fps_mode", "passthrough", "-enc_time_base", "-1"];
  const format = [...times, "-vf", scale, "-f", "rawvideo", "-pix_fmt", "gray"];
  const { bytes, complaints } = await decode(clip, format, "warning");
  const serious = complaints.split("\n").filter((line) => line !== "" && !HARMLESS.test(line));
  if (serious.length > 0 && !isCut) throw new Error(`ffmpeg on ${clip}: ${complaints}`);
  return rawNumbers(bytes, WIDTH * HEIGHT);
}

/** Reads the numbers of raw frames that begin with their luma, such as GRAY8 and I420. */
export function rawNumbers(bytes: Uint8Array, frameSize: number): number[] {
  return range(Math.floor(bytes.length / frameSize)).map((i) => numberAt(bytes, i * frameSize));
}

/**
 * Returns the numbers of the frames in `[from, to)` seconds. Sources round a frame's duration down to nanoseconds, so
 * that frame n may be n nanoseconds early.
 */
export function numbersBetween(from: number, to: number, fps = FPS): number[] {
  const first = Math.max(0, Math.ceil(from * fps - 1e-5));
  const last = Math.ceil(to * fps - 1e-5) - 1;
  return range(last - first + 1, first);
}

function numberAt(bytes: Uint8Array, offset: number): number {
  let number = 0;
  for (let bit = 0; bit < BITS; bit++) {
    const middle = offset + (HEIGHT / 2) * WIDTH + bit * TILE + TILE / 2;
    if (bytes[middle]! > 127) number |= 1 << bit;
  }
  return number;
}
