/**
 * Opens clips, says so, and ends in the middle of them: `interrupted.ts END FOLDER RECORDERS [EXIT_SEC]`. END is a signal
 * that somebody sends, or how it ends by itself. It tells how many frames have come all the while.
 */
import { RecordBin, Standalone, VideoRecorder } from "../../mod.ts";

const [end, folder, recorders, exitSec] = Deno.args;

function sleep(sec: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, sec * 1000));
}

/** Takes longer for a frame than anybody waits. */
class HangingBin extends RecordBin {
  static override readonly binString: string =
    "appsrc name=appsrc ! identity sleep-time=600000000 ! videoconvert ! vp8enc ! webmmux ! filesink name=filesink";
}

const app = await Standalone.buildAndRun(
  "videotestsrc is-live=true ! video/x-raw,width=64,height=48,framerate=30/1 ! tee name=t t. ! fakesink name=seen",
  { background: true },
);
const all = Array.from(
  { length: Number(recorders) },
  (_, i) =>
    new VideoRecorder({
      pipeline: app.pipeline,
      srcTeeName: "t",
      filenameGenerator: () => `${folder}/${end}-${i}${i % 2 ? ".mkv" : ".webm"}`,
      windowSizeSec: 60,
      // a busy machine may need more than the 2 seconds that they get unless told
      exitTimeoutSec: Number(exitSec ?? 20),
      ...(exitSec !== undefined && i === 0 && { recordBinClass: HangingBin }),
    }),
);
const seen = app.pipeline.element("seen");
let isEnding = false;
for (const recorder of all) {
  const close = recorder.close.bind(recorder);
  recorder.close = () => {
    isEnding = true;
    return close();
  };
}
/** Tells the number of frames that have come, as long as all of them belong into the clips. */
function tell(): void {
  if (isEnding) return;
  console.log(/rendered=\S+/.exec(String(seen.getProperty("stats")))![0]);
}

await sleep(0.5);
await Promise.all(all.map((recorder) => recorder.record({ maxDelaySec: 20 })));
await sleep(0.5);
setInterval(tell, 10);
tell();
console.log("recording");
if (end === "throw") throw new Error("uncaught on purpose");
if (end === "reject") Promise.reject(new Error("unhandled on purpose"));
if (end === "exit") Deno.exit(7);
await sleep(60);
