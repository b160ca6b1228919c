/**
 * Clips of video whose pixels are not square.
 */
import { assertEquals } from "@std/assert";
import { EncodedRingBuffer } from "../../mod.ts";
import { hasChromium } from "../helpers/chromium.ts";
import { showInChromium } from "../helpers/color_picture.ts";
import { ffprobe } from "../helpers/ffprobe.ts";
import { recordClips, recorderOf, runLive } from "../helpers/recording.ts";
import { tempDir } from "../helpers/temp_dir.ts";
import { reached } from "../helpers/wait.ts";

/** PAL in 16:9, at a quarter of its size. */
const SOURCE = "videotestsrc is-live=true ! " +
  "video/x-raw,format=I420,width=180,height=144,pixel-aspect-ratio=64/45,framerate=10/1 ! tee name=raw " +
  "raw. ! queue ! fakesink raw. ! queue ! x264enc tune=zerolatency key-int-max=5 ! h264parse ! " +
  "tee name=encoded encoded. ! fakesink";

Deno.test("clips keep the pixel aspect ratio", async () => {
  await using dir = await tempDir();
  await using app = await runLive(SOURCE);
  const endings = [".mp4", ".webm", ".mkv", ".ts"];
  const recorders = [
    ...endings.map((ending) => ["raw", ending]),
    ["raw", "-ring.mp4"],
    ["encoded", ".mp4"],
    ["encoded", ".mkv"],
  ].map(([srcTeeName, ending]) =>
    recorderOf(app.pipeline, `${dir.path}/${srcTeeName}${ending}`, {
      srcTeeName: srcTeeName!,
      onWarning: () => {},
      ...ending === "-ring.mp4" ? { ringBufferClass: EncodedRingBuffer } : {},
    })
  );
  await reached(app.pipeline, 1);
  const paths = (await recordClips(recorders, { maxDelaySec: 20 })).map(({ path }) => path);
  for (const path of paths) {
    const { streams } = await ffprobe<{ streams: unknown[] }>(
      path,
      "stream=width,height,sample_aspect_ratio,display_aspect_ratio",
    );
    const [stream] = streams;
    assertEquals(
      stream,
      { width: 180, height: 144, sample_aspect_ratio: "64:45", display_aspect_ratio: "16:9" },
      path,
    );
  }
  if (!await hasChromium()) return;
  const played = paths.filter((path) => /\.(mp4|webm)$/.test(path));
  for (const [i, { width, height }] of (await showInChromium(played)).entries()) {
    assertEquals({ width, height }, { width: 256, height: 144 }, played[i]);
  }
});
