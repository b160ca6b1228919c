/**
 * Other programs read clips as their reports say: the same pictures, durations and codecs, without a warning.
 */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { outputOf, run, words } from "../../scripts/lib/run.ts";
import { decode } from "../helpers/ffmpeg.ts";
import { readTimes } from "../helpers/ffprobe.ts";
import { fileNames } from "../helpers/file_names.ts";
import { FPS } from "../helpers/fps.ts";
import { HEIGHT, rawNumbers, WIDTH } from "../helpers/numbered.ts";
import { type NumberedClip, recordNumberedClips } from "../helpers/numbered_clips.ts";
import { range } from "../helpers/range.ts";
import { tempDir } from "../helpers/temp_dir.ts";

/** Returns whether a program is installed; prints that it is not. */
async function has(program: string): Promise<boolean> {
  const isThere = await run(program, ["--version"]).then(() => true, () => false);
  if (!isThere) console.log(`Clips are not read by ${program}, which is not installed`);
  return isThere;
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
  return await pictureNumbers(`${dir.path}/pictures`, "%08d.png");
}

/** Reads the numbers of the pictures in a folder. */
async function pictureNumbers(folder: string, pattern: string): Promise<number[]> {
  if (fileNames(folder).length === 0) return [];
  const format = ["-f", "rawvideo", "-pix_fmt", "gray"];
  const { bytes } = await decode(`${folder}/${pattern}`, format);
  return rawNumbers(bytes, WIDTH * HEIGHT);
}

/** Returns whether a warning of mpv is not about the clip, or one that docs/recording.md names. */
function isKnown(line: string, path: string): boolean {
  if (/\]\[(vo|ao|cplayer|global)/.test(line)) return true;
  // mpv expects an index of four entries, and a short clip without sound has fewer keyframes
  return !path.includes("sound") && line.includes("Discarding potentially broken or useless index");
}

async function checkMpv({ report: { path, frames, start } }: NumberedClip): Promise<void> {
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

async function checkMkvmerge(
  { report: { path, duration }, video, sound }: NumberedClip,
): Promise<void> {
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

async function checkMediainfo({ report, video, sound }: NumberedClip): Promise<void> {
  const { path, frames, duration } = report;
  const { media } = JSON.parse(await outputOf("mediainfo", ["--Output=JSON", path]));
  const tracks: Record<string, string>[] = media.track;
  const track = tracks.find((one) => one["@type"] === "Video")!;
  const names = { "VP8": "VP8", "H.264": "AVC", "H.265": "HEVC" };
  assertEquals(track.Format, names[video], path);
  assertEquals(tracks.some((one) => one["@type"] === "Audio"), sound, path);
  // it reads no frames of a transport stream, and only durations of Matroska
  // docs/recording.md names this
  const more = Number(track.FrameCount) - frames;
  if (/\.(mp4|mov)$/.test(path)) {
    assert(more >= 0 && more <= (sound ? 2 : 0), `${path}: ${more} frames more`);
  }
  if (path.endsWith(".ts")) return;
  const all = Number(tracks[0]!.Duration);
  // the report's duration is that of the pictures; mediainfo adds the time by which sound begins earlier
  const pictures = track.Source_Duration ?? track.Duration ?? all;
  assertAlmostEquals(Number(pictures), duration, 0.05, path);
  assert(all > duration - 0.05 && all < duration + (sound ? 0.1 : 0.05), `${path}: ${all} s`);
}

/** VLC does not run as root. */
const NOBODY = 65534;

async function checkVlc({ report, video, sound }: NumberedClip): Promise<void> {
  const { path, frames, start } = report;
  // it plays in real time: half of them are enough
  if (sound === (video === "H.265")) return;
  await using dir = await tempDir();
  await Deno.chmod(dir.path, 0o777);
  const options = words(
    "--intf=dummy --vout=dummy --no-audio --no-drop-late-frames --no-skip-frames --rate=4 " +
      "--video-filter=scene --scene-ratio=1 --scene-format=png --scene-prefix=picture",
  );
  await outputOf("vlc", [...options, `--scene-path=${dir.path}`, "--play-and-exit", path], {
    ...(Deno.uid() === 0 ? { uid: NOBODY } : {}),
    env: { HOME: dir.path },
    // the checkout may be in a folder that only root can enter
    cwd: dir.path,
  });
  const numbers = await pictureNumbers(dir.path, "picture%05d.png");
  const shown = numbers.filter((number, i) => number !== numbers[i - 1]);
  // docs/recording.md names the last one; it plays in real time, and leaves out pictures on a busy machine
  const all = range(frames, Math.round(start * FPS));
  assertEquals(shown, all.filter((number) => shown.includes(number)), path);
  assert(shown.length > 0.9 * frames, `${path}: ${shown}`);
}

Deno.test("clips are read by mpv, VLC, mkvmerge and mediainfo as their reports say", async () => {
  const checks = [
    { program: "mpv", check: checkMpv },
    { program: "vlc", check: checkVlc },
    { program: "mkvmerge", check: checkMkvmerge },
    { program: "mediainfo", check: checkMediainfo },
  ];
  await using dir = await tempDir();
  await Deno.chmod(dir.path, 0o755);
  const clips = await recordNumberedClips(dir.path);
  for (const { program, check } of checks) {
    if (!await has(program)) continue;
    // VLC plays in real time, for which several at once leave each too little of a small machine
    if (program === "vlc") { for (const clip of clips) await check(clip); }
    else await Promise.all(clips.map(check));
  }
});
