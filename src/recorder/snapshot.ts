/**
 * Snapshots: one frame of a ring as a picture.
 *
 * @module
 */
import { checkObject, checkSec, checkText } from "../util/check.ts";
import { GstError } from "../../ffi/errors.ts";
import { nsToSec, secToNs } from "../util/clock_time.ts";
import type { ElementChain } from "../media/codecs.ts";
import { deadline } from "../util/deadline.ts";
import { GstTimeoutError } from "../util/errors.ts";
import type { Frame } from "../gst/frame.ts";
import { missingHint } from "../gst/missing_element.ts";
import type { Pipeline } from "../pipeline.ts";
import { poll } from "../util/poll.ts";
import type { Orientation } from "../media/orientation.ts";
import { straightenerOf } from "../media/raw_video.ts";
import { rawVideoOf } from "../gst/video_info.ts";
import { hasElement } from "../gst/element_factory.ts";
import { framesUpTo, spanOf } from "../ringbuffer/frame_selection.ts";
import { PartFile } from "../storage/part_file.ts";
import { extensionOf } from "../media/containers.ts";
import { decodeLast } from "./encode/decoder.ts";
import { RecordBin } from "./encode/record_bin.ts";

/** Options of {@link VideoRecorder.snapshot}. */
export interface SnapshotOptions {
  /**
   * The instant, in seconds of the pipeline's running time. The last frame at or before it is written; if it has not arrived
   * yet, the call waits for it, up to a second. Defaults to the newest frame.
   */
  at?: number;
}

/** The report of a snapshot. */
export interface SnapshotReport {
  /** The image's path. */
  path: string;
  /** The running time of the frame in seconds. */
  time: number;
  /** The size of the file in bytes. */
  bytes: number;
  /** The wall-clock time of the frame. */
  takenAt: Date;
}

/** The source of the frames. */
export interface SnapshotSource {
  /** The pipeline whose running time is that of the frames. */
  pipeline: Pipeline;
  /** Returns the frames up to now in decode order; they stay the source's. */
  frames: () => readonly Frame[];
  /** How they must be turned to be upright. */
  orientation: () => Orientation | null;
}

/** JPEG has full range; videoconvert of 1.22 converts to it only from RGB (measured). */
const JPEG: ElementChain = {
  elements: ["jpegenc"],
  text: "video/x-raw,format=BGRx ! videoconvert ! video/x-raw,format=I420,colorimetry=1:4:0:0 ! " +
    "jpegenc quality=90",
};

/** The encoders of pictures, by extension. */
export const IMAGES: Record<string, ElementChain> = {
  ".jpg": JPEG,
  ".jpeg": JPEG,
  ".png": { elements: ["pngenc"], text: "pngenc" },
};

/** Seconds in which a frame must come whose time has passed. */
const ARRIVAL_SEC = 1;
/** Seconds for decoder and encoder. */
const WORK_SEC = 20;
/** Seconds for them to stop. */
const STOP_SEC = 2;

/** Writes one frame, as {@link VideoRecorder.snapshot} documents. */
export async function takeSnapshot(
  path: string,
  options: SnapshotOptions,
  source: SnapshotSource,
): Promise<SnapshotReport> {
  checkText("path", path);
  checkObject("options", options);
  imageBinText(path); // throws before the wait
  const frames = await chooseFrames(options.at, source);
  const epochMs = Date.now() - (source.pipeline.runningTimeSec ?? 0) * 1000;
  const work = writeFile(path, frames, source.orientation()).finally(() => {
    for (const frame of frames) frame.release();
  });
  const late = `${path} was not written in time: a decoder or an encoder does not stop`;
  const { timeNs, bytes } = await deadline(work, WORK_SEC + STOP_SEC, late);
  const time = nsToSec(timeNs);
  return { path, time, bytes, takenAt: new Date(epochMs + time * 1000) };
}

/**
 * Returns the text of the bin that writes a raw frame into a file of this name.
 *
 * @param isInstalled Returns whether an element is installed.
 * @param straightener The elements that make the frame progressive and upright.
 * @throws {RangeError} If the extension is not known; the message lists those that are.
 * @throws {GstError} If the encoder is not installed; the message names it.
 */
export function imageBinText(
  path: string,
  isInstalled: (element: string) => boolean = hasElement,
  straightener = "videoconvert",
): string {
  const extension = extensionOf(path);
  const encoder = Object.hasOwn(IMAGES, extension) ? IMAGES[extension] : undefined;
  if (encoder === undefined) {
    const known = Object.keys(IMAGES).join(", ");
    throw new RangeError(
      `No image format is known for "${path}": its name must end in one of ${known}`,
    );
  }
  const missing = encoder.elements.filter((element) => !isInstalled(element));
  if (missing.length > 0) {
    throw new GstError(
      `A ${extension} file needs elements that are not installed: ${missing.join(", ")}`,
      { hint: missing.map(missingHint).join("\n") },
    );
  }
  return `appsrc name=appsrc ! ${straightener} ! ${encoder.text} ! filesink name=filesink`;
}

/** Returns the frame of an instant, or the newest one, after those that it references. They are the caller's. */
async function chooseFrames(at: number | undefined, source: SnapshotSource): Promise<Frame[]> {
  if (at !== undefined) checkSec("at", at);
  let frames = source.frames();
  checkSpan(at, frames, source.pipeline);
  const atNs = at === undefined ? null : secToNs(at);
  if (atNs !== null) {
    const untilMs = performance.now() + ARRIVAL_SEC * 1000;
    await poll(untilMs, () => reaches(frames, atNs) || reaches(frames = source.frames(), atNs));
    // the ring has moved on meanwhile
    checkSpan(at, frames, source.pipeline);
  }
  return framesUpTo(frames, atNs).map((frame) => frame.retain());
}

/** Checks that there is a frame at an instant, or any at all. */
function checkSpan(at: number | undefined, frames: readonly Frame[], pipeline: Pipeline): void {
  const mediaType = frames[0]?.mediaType ?? "video/x-raw";
  if (!/^(video|image)\//.test(mediaType)) {
    throw new GstError(
      `Cannot take a snapshot of ${mediaType}, which the tee carries: it is not video`,
    );
  }
  const span = spanOf(frames);
  if (span === null) {
    throw new GstError(
      "The ring buffer has no frame yet that can be decoded: no frame, or no keyframe, has passed the tee",
    );
  }
  if (at === undefined) return;
  const first = nsToSec(span.firstNs);
  const last = nsToSec(span.lastNs);
  if (at >= first && at <= Math.max(last, pipeline.runningTimeSec ?? 0)) return;
  throw new RangeError(
    `at must be within what the ring buffer holds, from ${first} to ${last} s, got ${at}`,
  );
}

/** Returns whether no frame can come any more that is shown at or before an instant. */
function reaches(frames: readonly Frame[], atNs: bigint): boolean {
  const last = frames.findLast(({ dtsNs }) => dtsNs !== null);
  return last !== undefined && last.dtsNs! + (last.durationNs ?? 0n) > atNs;
}

/** Writes the last of the frames, under a temporary name until that is done. */
async function writeFile(
  path: string,
  frames: readonly Frame[],
  orientation: Orientation | null,
) {
  const untilMs = performance.now() + WORK_SEC * 1000;
  const file = await PartFile.reserve(path);
  try {
    const last = frames.at(-1)!;
    const isRaw = last.mediaType === "video/x-raw";
    const raw = isRaw ? last.retain() : await decodeLast(frames, untilMs);
    try {
      const straightener = straightenerOf(rawVideoOf(raw.capsHandle), orientation);
      await encode(raw, imageBinText(path, hasElement, straightener), file, untilMs);
    } finally {
      raw.release();
    }
    return { timeNs: raw.timeNs ?? last.timeNs!, bytes: file.commit() };
  } catch (error) {
    await file.remove();
    throw error;
  }
}

async function encode(frame: Frame, text: string, file: PartFile, untilMs: number): Promise<void> {
  class ImageBin extends RecordBin {
    static override readonly binString = text;
  }
  const { path, partPath: location } = file;
  const bin = new ImageBin({ path, location, tracks: [frame] });
  try {
    await bin.start();
    bin.write(frame);
    bin.endStream();
    if (await poll(untilMs, () => bin.isEnded())) return;
    throw new GstTimeoutError(`${path} was not written in time: the encoder hangs`);
  } finally {
    await bin.close();
  }
}
