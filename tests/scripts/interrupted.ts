/**
 * Opens clips, says so, and ends in the middle of them: `interrupted.ts END FOLDER RECORDERS`.
 */
import { Standalone, VideoRecorder } from "../../mod.ts";

const [end, folder, recorders] = Deno.args;

function sleep(sec: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, sec * 1000));
}

const app = await Standalone.buildAndRun(
  "videotestsrc is-live=true ! video/x-raw,width=160,height=120,framerate=30/1 ! tee name=t t. ! fakesink",
  { background: true },
);
const all = Array.from(
  { length: Number(recorders) },
  (_, i) =>
    new VideoRecorder({
      pipeline: app.pipeline,
      srcTeeName: "t",
      filenameGenerator: () => `${folder}/${end}-${i}.webm`,
      windowSizeSec: 2,
    }),
);
await sleep(1);
await Promise.all(all.map((recorder) => recorder.record()));
await sleep(1);
console.log("recording");
if (end === "throw") throw new Error("uncaught on purpose");
if (end === "reject") Promise.reject(new Error("unhandled on purpose"));
if (end === "exit") Deno.exit(7);
await sleep(60);
