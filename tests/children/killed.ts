/**
 * Records numbered frames into each container until it is killed, and prints the position of the stream all the time.
 *
 *     deno run -A killed.ts FOLDER NUMBERED_FILE
 *
 * @module
 */
import { Standalone, VideoRecorder } from "../../mod.ts";
import { CLIP_EXTENSIONS } from "../helpers/killed.ts";
import { numberedSource } from "../helpers/numbered.ts";

const [folder, path] = Deno.args;
const source = numberedSource({ path: path!, teeName: "raw" });
const app = await Standalone.buildAndRun(
  `${source} raw. ! queue ! x264enc tune=zerolatency key-int-max=15 ! h264parse ! tee name=h264 h264. ! fakesink`,
  { background: true },
);
const recordings = CLIP_EXTENSIONS.map((extension) => {
  const recorder = new VideoRecorder({
    pipeline: app.pipeline,
    srcTeeName: extension === ".webm" ? "raw" : "h264",
    windowSizeSec: 10,
    onWarning: () => {},
    filenameGenerator: () => `${folder}/clip${extension}`,
  });
  return recorder.record({ maxDelaySec: 10 });
});
await Promise.all(recordings);
setInterval(() => console.log(`at ${app.pipeline.positionSec}`), 10);
