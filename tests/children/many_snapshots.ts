/**
 * Takes snapshots of a raw and an encoded ring, some of which fail, and shuts GStreamer down, so that its leak tracer
 * lists the objects that are alive.
 *
 *     deno run -A many_snapshots.ts FOLDER
 *
 * @module
 */
import { gst } from "../../ffi/gst.ts";
import { Standalone, VideoRecorder } from "../../mod.ts";
import { playFor } from "../helpers/wait.ts";

const [folder] = Deno.args;
const size = "video/x-raw,width=64,height=48,framerate=30/1";
{
  await using app = await Standalone.buildAndRun(
    `videotestsrc is-live=true ! ${size} ! tee name=raw raw. ! queue ! ` +
      "x264enc speed-preset=ultrafast bframes=2 b-adapt=false key-int-max=20 sync-lookahead=0 rc-lookahead=0 " +
      "! h264parse ! tee name=encoded encoded. ! fakesink",
    { background: true },
  );
  let count = 0;
  for (const srcTeeName of ["raw", "encoded"]) {
    const recorder = new VideoRecorder({
      pipeline: app.pipeline,
      srcTeeName,
      windowSizeSec: 1.5,
      filenameGenerator: () => `${folder}/never.mkv`,
    });
    await playFor(app.pipeline, 2);
    const at = app.pipeline.runningTimeSec! - 0.8;
    const calls = [".jpg", ".png", ".jpeg"].flatMap((extension) => [
      recorder.snapshot(`${folder}/${count++}${extension}`),
      recorder.snapshot(`${folder}/${count++}${extension}`, { at }),
    ]);
    await Promise.all(calls);
    await recorder.snapshot(`${folder}/0.jpg`).catch(() => {});
    await recorder.snapshot(`${folder}/a.jpg`, { at: 1e6 }).catch(() => {});
    await recorder.close();
  }
  console.log(`${count} snapshots`);
}
gst().gst_deinit();
