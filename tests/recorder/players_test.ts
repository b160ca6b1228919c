/**
 * Other programs read clips as their reports say: the same pictures, durations and codecs, without a warning.
 */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { type RecordingReport, VideoRecorder } from "../../mod.ts";
import { outputOf, run } from "../../scripts/lib/run.ts";
import { decode } from "../helpers/ffmpeg.ts";
import { readTimes } from "../helpers/ffprobe.ts";
import { fileNames } from "../helpers/file_names.ts";
import { FPS } from "../helpers/fps.ts";
import { HEIGHT, rawNumbers, WIDTH, writeNumberedSource } from "../helpers/numbered.ts";
import { range } from "../helpers/range.ts";
import { runLive } from "../helpers/recording.ts";
import { tempDir } from "../helpers/temp_dir.ts";
import { reached } from "../helpers/wait.ts";

const WINDOW_SEC = 1.5;
const RAW = [".webm", ".mkv", ".mp4", ".mov", ".ts"];
const H265 = [".mkv", ".mp4", ".mov", ".ts"];

/** A clip, and what is in it. */
interface Clip {
  report: RecordingReport;
  video: "VP8" | "H.264" | "H.265";
  /** Whether it has sound. */
  sound: boolean;
}

/** Returns whether a program is installed; prints that it is not. */
async function has(program: string): Promise<boolean> {
  const isThere = await run(program, ["--version"]).then(() => true, () => false);
  if (!isThere) console.log(`Clips are not read by ${program}, which is not installed`);
  return isThere;
}

/** Records a clip of each container and codec, with sound and without. */
async function recordAll(folder: string): Promise<Clip[]> {
  const source = await writeNumberedSource(folder, 30, { teeName: "raw" });
  await using app = await runLive(
    `${source} raw. ! fakesink async=false raw. ! queue ! x265enc tune=zerolatency speed-preset=ultrafast ` +
      "key-int-max=15 ! h265parse ! tee name=h265 h265. ! fakesink async=false audiotestsrc is-live=true " +
      "wave=ticks ! audio/x-raw,rate=48000,channels=1 ! tee name=sound sound. ! fakesink async=false",
  );
  const start = (video: string, extension: string, sound: boolean) => {
    const path = `${folder}/${video}${sound ? "-sound" : ""}${extension}`;
    const tees = sound ? [video, "sound"] : [video];
    const recorder = new VideoRecorder({
      pipeline: app.pipeline,
      tracks: tees.map((tee) => ({ tee })),
      filenameGenerator: () => path,
      windowSizeSec: WINDOW_SEC,
      startAtZero: true,
      onWarning: () => {},
    });
    const codec = video === "h265" ? "H.265" : extension === ".webm" ? "VP8" : "H.264";
    return { recorder, sound, video: codec } as const;
  };
  const all = [false, true].flatMap((sound) => [
    ...RAW.map((extension) => start("raw", extension, sound)),
    ...H265.map((extension) => start("h265", extension, sound)),
  ]);
  await reached(app.pipeline, 3);
  const recordings = await Promise.all(
    all.map(({ recorder }) => recorder.record({ maxDelaySec: 20 })),
  );
  return await Promise.all(
    all.map(async (rest, i): Promise<Clip> => ({ ...rest, report: await recordings[i]!.finished })),
  );
}

/** Returns the numbers of the pictures that mpv shows, which must not warn. */
async function shownByMpv(path: string, options: string[] = []): Promise<number[]> {
  await using dir = await tempDir();
  const log = `${dir.path}/log`;
  await outputOf("mpv", [
    ...["--no-config", "--no-terminal", `--log-file=${log}`, "--ao=null", "--untimed"],
    // this output drops no picture
    ...["--vo=image", "--vo-image-format=png", `--vo-image-outdir=${dir.path}/pictures`],
    ...[...options, path],
  ]);
  const warnings = (await Deno.readTextFile(log)).split("\n").filter((line) =>
    /^\[ *[\d.]+\]\[[wef]\]/.test(line)
  );
  assertEquals(warnings.filter((line) => !isKnown(line, path)), [], path);
  const names = fileNames(`${dir.path}/pictures`);
  if (names.length === 0) return [];
  const format = ["-f", "rawvideo", "-pix_fmt", "gray"];
  const { bytes } = await decode(`${dir.path}/pictures/%08d.png`, format);
  return rawNumbers(bytes, WIDTH * HEIGHT);
}

/** Returns whether a warning of mpv is not about the clip, or one that docs/recording.md names. */
function isKnown(line: string, path: string): boolean {
  if (/\]\[(vo|ao|cplayer|global)/.test(line)) return true;
  // mpv expects an index of four entries, and a short clip without sound has fewer keyframes
  return !path.includes("sound") && line.includes("Discarding potentially broken or useless index");
}

async function checkMpv({ report: { path, frames, start } }: Clip): Promise<void> {
  const first = Math.round(start * FPS);
  assertEquals(await shownByMpv(path), range(frames, first), path);
  const middle = Math.floor(frames / 2);
  // seeks between two pictures: the later one is shown
  const [before, after] = (await readTimes(path)).slice(middle - 1);
  const seek = ["--rebase-start-time=no", `--start=${(before! + after!) / 2}`, "--frames=1"];
  // a transport stream has no index, and mpv looks for keyframes too late in it
  if (path.endsWith(".ts")) seek.push("--hr-seek-demuxer-offset=2");
  assertEquals(await shownByMpv(path, seek), [first + middle], path);
}

async function checkMkvmerge({ report: { path, duration }, video, sound }: Clip): Promise<void> {
  const { container, tracks, errors, warnings } = JSON.parse(
    await outputOf("mkvmerge", ["-J", path]),
  );
  assert(container.recognized && container.supported, path);
  assertEquals({ errors, warnings }, { errors: [], warnings: [] }, path);
  const codecs = tracks.map(({ codec }: { codec: string }) => codec);
  assertEquals(codecs.length, sound ? 2 : 1, path);
  assert(
    codecs.some((codec: string) => codec.includes(video.replace("H.", ""))),
    `${path}: ${codecs}`,
  );
  if (!/\.(webm|mkv)$/.test(path)) return;
  assertAlmostEquals(container.properties.duration / 1e9, duration, 0.05, path);
}

async function checkMediainfo({ report, video, sound }: Clip): Promise<void> {
  const { path, frames, duration } = report;
  const { media } = JSON.parse(await outputOf("mediainfo", ["--Output=JSON", path]));
  const tracks: Record<string, string>[] = media.track;
  const track = tracks.find((one) => one["@type"] === "Video")!;
  const names = { "VP8": "VP8", "H.264": "AVC", "H.265": "HEVC" };
  assertEquals(track.Format, names[video], path);
  assertEquals(tracks.some((one) => one["@type"] === "Audio"), sound, path);
  // it reads no frames of a transport stream, and only durations of Matroska
  // docs/recording.md names this
  const counts = sound ? [frames, frames + 1] : [frames];
  if (/\.(mp4|mov)$/.test(path)) assert(counts.includes(Number(track.FrameCount)), path);
  if (!path.endsWith(".ts")) {
    assertAlmostEquals(Number(tracks[0]!.Duration), duration, 0.05, path);
  }
}

Deno.test("clips are read by mpv, mkvmerge and mediainfo as their reports say", async () => {
  const checks = [
    { program: "mpv", check: checkMpv },
    { program: "mkvmerge", check: checkMkvmerge },
    { program: "mediainfo", check: checkMediainfo },
  ];
  await using dir = await tempDir();
  const clips = await recordAll(dir.path);
  for (const { report } of clips) assertEquals(report.shortfalls, [], report.path);
  for (const { program, check } of checks) {
    if (!await has(program)) continue;
    await Promise.all(clips.map(check));
  }
});
