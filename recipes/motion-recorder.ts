#!/usr/bin/env -S deno run -A
/**
 * Records motion, beginning before it. Small grey copies of the frames are compared in JavaScript.
 *
 *     deno run -A recipes/motion-recorder.ts [SOURCE] [--out=FOLDER] [--window=2] [--share=0.002]
 *
 * SOURCE is the start of a pipeline, such as v4l2src. Without it, the recipe plays a still picture with a ball from second
 * 3 to 3.5 and from 8 to 9. `--share` is the part of the picture that counts as motion once it changes.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { join } from "@std/path/join";
import {
  AppSink,
  type FrameData,
  type Pipeline,
  type Recording,
  Standalone,
  VideoRecorder,
} from "../mod.ts";
import { clipFolder } from "./lib.ts";

/** Seconds by which the comparison can be late: the ring reaches back further by that. */
const LATE_SEC = 2;
/** The change of a pixel, of 255, that is no more than noise. */
const NOISE = 24;

/** Patterns of the test picture, each with its number of frames at 30 frames/s. */
const SCENES: [pattern: string, frames: number][] = [
  ["smpte75", 90],
  ["ball", 15],
  ["smpte75", 135],
  ["ball", 30],
  ["smpte75", 90],
];

/** Returns a source that plays the scenes, one after another. */
function demo(): string {
  const scenes = SCENES.map(([pattern, frames]) =>
    `videotestsrc pattern=${pattern} num-buffers=${frames} ! ` +
    "video/x-raw,format=I420,width=320,height=180,framerate=30/1 ! scenes."
  );
  return `${scenes.join("\n")}\nconcat name=scenes`;
}

/** Returns which part of a grey picture has changed, from 0 to 1. */
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
  console.error(`--share must be above 0 and at most 1, not "${args.share}"`);
  Deno.exit(2);
}
const folder = await clipFolder();

/** Adds a recorder whose ring reaches back further than its clips do. */
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
    // frames pass the tee on the way to playing, as the queue fills: they belong into the ring, too
    beforeStart: (pipeline) => recorder = arm(pipeline),
  },
);

/** The clips so far. */
const clips = new Set<Recording>();

/** Records around an instant, or extends the clip that is open. */
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
  // the comparison may be late: the clip is that of a call at the time of the frame
  if (hasMoved && frame.runningTimeSec !== null) {
    record(frame.runningTimeSec).catch((error) => console.error(error.message));
  }
  before = frame;
}
await Promise.all([...clips].map(({ finished }) => finished));
