#!/usr/bin/env -S deno run -A
/**
 * Records video and audio into one file, in sync: 4 s around a call at second 3.
 *
 *     deno run -A recipes/audio-video.ts [--out=FOLDER]
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
    is-live=true
    pattern=ball
  ! video/x-raw,framerate=30/1
  ! tee
    name=video
  video.
  ! queue
  ! fakesink

  audiotestsrc
    is-live=true
    wave=ticks
  ! tee
    name=sound
  sound.
  ! queue
  ! fakesink
  `,
  { background: true },
);
const recorder = new VideoRecorder({
  pipeline: app.pipeline,
  tracks: [{ tee: "video" }, { tee: "sound" }],
  filenameGenerator: () => `${folder}/${crypto.randomUUID()}.mp4`,
  windowSizeSec: 2,
});

await sleep(3);
const recording = await recorder.record();
const { tracks } = await recording.finished;
for (const { tee, start, end } of tracks!) console.log({ tee, start, end });

await probe(folder);
