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
import {
  containersFor,
  formatTemplate,
  GstClosedError,
  Standalone,
  VideoRecorder,
} from "../mod.ts";
import { clipFolder, probe, requireFfprobe, sleep } from "./lib.ts";

/** Seconds by which frames may come after their time. */
const DELAY_SEC = 1;
/** Seconds to wait for the first frame. */
const FIRST_FRAME_SEC = 10;
const SILENT = `no frame within ${FIRST_FRAME_SEC} s`;

/**
 * The elements that take video out of RTP packets, by the name of its encoding there. The depayloader knows where a picture
 * ends; the parser reads what the muxer needs.
 */
const VIDEO: Record<string, string> = {
  "H264": "rtph264depay ! h264parse",
  "H265": "rtph265depay ! h265parse",
  "JPEG": "rtpjpegdepay ! jpegparse",
  "MP4V-ES": "rtpmp4vdepay ! mpeg4videoparse",
  "VP8": "rtpvp8depay",
  "VP9": "rtpvp9depay ! vp9parse",
};

/** The same for sound. */
const SOUND: Record<string, string> = {
  "MPEG4-GENERIC": "rtpmp4gdepay ! aacparse",
  "MP4A-LATM": "rtpmp4adepay ! aacparse",
  "OPUS": "rtpopusdepay ! opusparse",
  "PCMU": "rtppcmudepay",
  "PCMA": "rtppcmadepay",
};

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

/** The source; over TCP, as each packet that UDP loses is a gap in a clip. */
const camera = formatTemplate(
  "rtspsrc name=camera location={url} protocols=tcp latency=200 tcp-timeout=5000000",
  { url },
);

/** Waits for the first frames of elements; returns the names of those that have got any in time. */
async function firstFrames({ pipeline, ended }: Standalone, names: string[]): Promise<string[]> {
  const start = performance.now();
  const hasFrames = (name: string) => pipeline.element(name).caps("sink") !== null;
  const poll = async () => {
    const isOver = () => performance.now() - start > FIRST_FRAME_SEC * 1000;
    while (!names.every(hasFrames) && !isOver()) await sleep(0.1);
  };
  // a pipeline that fails is closed, which says less than its error
  await Promise.race([poll().catch(() => ended), ended]);
  return names.filter(hasFrames);
}

/** Connects to the camera for a moment; returns the names of the encodings that it offers. */
async function offeredEncodings(): Promise<string[]> {
  const sink = (media: string) =>
    `camera. ! application/x-rtp,media=${media} ! fakesink name=${media} async=false`;
  const description = [camera, sink("video"), sink("audio")].join("\n");
  await using app = await Standalone.buildAndRun(description, { background: true });
  if ((await firstFrames(app, ["video"])).length === 0) throw new Error(SILENT);
  const { pipeline } = app;
  // rtspsrc has a session for each stream, whose caps are from the camera's description of itself
  const sessions = pipeline.elementNames().map((name) => pipeline.element(name))
    .filter(({ factoryName }) => factoryName === "rtpsession");
  const caps = sessions.map((session) => session.caps("recv_rtp_sink") ?? "");
  return caps.flatMap((text) => /encoding-name=\(string\)([^,]+)/.exec(text)?.[1] ?? []);
}

/** Returns the branch of a stream from the camera to a tee. */
function branch(encoding: string, elements: string, tee: string): string {
  return `camera. ! application/x-rtp,encoding-name=${encoding} ! ${elements} ! tee name=${tee} ` +
    `${tee}. ! fakesink`;
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
  const offered = await offeredEncodings();
  console.log(`${host} offers ${offered.join(", ")}`);
  const video = offered.find((name) => VIDEO[name] !== undefined);
  const sound = offered.find((name) => SOUND[name] !== undefined);
  if (video === undefined) throw new Error(`no video in ${Object.keys(VIDEO).join(", ")}`);
  const branches = [branch(video, VIDEO[video]!, "video")];
  if (sound !== undefined) branches.push(branch(sound, SOUND[sound]!, "sound"));

  const description = [camera, ...branches].join("\n");
  await using app = await Standalone.buildAndRun(description, { background: true });
  // a camera may offer sound and send none
  const tees = await firstFrames(app, sound === undefined ? ["video"] : ["video", "sound"]);
  if (!tees.includes("video")) throw new Error(SILENT);
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
