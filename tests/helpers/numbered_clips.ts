/**
 * Clips of every container and codec, whose pictures show their numbers.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { type RecordingReport, VideoRecorder } from "../../mod.ts";
import { writeNumberedSource } from "./numbered.ts";
import { runLive } from "./recording.ts";
import { reached } from "./wait.ts";

const WINDOW_SEC = 1.5;
/** The extensions of clips of raw video. */
const RAW = [".webm", ".mkv", ".mp4", ".mov", ".ts"];
/** The extensions of clips of H.265. */
const H265 = [".mkv", ".mp4", ".mov", ".ts"];

/** A clip, and what is in it. */
export interface NumberedClip {
  report: RecordingReport;
  video: "VP8" | "H.264" | "H.265";
  /** Whether it has sound. */
  sound: boolean;
}

/** Records a clip of each container and codec, with sound and without. */
export async function recordNumberedClips(folder: string): Promise<NumberedClip[]> {
  const source = await writeNumberedSource(folder, 30, { teeName: "raw" });
  await using app = await runLive(
    `${source} raw. ! fakesink async=false raw. ! queue ! x265enc tune=zerolatency speed-preset=ultrafast ` +
      "key-int-max=15 ! h265parse ! tee name=h265 h265. ! fakesink async=false audiotestsrc is-live=true " +
      "wave=ticks ! audio/x-raw,rate=48000,channels=1 ! tee name=sound sound. ! fakesink async=false",
  );
  const start = (video: string, extension: string, sound: boolean) => {
    const path = `${folder}/${video}${sound ? "-sound" : ""}${extension}`;
    const tees = sound ? [video, "sound"] : [video];
    const recorder = new VideoRecorder({
      pipeline: app.pipeline,
      tracks: tees.map((tee) => ({ tee })),
      filenameGenerator: () => path,
      windowSizeSec: WINDOW_SEC,
      startAtZero: true,
      onWarning: () => {},
    });
    const codec = video === "h265" ? "H.265" : extension === ".webm" ? "VP8" : "H.264";
    return { recorder, sound, video: codec } as const;
  };
  const all = [false, true].flatMap((sound) => [
    ...RAW.map((extension) => start("raw", extension, sound)),
    ...H265.map((extension) => start("h265", extension, sound)),
  ]);
  await reached(app.pipeline, 3);
  const recordings = await Promise.all(
    all.map(({ recorder }) => recorder.record({ maxDelaySec: 20 })),
  );
  return await Promise.all(all.map(async ({ sound, video }, i): Promise<NumberedClip> => {
    const report = await recordings[i]!.finished;
    assertEquals(report.shortfalls, [], report.path);
    return { report, sound, video };
  }));
}
