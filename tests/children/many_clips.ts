/**
 * Records twelve clips a round, some of which fail; prints the process's resources after each round, as JSON, and shuts
 * GStreamer down, so that its leak tracer lists the objects that are alive. With 0 rounds it leaks a pipeline.
 *
 *     deno run -A --v8-flags=--expose-gc many_clips.ts FOLDER ROUNDS
 *
 * @module
 */
import { gst } from "../../ffi/gst.ts";
import {
  Pipeline,
  RecordBin,
  RingBuffer,
  Standalone,
  VideoRecorder,
  type VideoRecorderOptions,
} from "../../mod.ts";
import { sleep } from "../../scripts/lib/sleep.ts";
import { recordClip } from "../helpers/recording.ts";
import { measureResources } from "../helpers/resources.ts";

const [folder, rounds] = [Deno.args[0]!, Number(Deno.args[1])];

class FailingBin extends RecordBin {
  static override readonly binString: string = "appsrc name=appsrc ! identity error-after=3 " +
    "! videoconvert ! vp8enc deadline=1 ! webmmux ! filesink name=filesink";
}

class WrongBin extends RecordBin {
  static override readonly binString: string = "appsrc name=appsrc ! nosuchelement";
}

class QueueRing extends RingBuffer {
  static override readonly binString: string =
    "queue name=ringbuffer_input_queue ! videoconvert ! video/x-raw,format=RGB ! appsink name=ringbuffer_appsink";
}

/** The clips of a round. Only those marked may fail. */
const KINDS: {
  file: string;
  fails?: true;
  waitSec?: number;
  options?: Partial<VideoRecorderOptions>;
}[] = [
  { file: "a.webm" },
  { file: "a.mkv" },
  { file: "a.mp4" },
  { file: "b.webm", options: { ringBufferClass: QueueRing } },
  { file: "c.webm" },
  { file: "d.mkv", options: { tracks: [{ tee: "t" }, { tee: "a" }] } },
  { file: "e.mp4", waitSec: 0.5, options: { srcTeeName: "h", exactStart: true, onWarning() {} } },
  { file: "d.webm", options: { recordBinClass: FailingBin }, fails: true },
  { file: "e.webm", options: { recordBinClass: WrongBin }, fails: true },
  { file: "f.avi", fails: true },
  { file: "../../../../proc/none/g.webm", fails: true },
  { file: "taken.webm", fails: true },
];

const app = await Standalone.buildAndRun(
  "videotestsrc is-live=true ! video/x-raw,format=I420,width=320,height=240,framerate=30/1 ! tee name=t t. ! queue ! fakesink " +
    "t. ! queue ! x264enc tune=zerolatency key-int-max=6 ! h264parse ! tee name=h h. ! fakesink " +
    "audiotestsrc is-live=true ! tee name=a a. ! fakesink",
  { background: true },
);
let clips = 0;
for (let round = 0; round < rounds; round++) {
  const target = `${folder}/${round}`;
  await Deno.mkdir(target);
  await Deno.writeTextFile(`${target}/taken.webm`, "");
  await Promise.all(KINDS.map(async ({ file, fails, waitSec = 0, options }) => {
    await using recorder = new VideoRecorder({
      pipeline: app.pipeline,
      ...(options?.tracks === undefined && { srcTeeName: "t" }),
      windowSizeSec: 0.2,
      filenameGenerator: () => `${target}/${file}`,
      ...options,
    });
    await sleep(waitSec);
    const error = await recordClip(recorder, { maxDelaySec: 10 })
      .then(() => undefined, (error) => error);
    if ((error !== undefined) !== (fails ?? false)) throw new Error(file, { cause: error });
    clips++;
  }));
  console.log(JSON.stringify({ clips, ...measureResources() }));
}
await app.stop();
if (rounds === 0) Pipeline.parse("fakesrc ! fakesink");
gst().gst_deinit();
