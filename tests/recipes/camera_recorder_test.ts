/**
 * recipes/camera-recorder.ts: clips are complete and as the camera sends them, also when it goes away.
 */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { hasElement } from "../../mod.ts";
import { run } from "../../scripts/lib/run.ts";
import { sleep } from "../../scripts/lib/sleep.ts";
import { type Camera, cameraMissing, startCamera } from "../helpers/camera.ts";
import { probeClip, readTimes } from "../helpers/ffprobe.ts";
import { fileNames } from "../helpers/file_names.ts";
import { FPS } from "../helpers/fps.ts";
import { runRecipe, startRecipe } from "../helpers/recipe.ts";
import { BOUND_SEC, recordClip, recorderOf, runLive } from "../helpers/recording.ts";
import { withoutWarning } from "../helpers/permissions.ts";
import { tempDir } from "../helpers/temp_dir.ts";
import { until } from "../helpers/wait.ts";

const FRAME_SEC = 1 / FPS;
/** Seconds by which the network and a busy machine may shift a frame. */
const JITTER_SEC = 1;

/** Cameras with a keyframe every second. */
const CAMERAS: Record<string, string> = {
  "H.264": "x264enc tune=zerolatency speed-preset=ultrafast key-int-max=30 ! rtph264pay",
  "H.264 without a frame rate": "openh264enc gop-size=30 ! rtph264pay",
  "H.265": "x265enc tune=zerolatency speed-preset=ultrafast key-int-max=30 ! rtph265pay",
};
const UNTIMED = CAMERAS["H.264 without a frame rate"]!;

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

/** Checks that ffmpeg decodes all frames without a warning. */
async function checkPlays({ path, frames }: Printed): Promise<void> {
  assertEquals((await probeClip(path)).frames, frames, path);
  // in the file's own time base: in a coarser one, frames that the network delays get the same time
  const times = ["-fps_mode", "passthrough", "-enc_time_base", "-1"];
  const args = ["-v", "warning", "-i", path, ...times, "-f", "rawvideo", "-y"];
  const { code, stderr } = await run("ffmpeg", [...args, "/dev/null"]);
  assertEquals({ code, stderr }, { code: 0, stderr: "" }, path);
}

async function checkComplete(report: Printed): Promise<void> {
  const { path, start, end, requested, dropped, shortfalls } = report;
  const text = Deno.inspect(report);
  assertEquals({ dropped, shortfalls }, { dropped: 0, shortfalls: "" }, text);
  assert(start < requested.start + FRAME_SEC, `it starts late: ${text}`);
  assert(start > requested.start - 1 - JITTER_SEC, `it starts early: ${text}`);
  assert(end >= requested.end && end < requested.end + JITTER_SEC, `its end is off: ${text}`);
  await checkPlays(report);
  const times = await readTimes(path);
  assertEquals(times.length, report.frames);
  for (const [i, time] of times.entries()) {
    assert(Math.abs(time - i * FRAME_SEC) < JITTER_SEC, `frame ${i} is at ${time} s: ${text}`);
    assert(i === 0 || time > times[i - 1]!, `frame ${i} is at ${time} s: ${text}`);
  }
}

Deno.test({
  name: "camera-recorder.ts records what a camera sends without changing it",
  ignore,
  async fn() {
    await Promise.all(
      Object.entries(CAMERAS).map(async ([name, encoder]) => {
        const element = encoder.split(" ")[0]!;
        if (!hasElement(element)) return console.log(`skipped ${name}: no ${element}`);
        await using dir = await tempDir();
        await using camera = await startCamera(encoder);
        const args = [camera.url, "--window=5", "--clips=2", `--out=${dir.path}`];
        const { code, stdout, stderr } = await runRecipe("camera-recorder", args);
        assertEquals({ code, stderr: withoutWarning(stderr) }, { code: 0, stderr: "" }, name);
        const reports = readReports(stdout);
        assertEquals(reports.length, 2);
        for (const report of reports) await checkComplete(report);
        assertEquals(stdout.match(/^Input #0, mov,mp4/gm)?.length, 2);
      }),
    );
  },
});

/** Disturbs a camera one second into a clip, and returns the shortfalls that the recipe then reports. */
async function disturbed(disturb: (camera: Camera) => void): Promise<string> {
  await using dir = await tempDir();
  await using camera = await startCamera(UNTIMED);
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
  await checkPlays(report);
  return report.shortfalls;
}

Deno.test({
  name: "camera-recorder.ts finishes the clip of a camera that goes away",
  ignore,
  async fn() {
    const shortfalls = await disturbed((camera) => camera.kill("SIGKILL"));
    assertMatch(shortfalls, /^"(end-of-stream|closed|source-stalled)"$/);
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
    await using camera = await startCamera(UNTIMED);
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
    await using camera = await startCamera(UNTIMED);
    const { host } = new URL(camera.url);
    const wrongPath = await record(`${camera.url}2`);
    assertEquals(wrongPath.code, 1);
    const reason = `^${host}: .*Not found\\. .* \\(location=${camera.url}2\\)\n$`;
    assertMatch(withoutWarning(wrongPath.stderr), new RegExp(reason));
    const nobody = await record("rtsp://user:secret@127.0.0.1:1/ ! filesink location=clip");
    assertEquals(nobody.code, 1);
    assertStringIncludes(
      nobody.stderr,
      "127.0.0.1:1: /GstPipeline:pipeline0/GstRTSPSrc:rtspsrc0: ",
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
