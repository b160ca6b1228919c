/**
 * Video whose frames carry their number: 16 tiles, one a bit, black or white. It survives lossy encoders.
 *
 * @module
 */
import { run } from "./run.ts";

const BITS = 16;
const TILE = 16;
/** What ffmpeg says of whole JPEG pictures, and of pictures that are reordered only after the first group of them. */
const HARMLESS = new RegExp(
  "deprecated pixel format used|EOI missing, emulating|" +
    "video_delay is larger in decoder|If you want to help, upload|Last message repeated",
);
/** Size of the frames. */
export const WIDTH = BITS * TILE;
export const HEIGHT = 2 * TILE;

/** One frame in GRAY8. */
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
  fps: number;
  /** Paced by a live source, or by whatever is downstream. */
  live: boolean;
  /** The tee that it ends in. */
  teeName: string;
}

/**
 * Pipeline text: frame number n has the running time n / fps. What is live about a live one is the element beside it:
 * the frames are let go by the clock, and none is lost however late it is.
 */
export function numberedSource(stream: NumberedStream): string {
  const { path, fps, live, teeName } = stream;
  const file =
    `filesrc location="${path}" blocksize=${WIDTH * HEIGHT} ! rawvideoparse format=gray8 ` +
    `width=${WIDTH} height=${HEIGHT} framerate=${fps}/1`;
  if (!live) return `${file} ! tee name=${teeName}`;
  // A mixer with a live input would show an old frame again, or skip one, when the machine holds it up.
  return `${file} ! videoconvert ! video/x-raw,format=I420 ! clocksync ! tee name=${teeName} ` +
    "audiotestsrc is-live=true ! fakesink";
}

/**
 * The numbers of a clip's frames, as decoded by ffmpeg from first to last.
 *
 * @param isCut Whether the file may end in the middle of a frame, about which ffmpeg then complains.
 */
export async function readNumbers(clip: string, isCut = false): Promise<number[]> {
  const raw = `${await Deno.makeTempFile()}.gray`;
  try {
    const { code, stderr } = await run("ffmpeg", [
      ...["-v", "warning", "-i", clip, "-fps_mode", "passthrough"],
      ...["-f", "rawvideo", "-pix_fmt", "gray", "-y", raw],
    ]);
    const complaints = stderr.split("\n").filter((line) => line !== "" && !HARMLESS.test(line));
    if (code !== 0 || (complaints.length > 0 && !isCut)) {
      throw new Error(`ffmpeg on ${clip}: ${stderr}`);
    }
    return rawNumbers(await Deno.readFile(raw), WIDTH * HEIGHT);
  } finally {
    await Deno.remove(raw).catch(() => {});
  }
}

/** The numbers of raw frames that begin with their luma, such as GRAY8 and I420. */
export function rawNumbers(bytes: Uint8Array, frameSize: number): number[] {
  const count = Math.floor(bytes.length / frameSize);
  return Array.from({ length: count }, (_, i) => numberAt(bytes, i * frameSize));
}

/**
 * The numbers of the frames in `[from, to)` seconds. Sources round a frame's duration down to nanoseconds, so that frame
 * n may be n nanoseconds early.
 */
export function numbersBetween(from: number, to: number, fps: number): number[] {
  const first = Math.max(0, Math.ceil(from * fps - 1e-5));
  const last = Math.ceil(to * fps - 1e-5) - 1;
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

/** The start of each frame of a clip by its container, in seconds, in the order in which they are shown. */
export async function readTimes(clip: string): Promise<number[]> {
  const { stdout } = await run("ffprobe", [
    ...[
      "-v",
      "error",
      "-select_streams",
      "v:0",
      "-show_entries",
      "frame=best_effort_timestamp_time",
    ],
    ...["-of", "json", clip],
  ]);
  const { frames } = JSON.parse(stdout) as { frames: { best_effort_timestamp_time: string }[] };
  return frames.map((frame) => Number(frame.best_effort_timestamp_time));
}

function numberAt(bytes: Uint8Array, offset: number): number {
  let number = 0;
  for (let bit = 0; bit < BITS; bit++) {
    const middle = offset + (HEIGHT / 2) * WIDTH + bit * TILE + TILE / 2;
    if (bytes[middle]! > 127) number |= 1 << bit;
  }
  return number;
}
