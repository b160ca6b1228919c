#!/usr/bin/env -S deno run -A
/**
 * Records when something moves, from before it moved. Small grey copies of the frames are compared in JavaScript.
 *
 *     deno run -A recipes/motion-recorder.ts [SOURCE] [--out=FOLDER] [--window=2] [--share=0.002]
 *
 * SOURCE is the text of a pipeline's beginning, such as v4l2src. Without it, a still picture is shown, with a ball from
 * second 3 to 3.5 and from 8 to 9. `--share` is the part of the picture that has to change.
 *
 * @module
 */
import { parseArgs } from "@std/cli";
import { join } from "@std/path";
import {
  AppSink,
  type FrameData,
  type Pipeline,
  type Recording,
  Standalone,
  VideoRecorder,
} from "../mod.ts";
import { clipFolder } from "./lib.ts";

/** Seconds by which the comparison may be late: the ring reaches back that much further than clips do. */
const LATE_SEC = 2;
/** How much a pixel has to change, of 255; less is noise. */
const NOISE = 24;

/** Patterns of a test picture, each with the number of frames that it is shown, 30 a second. */
const SCENES: [pattern: string, frames: number][] = [
  ["smpte75", 90],
  ["ball", 15],
  ["smpte75", 135],
  ["ball", 30],
  ["smpte75", 90],
];

/** The scenes, one after another. */
function demo(): string {
  const scenes = SCENES.map(([pattern, frames]) =>
    `videotestsrc pattern=${pattern} num-buffers=${frames} ! ` +
    "video/x-raw,format=I420,width=320,height=180,framerate=30/1 ! scenes."
  );
  return `${scenes.join("\n")}\nconcat name=scenes`;
}

/** Which part of a grey picture has changed, from 0 to 1. */
function changed(before: FrameData, { bytes, video }: FrameData): number {
  const { width, height, planes: [plane] } = video!;
  let pixels = 0;
  for (let y = 0; y < height; y++) {
    const line = plane!.offset + y * plane!.stride;
    for (let at = line; at < line + width; at++) {
      if (Math.abs(bytes[at]! - before.bytes[at]!) > NOISE) pixels++;
    }
  }
  return pixels / (width * height);
}

const args = parseArgs(Deno.args, {
  string: ["out", "window", "share"],
  default: { window: "2", share: "0.002" },
});
const windowSec = Number(args.window);
const share = Number(args.share);
if (!(share > 0 && share <= 1)) {
  console.error(`--share is above 0 and at most 1, not "${args.share}"`);
  Deno.exit(2);
}
const folder = await clipFolder();

/** A recorder with clips of the window's length, whose ring reaches back further. */
function arm(pipeline: Pipeline): VideoRecorder {
  return new VideoRecorder({
    pipeline,
    srcTeeName: "t1",
    filenameGenerator: () => join(folder, `${crypto.randomUUID()}.webm`),
    windowSizeSec: windowSec + LATE_SEC,
  });
}

let recorder!: VideoRecorder;
await using app = await Standalone.buildAndRun(
  `
  ${args._[0] ?? demo()}
  ! tee
    name=t1
  t1.
  ! queue
  ! videoconvert
  ! videoscale
  ! video/x-raw,format=GRAY8,width=80,height=45
  ! appsink
    name=small
  `,
  {
    background: true,
    // a queue fills up on the way to playing: what goes through the tee by then belongs into the ring, too
    beforeStart: (pipeline) => recorder = arm(pipeline),
  },
);

/** Clips that were announced. */
const clips = new Set<Recording>();

/** Records around an instant, or makes the clip that is open longer. */
async function record(at: number): Promise<void> {
  const clip = await recorder.record({ at, beforeSec: windowSec, afterSec: windowSec });
  if (clips.has(clip)) return;
  clips.add(clip);
  console.log(`motion at ${at.toFixed(3)} s`);
  const { path, start, end, frames } = await clip.finished;
  console.log(`${path}: ${start.toFixed(3)} to ${end.toFixed(3)} s, ${frames} frames`);
}

const { pipeline } = app;
const frames = new AppSink({ pipeline, name: "small", maxFrames: 30 * LATE_SEC });
let before: FrameData | undefined;
for await (const frame of frames) {
  const hasMoved = before !== undefined && changed(before, frame) >= share;
  // the frame may be some time ago: the clip starts as if it had been recorded then
  if (hasMoved && frame.runningTimeSec !== null) {
    record(frame.runningTimeSec).catch((error) => console.error(error.message));
  }
  before = frame;
}
await Promise.all([...clips].map(({ finished }) => finished));
