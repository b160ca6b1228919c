/**
 * recipes/camera-recorder.ts: clips are complete and as the camera sends them, also when it goes away.
 */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { extname } from "@std/path/extname";
import { hasElement } from "../../mod.ts";
import { run } from "../../scripts/lib/run.ts";
import { sleep } from "../../scripts/lib/sleep.ts";
import {
  type Camera,
  cameraMissing,
  serveCamera,
  startCamera,
  tickingSound,
} from "../helpers/camera.ts";
import { decode, ffmpeg } from "../helpers/ffmpeg.ts";
import { readTimes } from "../helpers/ffprobe.ts";
import { fileNames } from "../helpers/file_names.ts";
import { FPS } from "../helpers/fps.ts";
import { runRecipe, startRecipe } from "../helpers/recipe.ts";
import { BOUND_SEC, recordClip, recorderOf, runLive } from "../helpers/recording.ts";
import { withoutWarning } from "../helpers/permissions.ts";
import { readBeeps } from "../helpers/sound.ts";
import { tempDir } from "../helpers/temp_dir.ts";
import { until } from "../helpers/wait.ts";

const FRAME_SEC = 1 / FPS;
/** Seconds by which the network and a busy machine may shift a frame. */
const JITTER_SEC = 1;
/** Seconds by which sound and picture may be apart: the network shifts them, and encoders delay sound. */
const STEP_SEC = 0.1;

/** A camera with a keyframe every second. */
interface Sender {
  /** Elements of an encoder. */
  encoder: string;
  payloader: string;
  /** Elements of an encoder of sound and its payloader. */
  sound?: string;
  /** The extension of its clips. */
  extension: string;
}

const X264 = "x264enc tune=zerolatency speed-preset=ultrafast key-int-max=30";
const CAMERAS: Record<string, Sender> = {
  "H.264 in slices, with parameter sets before each, and AAC": {
    encoder: `${X264} sliced-threads=true threads=2`,
    payloader: "rtph264pay config-interval=-1",
    sound: "avenc_aac ! rtpmp4gpay",
    extension: ".mp4",
  },
  "H.264 without a frame rate": {
    encoder: "openh264enc gop-size=30 ! h264parse",
    payloader: "rtph264pay",
    extension: ".mp4",
  },
  "H.265 and A-law": {
    encoder: "x265enc tune=zerolatency speed-preset=ultrafast key-int-max=30 ! h265parse",
    payloader: "rtph265pay",
    sound: "alawenc ! rtppcmapay",
    extension: ".mkv",
  },
  "MJPEG and mu-law": {
    encoder: "jpegenc",
    payloader: "rtpjpegpay",
    sound: "mulawenc ! rtppcmupay",
    extension: ".mkv",
  },
  "VP8 and Opus": {
    encoder: "vp8enc deadline=1 cpu-used=16 keyframe-max-dist=30",
    payloader: "rtpvp8pay",
    sound: "opusenc ! rtpopuspay",
    extension: ".webm",
  },
  "VP9 and AAC in LATM": {
    encoder: "vp9enc deadline=1 cpu-used=8 keyframe-max-dist=30",
    payloader: "rtpvp9pay",
    sound: "avenc_aac ! rtpmp4apay",
    extension: ".mp4",
  },
};

/** Video for ffmpeg that is bright in every other second. */
const FLASHES = `color=black:size=160x120:rate=${FPS},` +
  `geq=lum='if(mod(floor(N/${FPS}),2),200,30)+random(0)*20':cb=128:cr=128`;

/** Starts a camera that sends H.264 without a frame rate. */
function startUntimed(): Promise<Camera> {
  const { encoder, payloader } = CAMERAS["H.264 without a frame rate"]!;
  return startCamera(encoder, payloader);
}

const missing = cameraMissing();
if (missing !== null) console.log(`Skipped tests of cameras: ${missing}`);
const ignore = missing !== null;

/** A report as the recipe prints it. */
interface Printed {
  path: string;
  start: number;
  end: number;
  frames: number;
  dropped: number;
  requested: { start: number; end: number };
  shortfalls: string;
}

function readReports(stdout: string): Printed[] {
  return [...stdout.matchAll(/^\{\n[^]*?^\}$/gm)].map(([text]) => {
    const number = (name: string) => Number(text.match(`\\b${name}: ([\\d.]+)`)![1]);
    const [, start, end] = text.match(/requested: \{ start: ([-\d.]+), end: ([\d.]+) \}/)!;
    return {
      path: text.match(/path: "(.*)"/)![1]!,
      start: number("start"),
      end: number("end"),
      frames: number("frames"),
      dropped: number("dropped"),
      requested: { start: Number(start), end: Number(end) },
      shortfalls: text.match(/shortfalls: \[(.*)\]/)![1]!.trim(),
    };
  });
}

/** Checks that ffmpeg decodes all pictures without a warning, and that they are a run of those that the camera made. */
async function checkPictures({ path, frames }: Printed, wholePath?: string): Promise<void> {
  const pictures = await pictureHashes(path);
  assertEquals(pictures.length, frames, path);
  if (wholePath === undefined) return;
  // the camera was killed while it wrote this file
  const whole = (await pictureHashes(wholePath, "fatal")).join(" ");
  assert(whole.includes(pictures.join(" ")), `${path} has other pictures than ${wholePath}`);
}

async function pictureHashes(path: string, level = "warning"): Promise<string[]> {
  // in the file's own time base: in a coarser one, frames that the network delays get the same time
  const times = ["-fps_mode", "passthrough", "-enc_time_base", "-1"];
  const args = ["-v", level, "-i", path, "-map", "0:v", ...times, "-f", "framemd5", "-"];
  const { code, stdout, stderr } = await run("ffmpeg", args);
  // about JPEG in full range, of which cameras send no other, and without its last marker, which RTP may leave out (RFC 2435,
  // section 3.1.9); and the layout of one channel
  const complaints = stderr.replaceAll(
    /^.*(deprecated pixel format|EOI missing|Guessed Channel).*\n/gm,
    "",
  );
  assertEquals({ code, complaints }, { code: 0, complaints: "" }, path);
  return stdout.split("\n").filter((line) => /^\d/.test(line)).map((line) =>
    line.split(", ").at(-1)!
  );
}

/** Checks that each tick comes when the colors are inverted. */
async function checkSound(path: string): Promise<void> {
  const [times, { bytes }, ticks] = await Promise.all([
    readTimes(path),
    decode(path, ["-map", "0:v", "-fps_mode", "passthrough", "-f", "rawvideo", "-pix_fmt", "gray"]),
    readBeeps(path),
  ]);
  const isBright = (frame: number) => bytes[frame * 160 * 120]! > 128;
  const flips = times.filter((_, i) => i > 0 && isBright(i) !== isBright(i - 1));
  const inside = ticks.filter((time) => time > times[0]! + STEP_SEC && time < times.at(-1)!);
  assert(inside.length >= 2, `${path} has ${inside.length} ticks`);
  for (const tick of inside) {
    const offset = Math.min(...flips.map((flip) => Math.abs(flip - tick)));
    assert(offset < STEP_SEC, `${path}: picture and sound are ${offset} s out of step`);
  }
}

async function checkComplete(report: Printed): Promise<void> {
  const { path, start, end, requested, dropped, shortfalls } = report;
  const text = Deno.inspect(report);
  assertEquals({ dropped, shortfalls }, { dropped: 0, shortfalls: "" }, text);
  assert(start < requested.start + FRAME_SEC, `it starts late: ${text}`);
  assert(start > requested.start - 1 - JITTER_SEC, `it starts early: ${text}`);
  assert(end >= requested.end && end < requested.end + JITTER_SEC, `its end is off: ${text}`);
  const times = await readTimes(path);
  assertEquals(times.length, report.frames);
  for (const [i, time] of times.entries()) {
    const since = time - times[0]!;
    assert(Math.abs(since - i * FRAME_SEC) < JITTER_SEC, `frame ${i} is at ${time} s: ${text}`);
    assert(i === 0 || time > times[i - 1]!, `frame ${i} is at ${time} s: ${text}`);
  }
}

/** Records a clip with the recipe. */
async function recordOne(camera: Camera, folder: string): Promise<Printed> {
  const args = [camera.url, "--window=2", `--out=${folder}`];
  const { code, stdout, stderr } = await runRecipe("camera-recorder", args);
  const complaints = stderr.replaceAll(
    /^.*(Warning Permissions in|shorter than two groups).*\n/gm,
    "",
  );
  assertEquals({ code, complaints }, { code: 0, complaints: "" });
  return readReports(stdout)[0]!;
}

/** Records a clip of a camera, and checks it. */
async function checkSender(name: string, sender: Sender): Promise<void> {
  const { encoder, payloader, sound, extension } = sender;
  const element = encoder.split(" ")[0]!;
  if (!hasElement(element)) return console.log(`skipped ${name}: no ${element}`);
  await using dir = await tempDir();
  const wholePath = `${dir.path}/whole.mkv`;
  const options = { wholePath, ...sound !== undefined && { sound } };
  await using camera = await startCamera(encoder, payloader, options);
  const report = await recordOne(camera, `${dir.path}/clips`);
  camera.kill("SIGKILL");
  assertEquals(extname(report.path), extension);
  await checkComplete(report);
  await checkPictures(report, wholePath);
  if (sound !== undefined) await checkSound(report.path);
}

Deno.test({
  name: "camera-recorder.ts records video and sound of each codec without changing them",
  ignore,
  async fn() {
    const senders = Object.entries(CAMERAS);
    const check = async () => {
      for (let next = senders.shift(); next !== undefined; next = senders.shift()) {
        const [name, sender] = next;
        await checkSender(name, sender).catch((cause) => {
          throw new Error(`A camera with ${name}`, { cause });
        });
      }
    };
    // two cameras at once, so that pictures and sound leave in time on a small machine
    await Promise.all([check(), check()]);
  },
});

Deno.test({
  name: "camera-recorder.ts records MPEG-4 part 2 and AAC without changing them",
  ignore,
  async fn() {
    await using dir = await tempDir();
    const path = `${dir.path}/whole.mp4`;
    // avenc_mpeg4 sets no timestamps
    const encoder = ["-c:v", "mpeg4", "-g", String(FPS), "-q:v", "4"];
    await ffmpeg(["-f", "lavfi", "-i", FLASHES, "-t", "30", ...encoder, path]);
    await using camera = await serveCamera(
      `filesrc location="${path}" ! qtdemux ! mpeg4videoparse ! clocksync ` +
        // a packet for each picture, as cameras send them
        "! rtpmp4vpay name=pay0 pt=96 max-ptime=1 " + tickingSound("avenc_aac ! rtpmp4gpay", 1),
    );
    const report = await recordOne(camera, `${dir.path}/clips`);
    assertEquals(extname(report.path), ".mp4");
    await checkComplete(report);
    await checkPictures(report, path);
    await checkSound(report.path);
  },
});

/** Disturbs a camera one second into a clip, and returns the shortfalls that the recipe then reports. */
async function disturbed(disturb: (camera: Camera) => void): Promise<string> {
  await using dir = await tempDir();
  await using camera = await startUntimed();
  const args = [camera.url, "--window=3", `--out=${dir.path}`];
  const recipe = startRecipe("camera-recorder", args);
  const isWriting = () => fileNames(dir.path).some((name) => name.endsWith(".part"));
  await until("a clip is open", isWriting);
  await sleep(1);
  disturb(camera);
  const start = performance.now();
  const { stdout, stderr } = await recipe.result;
  const [report] = readReports(stdout);
  console.log(`finished ${Math.round(performance.now() - start)} ms later: ${report?.shortfalls}`);
  assert(report !== undefined, stderr);
  assert(performance.now() - start < BOUND_SEC * 1000);
  assert(report.end > report.requested.end - 3 && report.end < report.requested.end);
  await checkPictures(report);
  return report.shortfalls;
}

Deno.test({
  name: "camera-recorder.ts finishes the clip of a camera that goes away",
  ignore,
  async fn() {
    const shortfalls = await disturbed((camera) => camera.kill("SIGKILL"));
    // what the camera had not sent whole is missing
    assertMatch(shortfalls, /^"(end-of-stream|closed|source-stalled)"(, "frames-missing")?$/);
  },
});

Deno.test({
  name: "camera-recorder.ts finishes the clip of a camera that stalls",
  ignore,
  async fn() {
    assertEquals(await disturbed((camera) => camera.kill("SIGSTOP")), '"source-stalled"');
  },
});

Deno.test({
  name: "VideoRecorder keeps no more than its window of a camera without a frame rate",
  ignore,
  async fn() {
    await using dir = await tempDir();
    await using camera = await startUntimed();
    await using app = await runLive(
      `rtspsrc location=${camera.url} protocols=tcp latency=200 ! rtph264depay ! h264parse ! tee name=t t. ! fakesink`,
    );
    const recorder = recorderOf(app.pipeline, `${dir.path}/clip.mp4`, { windowSizeSec: 5 });
    const frames: number[] = [];
    const memory: number[] = [];
    for (let sec = 0; sec < 30; sec++) {
      await sleep(1);
      // the recorder's own timer drains the ring meanwhile
      if (sec % 10 !== 9) continue;
      frames.push(recorder.stats().frames);
      memory.push(Deno.memoryUsage().rss / 1e6);
    }
    console.log({ frames, memory });
    assert(frames.every((count) => count >= 5 / FRAME_SEC - 15 && count < 8 / FRAME_SEC));
    assert(memory.at(-1)! - memory[0]! < 10, "the memory grows");
    const { shortfalls, start, end, requested } = await recordClip(recorder);
    assertEquals(shortfalls, []);
    assert(start < requested.start + FRAME_SEC && end >= requested.end);
  },
});

Deno.test({
  name: "camera-recorder.ts prints why there is no clip",
  ignore,
  async fn() {
    await using dir = await tempDir();
    const record = (url: string) => runRecipe("camera-recorder", [url, `--out=${dir.path}`]);
    await using camera = await startUntimed();
    const { host } = new URL(camera.url);
    const wrongPath = await record(`${camera.url}2`);
    assertEquals(wrongPath.code, 1);
    const reason = `^${host}: .*Not found\\. .* \\(location=${camera.url}2\\)\n$`;
    assertMatch(withoutWarning(wrongPath.stderr), new RegExp(reason));
    const nobody = await record("rtsp://user:secret@127.0.0.1:1/ ! filesink location=clip");
    assertEquals(nobody.code, 1);
    assertStringIncludes(
      nobody.stderr,
      "127.0.0.1:1: /GstPipeline:pipeline0/GstRTSPSrc:camera: ",
    );
    assert(!nobody.stderr.includes("secret"));
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const silent = await record(`rtsp://127.0.0.1:${listener.addr.port}/camera`);
    assertEquals(silent.code, 1);
    assertStringIncludes(silent.stderr, "Could not read from resource");
    const noUrl = await record("camera");
    assertEquals(noUrl.code, 2);
    assertMatch(withoutWarning(noUrl.stderr), /^usage: /);
    assertEquals(fileNames(dir.path), []);
  },
});
