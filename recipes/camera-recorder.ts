#!/usr/bin/env -S deno run -A
/**
 * Records clips of a network camera, video and sound, as the camera sends them, without decoding or encoding. Press Enter to
 * record a clip; without a terminal, each clip is recorded as soon as the ring is full.
 *
 *     deno run -A recipes/camera-recorder.ts rtsp://HOST/PATH [--out=FOLDER] [--window=5] [--clips=1]
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { cameraSource, containersFor, GstClosedError, Standalone, VideoRecorder } from "../mod.ts";
import { clipFolder, probe, requireFfprobe, sleep } from "./lib.ts";

/** Seconds by which frames may come after their time. */
const DELAY_SEC = 1;
/** Seconds to wait for the first frame. */
const FIRST_FRAME_SEC = 10;
/** Containers by preference: the first one plays almost everywhere, the last one takes everything. */
const PREFERRED = [".mp4", ".webm", ".mkv"];

const args = parseArgs(Deno.args, {
  string: ["out", "window", "clips"],
  default: { window: "5", clips: "1" },
});
const url = String(args._[0] ?? "");
if (!URL.canParse(url) || !/^rtsps?:/.test(url)) {
  console.error(
    "usage: camera-recorder.ts rtsp://HOST/PATH [--out=FOLDER] [--window=5] [--clips=1]",
  );
  Deno.exit(2);
}
const { host } = new URL(url);
const windowSizeSec = Number(args.window);

/** Waits for the first frames of video and sound; returns the names of the tees that have got any in time. */
async function firstFrames({ pipeline, ended }: Standalone): Promise<string[]> {
  const names = pipeline.elementNames();
  const tees = ["video", "sound"].filter((name) => names.includes(name));
  const hasFrames = (name: string) => pipeline.element(name).caps("sink") !== null;
  const start = performance.now();
  const poll = async () => {
    const isOver = () => performance.now() - start > FIRST_FRAME_SEC * 1000;
    while (!tees.every(hasFrames) && !isOver()) await sleep(0.1);
  };
  // a pipeline that fails is closed, which says less than its error
  await Promise.race([poll().catch(() => ended), ended]);
  return tees.filter(hasFrames);
}

/** Records clips, one after another. */
async function record(recorder: VideoRecorder): Promise<void> {
  for (let clip = 0; clip < Number(args.clips); clip++) {
    if (Deno.stdin.isTerminal()) {
      console.log("Press Enter to record");
      await Deno.stdin.read(new Uint8Array(1024));
    } else {
      const isReady = () => recorder.stats().fillSec >= windowSizeSec;
      while (recorder.state === "buffering" && !isReady()) await sleep(0.1);
      await sleep(DELAY_SEC);
    }
    const recording = await recorder.record();
    console.log(await recording.finished);
  }
}

await requireFfprobe();
const folder = await clipFolder();
try {
  const description = await cameraSource(url, { sound: true }).pipeline();
  await using app = await Standalone.buildAndRun(description, { background: true });
  const tees = await firstFrames(app);
  if (!tees.includes("video")) throw new Error(`no frame within ${FIRST_FRAME_SEC} s`);
  const mediaTypes = tees.map((tee) => app.pipeline.element(tee).mediaType("sink")!);
  const possible = containersFor(mediaTypes);
  const container = PREFERRED.find((extension) => possible.includes(extension));
  if (container === undefined) throw new Error(`no container takes ${mediaTypes.join(" and ")}`);
  const recorder = new VideoRecorder({
    pipeline: app.pipeline,
    tracks: tees.map((tee) => ({ tee })),
    filenameGenerator: () => `${folder}/${crypto.randomUUID()}${container}`,
    windowSizeSec,
  });
  await record(recorder);
} catch (error) {
  const isOver = error instanceof GstClosedError;
  const reason = isOver ? "the camera's stream has ended" : (error as Error).message;
  console.error(`${host}: ${reason}`);
  Deno.exitCode = 1;
}
await probe(folder);
