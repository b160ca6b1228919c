/**
 * Records several clips at once, prints when that begins and ends, and waits to be killed.
 *
 *     deno run -A recording.ts '{"source": "...", "elements": "...", "clips": 4, "sec": 3, "folder": "/tmp/x"}'
 *
 * @module
 */
import { RecordBin, Standalone, VideoRecorder } from "../../mod.ts";
import { sleep } from "../../scripts/lib/sleep.ts";

/** What to record. */
export interface RecordingOptions {
  /** Pipeline text of a live source. */
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
  const record = async (sec: number) => {
    const recordings = await Promise.all(
      recorders.map((recorder) => recorder.record({ beforeSec: 0, afterSec: sec })),
    );
    const reports = await Promise.all(recordings.map(({ finished }) => finished));
    return reports.reduce((sum, { frames }) => sum + frames, 0);
  };
  await sleep(1);
  await record(0.3); // loads the plugins, which gst-launch-1.0 has done when it begins to play
  await sleep(1);
  console.log("ready");
  await sleep(0.1); // until the observer has read that
  console.log(`finished ${await record(sec)}.`);
  await app.ended;
}
