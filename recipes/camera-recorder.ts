#!/usr/bin/env -S deno run -A
/**
 * Records clips of a network camera as the camera sends them, without decoding or encoding. Press Enter to record a clip;
 * without a terminal, each clip is recorded as soon as the ring is full.
 *
 *     deno run -A recipes/camera-recorder.ts rtsp://HOST/PATH [--out=FOLDER] [--window=5] [--clips=1]
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { formatTemplate, GstClosedError, Standalone, VideoRecorder } from "../mod.ts";
import { clipFolder, probe, requireFfprobe, sleep } from "./lib.ts";

/** Seconds to wait for the first frame. */
const FIRST_FRAME_SEC = 10;

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
const windowSizeSec = Number(args.window);

/** Waits for the first frame: the codec is not known before it. */
async function firstFrame({ pipeline }: Standalone): Promise<void> {
  const start = performance.now();
  while (pipeline.element("t1").caps("sink") === null) {
    if (performance.now() - start > FIRST_FRAME_SEC * 1000) {
      throw new Error(`no frame within ${FIRST_FRAME_SEC} s`);
    }
    await sleep(0.1);
  }
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
    }
    const recording = await recorder.record();
    console.log(await recording.finished);
  }
}

await requireFfprobe();
const folder = await clipFolder();
try {
  // over TCP, as each packet that UDP loses is a gap in a clip
  const description = formatTemplate(
    `
    rtspsrc
      location={url}
      protocols=tcp
      latency=200
      tcp-timeout=5000000
    ! application/x-rtp,media=video
    ! parsebin
    ! tee
      name=t1
    t1.
    ! fakesink
    `,
    { url },
  );
  await using app = await Standalone.buildAndRun(description, { background: true });
  await Promise.race([firstFrame(app), app.ended]);
  const recorder = new VideoRecorder({
    pipeline: app.pipeline,
    srcTeeName: "t1",
    filenameGenerator: () => `${folder}/${crypto.randomUUID()}.mp4`,
    windowSizeSec,
  });
  await record(recorder);
} catch (error) {
  const isOver = error instanceof GstClosedError;
  const reason = isOver ? "the camera's stream has ended" : (error as Error).message;
  console.error(`${new URL(url).host}: ${reason}`);
  Deno.exitCode = 1;
}
await probe(folder);
