#!/usr/bin/env -S deno run -A
/**
 * Records two clips of one tee: 5 s starting at second 1 (two calls, a second apart), 4 s starting at second 7 (one call).
 *
 *     deno run -A recipes/single-recorder.ts [--out=FOLDER]
 *
 * @module
 */
import { Standalone, VideoRecorder } from "../mod.ts";
import { clipFolder, probe, requireFfprobe, sleep } from "./lib.ts";

await requireFfprobe();
const folder = await clipFolder();
await using app = await Standalone.buildAndRun(
  `
  videotestsrc
    pattern=ball
  ! video/x-raw,framerate=30/1
  ! tee
    name=t1
  t1.
  ! fakesink
  `,
  { background: true },
);
const recorder = new VideoRecorder({
  pipeline: app.pipeline,
  srcTeeName: "t1",
  filenameGenerator: () => `${folder}/${crypto.randomUUID()}.webm`,
  timeoutSec: 0.1,
  windowSizeSec: 2,
});

await sleep(3);
await recorder.record(); // starts at 3 - 2 = 1
await sleep(1);
await recorder.record(); // extends the same clip by one second
await sleep(2 + 2 + 1); // until after its end
const recording = await recorder.record();
await recording.finished;

await probe(folder);
