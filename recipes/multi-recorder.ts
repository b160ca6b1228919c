#!/usr/bin/env -S deno run -A
/**
 * Records two tees: 4 s starting at second 1 of the first (one call), 5 s starting at second 2 of the second (two calls,
 * a second apart).
 *
 *     deno run -A recipes/multi-recorder.ts [--out=FOLDER]
 *
 * @module
 */
import { MultiVideoRecorder, Standalone } from "../mod.ts";
import { clipFolder, probe, requireFfprobe, sleep } from "./lib.ts";

await requireFfprobe();
const folder = await clipFolder();
await using app = await Standalone.cliRun(
  `
  videotestsrc
  ! video/x-raw,framerate=30/1
  ! tee
    name=tee_0
  tee_0.
  ! fakesink

  videotestsrc
    pattern=ball
  ! video/x-raw,framerate=30/1
  ! tee
    name=tee_1
  tee_1.
  ! fakesink
  `,
  { background: true },
);
const recorder = new MultiVideoRecorder({
  pipeline: app.pipeline,
  srcTeePrefix: "tee",
  padNumberToFileSuffix: { 0: "first", 1: "second" },
  videoStorage: folder,
  timeoutSec: 0.1,
  windowSizeSec: 2,
});

await sleep(3);
await recorder.record(0, { maxDelaySec: 1 });
await sleep(1);
await recorder.record(1, { maxDelaySec: 1 });
await sleep(1);
await recorder.record(1, { maxDelaySec: 1 });
while (recorder.busy) await sleep(0.1);

await probe(folder);
