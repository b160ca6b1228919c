/**
 * Records into a folder that becomes unwritable in the middle of a clip, and tells what comes of it:
 * `unwritable.ts FOLDER`. Root could write nevertheless.
 */
import { RecordingError, recoverClips, Standalone, VideoRecorder } from "../../mod.ts";

const folder = Deno.args[0]!;
let clips = 0;
await using app = await Standalone.buildAndRun(
  "videotestsrc is-live=true ! video/x-raw,width=64,height=48,framerate=30/1 ! tee name=t t. ! fakesink",
  { background: true },
);
await using recorder = new VideoRecorder({
  pipeline: app.pipeline,
  srcTeeName: "t",
  windowSizeSec: 0.3,
  filenameGenerator: () => `${folder}/${++clips}.webm`,
});
await new Promise((resolve) => setTimeout(resolve, 500));

/** The clip's shortfalls, or why it failed. */
async function record(meanwhile: () => void = () => {}): Promise<string[]> {
  try {
    const { finished } = await recorder.record();
    meanwhile();
    return (await finished).shortfalls;
  } catch (error) {
    if (!(error instanceof RecordingError)) throw error;
    return [error.message, String(error.partPath)];
  }
}

const cut = await record(() => Deno.chmodSync(folder, 0o555));
const refused = await record();
Deno.chmodSync(folder, 0o755);
const next = await record();
const { recovered, left } = await recoverClips(folder);
console.log(JSON.stringify({
  ...{ state: app.pipeline.state, cut, refused, next },
  ...{ recovered: recovered.map(({ path }) => path), left: left.length },
}));
