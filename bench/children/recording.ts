/**
 * Records clips at once, and tells when that begins and ends; then waits to be killed.
 *
 *     deno run -A recording.ts '{"source": "...", "elements": "...", "clips": 4, "sec": 3, "folder": "/tmp/x"}'
 *
 * @module
 */
import { RecordBin, Standalone, VideoRecorder } from "../../mod.ts";

/** What to record. */
export interface RecordingOptions {
  /** Pipeline text of a live picture. */
  source: string;
  /** Elements between the source and the file. */
  elements: string;
  clips: number;
  /** Seconds of each clip, all after the call. */
  sec: number;
  folder: string;
}

if (import.meta.main) {
  const { source, elements, clips, sec, folder }: RecordingOptions = JSON.parse(Deno.args[0]!);
  class Bin extends RecordBin {
    static override readonly binString =
      `appsrc name=appsrc ! ${elements} ! filesink name=filesink buffer-mode=unbuffered`;
  }
  const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
  const app = await Standalone.buildAndRun(`${source} ! tee name=t t. ! fakesink async=false`, {
    background: true,
  });
  const recorders = Array.from({ length: clips }, () =>
    new VideoRecorder({
      pipeline: app.pipeline,
      srcTeeName: "t",
      filenameGenerator: () => `${folder}/${crypto.randomUUID()}.mp4`,
      windowSizeSec: 1,
      recordBinClass: Bin,
    }));
  await sleep(1500);
  console.log("ready");
  await sleep(100); // for the one who looks
  const recordings = await Promise.all(
    recorders.map((recorder) => recorder.record({ beforeSec: 0, afterSec: sec })),
  );
  const reports = await Promise.all(recordings.map(({ finished }) => finished));
  const frames = reports.reduce((sum, report) => sum + report.frames, 0);
  console.log(`finished ${frames}.`);
  await app.ended;
}
