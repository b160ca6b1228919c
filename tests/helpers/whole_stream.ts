/**
 * Streams that are written whole beside their clips, which must show the same pictures.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import type { RecordingReport } from "../../mod.ts";
import { outputOf } from "../../scripts/lib/run.ts";

/** Frames per second of {@link movingPictures}. */
export const WHOLE_FPS = 25;

/** A live source of pictures each of which differs from its neighbors, as pipeline text. */
export const MOVING_PICTURES = "videotestsrc is-live=true pattern=ball ! " +
  `video/x-raw,format=I420,width=160,height=120,framerate=${WHOLE_FPS}/1`;

/** A stream on its way to a recorder. */
export interface WholeStream {
  /** The elements that make the encoded stream, source included. */
  encoder: string;
  /** What cuts the stream into other buffers before it comes to the tee. Defaults to nothing. */
  packaging?: string;
  /** The elements that write the whole stream. */
  whole: string;
}

/** Returns a pipeline's text: the stream goes whole into a file, and through its packaging to the tee `t`. */
export function besideWhole(stream: WholeStream, path: string, tee = "t"): string {
  const { encoder, packaging = "identity", whole } = stream;
  return `${encoder} ! tee name=${tee}_whole ${tee}_whole. ! queue ! ${whole} ! ` +
    `filesink location="${path}" async=false buffer-mode=unbuffered ` +
    `${tee}_whole. ! queue ! ${packaging} ! tee name=${tee} ${tee}. ! fakesink async=false`;
}

/** A decoded picture. */
export interface Picture {
  /** Its PTS in the file, in seconds. */
  sec: number;
  /** The digest of its pixels. */
  md5: string;
}

/** Decodes a file; resolves with its pictures in the order in which they are shown. */
export async function picturesOf(path: string): Promise<Picture[]> {
  const text = await outputOf("ffmpeg", [
    ...["-v", "quiet", "-copyts", "-flags", "+output_corrupt", "-i", path, "-map", "0:v:0"],
    ...["-fps_mode", "passthrough", "-f", "framemd5", "-"],
  ]);
  const [, numerator, denominator] = /^#tb 0: (\d+)\/(\d+)$/m.exec(text)!;
  const timeBase = Number(numerator) / Number(denominator);
  return text.split("\n").filter((line) => line !== "" && !line.startsWith("#")).map((line) => {
    const fields = line.split(",").map((field) => field.trim());
    return { sec: Number(fields[2]) * timeBase, md5: fields[5]! };
  });
}

/**
 * Checks that a clip's pictures are those that the whole stream shows from the start to the end of the report.
 *
 * @param lead The pictures that may be in the file before those of the report. Defaults to none.
 */
export async function checkAgainstWhole(
  report: RecordingReport,
  whole: string,
  lead = 0,
): Promise<void> {
  const [clip, all] = await Promise.all([picturesOf(report.path), picturesOf(whole)]);
  const slackSec = 0.5 / WHOLE_FPS;
  const expected = all.filter(({ sec }) =>
    sec > report.start - slackSec && sec < report.end - slackSec
  );
  const text = Deno.inspect({ report, clip: clip.length, expected: expected.length });
  assertEquals(expected.length, report.frames, text);
  assert(clip.length >= expected.length && clip.length <= expected.length + lead, text);
  const shown = clip.slice(clip.length - expected.length);
  const wrong = shown.filter(({ md5 }, i) => md5 !== expected[i]!.md5);
  assertEquals(wrong.length, 0, `${wrong.length} wrong pictures: ${text}`);
}
