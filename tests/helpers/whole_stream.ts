/**
 * Streams that are written whole beside their clips, which must show the same pictures.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import type { RecordingReport } from "../../mod.ts";
import { outputOf } from "../../scripts/lib/run.ts";
import { range } from "./range.ts";

/** Frames per second of {@link MOVING_PICTURES}. */
export const WHOLE_FPS = 25;

/** A live source of pictures each of which differs from its neighbors, as pipeline text. */
export const MOVING_PICTURES = "videotestsrc is-live=true pattern=ball ! " +
  `video/x-raw,format=I420,width=160,height=120,framerate=${WHOLE_FPS}/1`;

/** A decoded picture. */
export interface Picture {
  /** Its PTS in the file, in seconds. */
  sec: number;
  /** The digest of its pixels. */
  md5: string;
}

/** How ffmpeg decodes: more threads decode damaged H.265 differently each time. */
const DECODING = ["-v", "quiet", "-threads", "1", "-copyts", "-flags", "+output_corrupt"];

/** Decodes a file; resolves with its pictures in the order in which they are shown. */
export async function picturesOf(path: string): Promise<Picture[]> {
  const text = await outputOf("ffmpeg", [
    ...[...DECODING, "-i", path, "-map", "0:v:0"],
    // without its time base, times are rounded to whole frames: those half a frame off go either way
    ...["-fps_mode", "passthrough", "-enc_time_base", "-1", "-f", "framemd5", "-"],
  ]);
  const [, numerator, denominator] = /^#tb 0: (\d+)\/(\d+)$/m.exec(text)!;
  const timeBase = Number(numerator) / Number(denominator);
  return text.split("\n").filter((line) => line !== "" && !line.startsWith("#")).map((line) => {
    const fields = line.split(",").map((field) => field.trim());
    return { sec: Number(fields[2]) * timeBase, md5: fields[5]! };
  });
}

/** The size in which pictures are compared that were encoded again. */
const SMALL = { width: 40, height: 30 };
/** The mean difference of two gray levels of a picture and of its re-encoding. */
const MAX_DIFFERENCE = 6;

/** Decodes a file; resolves with small gray pictures. */
async function thumbnailsOf(path: string): Promise<Uint8Array[]> {
  const { width, height } = SMALL;
  const raw = await Deno.makeTempFile();
  try {
    const scale = ["-vf", `scale=${width}:${height}:flags=area,format=gray`];
    const output = [...scale, "-fps_mode", "passthrough", "-f", "rawvideo", "-y", raw];
    await outputOf("ffmpeg", [...DECODING, "-i", path, "-map", "0:v:0", ...output]);
    const bytes = await Deno.readFile(raw);
    const size = width * height;
    return range(bytes.length / size).map((i) => bytes.subarray(i * size, (i + 1) * size));
  } finally {
    await Deno.remove(raw);
  }
}

function differenceOf(a: Uint8Array, b: Uint8Array): number {
  return a.reduce((sum, gray, i) => sum + Math.abs(gray - b[i]!), 0) / a.length;
}

/** A whole stream, decoded once for all of its clips. */
export class WholePictures {
  readonly #pictures: Picture[];
  readonly #thumbnails: Uint8Array[];

  private constructor(pictures: Picture[], thumbnails: Uint8Array[]) {
    this.#pictures = pictures;
    this.#thumbnails = thumbnails;
  }

  /** Decodes a file that keeps the pipeline's running times. */
  static async of(path: string): Promise<WholePictures> {
    const [pictures, thumbnails] = await Promise.all([picturesOf(path), thumbnailsOf(path)]);
    return new WholePictures(pictures, thumbnails);
  }

  /** Finds a clip's last picture by its last three: single ones may be alike. */
  #findLast(clip: Picture[]): Picture | undefined {
    const last = clip.slice(-3);
    return this.#pictures.find((_, index) => {
      const from = index - last.length + 1;
      return from >= 0 && last.every(({ md5 }, i) => md5 === this.#pictures[from + i]!.md5);
    });
  }

  /** Checks that a clip's pictures are those that the whole stream shows from the start to the end of the report. */
  async check(report: RecordingReport, kind: ClipKind = {}): Promise<void> {
    const { lead = 0, isSmartCut = false, isMixed = false, isShifted = false } = kind;
    const clip = await picturesOf(report.path);
    const slackSec = 0.5 / WHOLE_FPS;
    const last = isShifted ? this.#findLast(clip) : undefined;
    const shiftSec = last === undefined ? 0 : last.sec + 1 / WHOLE_FPS - report.end;
    const isInside = ({ sec }: Picture) =>
      sec > report.start + shiftSec - slackSec && sec < report.end + shiftSec - slackSec;
    const first = this.#pictures.findIndex(isInside);
    const expected = this.#pictures.filter(isInside);
    const text = Deno.inspect({ report, kind, clip: clip.length, expected: expected.length });
    assertEquals(expected.length, report.frames, text);
    assert(clip.length >= expected.length && clip.length <= expected.length + lead, text);
    const shown = clip.slice(clip.length - expected.length);
    const wrong = shown.flatMap(({ md5 }, i) => md5 === expected[i]!.md5 ? [] : [i]);
    if (!isSmartCut) return assertEquals(wrong, [], text);
    // what was encoded again looks the same, and comes first
    assertEquals(wrong, range(wrong.length), text);
    assert(isMixed || wrong.length < shown.length, text);
    const thumbnails = await thumbnailsOf(report.path);
    for (const i of wrong) {
      const difference = differenceOf(thumbnails[i]!, this.#thumbnails[first + i]!);
      assert(difference < MAX_DIFFERENCE, `picture ${i} differs by ${difference}: ${text}`);
    }
  }
}

/** What differs in a clip from a plain part of the whole stream. */
export interface ClipKind {
  /** How the stream has come to the tee. */
  way?: string;
  /** The pictures that may be in the file before those of the report. Defaults to none. */
  lead?: number;
  /** Whether its first pictures are encoded again. */
  isSmartCut?: boolean;
  /** Whether all pictures may be encoded again: a smart cut has begun in hope of a keyframe at which it can end. */
  isMixed?: boolean;
  /** Whether the way to the tee begins its times anew, as a demuxer does. */
  isShifted?: boolean;
}
