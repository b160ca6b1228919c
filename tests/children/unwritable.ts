/**
 * Records into a folder that becomes unwritable in the middle of a clip, and prints the results as JSON. Root can write
 * to any folder, so run it as another user.
 *
 *     deno run -A unwritable.ts FOLDER
 *
 * @module
 */
import { RecordingError, recoverClips, Standalone, VideoRecorder } from "../../mod.ts";
import { sleep } from "../../scripts/lib/sleep.ts";

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
await sleep(0.5);

/** Records a clip; resolves with its shortfalls, or with the message and the path of an error. */
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
