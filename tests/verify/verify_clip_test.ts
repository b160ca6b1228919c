/**
 * verifyClip() on whole and faulty clips, compared with ffprobe.
 */
import { assert, assertAlmostEquals, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { type VerifiedTrack, verifyClip } from "../../mod.ts";
import { outputOf, words } from "../../scripts/lib/run.ts";
import { readFile, sinkText } from "../../src/verify/read_file.ts";
import { CLI, gstp } from "../helpers/cli.ts";
import { ffmpeg } from "../helpers/ffmpeg.ts";
import { ffprobe } from "../helpers/ffprobe.ts";
import { fileNames } from "../helpers/file_names.ts";
import { newPaths, recorderOf, ringFull, runLive } from "../helpers/recording.ts";
import { runChild, runScript } from "../helpers/script.ts";
import { tempDir } from "../helpers/temp_dir.ts";
import { reached } from "../helpers/wait.ts";

const CLIP_EXTENSIONS = [".webm", ".mkv", ".mp4", ".mov", ".ts"];

/** The pipeline text of a recording with two tracks and reordered frames, by extension. */
const BOTH: Record<string, string> = {
  ".webm": "vp8enc deadline=1 keyframe-max-dist=30 ! webmmux|opusenc",
  ".mkv": "x264enc key-int-max=30 bframes=2 ! h264parse ! matroskamux|opusenc",
  ".mp4": "x264enc key-int-max=30 bframes=2 ! h264parse ! mp4mux|avenc_aac ! aacparse",
  ".mov": "x264enc key-int-max=30 bframes=2 ! h264parse ! qtmux|avenc_aac ! aacparse",
  ".ts": "x264enc key-int-max=30 bframes=2 ! h264parse ! mpegtsmux|avenc_aac ! aacparse",
};

const folder = await tempDir();
globalThis.addEventListener("unload", () => Deno.removeSync(folder.path, { recursive: true }));

/** Returns a file with two seconds of video and sound, which is made once. */
async function both(extension: string): Promise<string> {
  const path = `${folder.path}/both${extension}`;
  if (await Deno.stat(path).catch(() => null) !== null) return path;
  const [video = "", sound = ""] = BOTH[extension]!.split("|");
  const queue = "queue max-size-buffers=0 max-size-bytes=0 max-size-time=0";
  const text =
    "videotestsrc num-buffers=60 pattern=ball ! video/x-raw,width=160,height=120,framerate=30/1 " +
    `! ${queue} ! ${video} name=muxer ! filesink location=${path} audiotestsrc num-buffers=94 ` +
    `! audio/x-raw,rate=48000 ! audioconvert ! ${sound} ! ${queue} ! muxer.`;
  await outputOf("gst-launch-1.0", ["-q", ...words(text)]);
  return path;
}

/** Returns a file with ten frames of video. */
async function tiny(extension: string): Promise<string> {
  const path = `${folder.path}/tiny${extension}`;
  const codec = extension === ".webm" ? "libvpx" : "libx264";
  const source = ["-f", "lavfi", "-i", "testsrc=s=64x48:r=30:d=0.3333"];
  await ffmpeg([...source, "-c:v", codec, "-pix_fmt", "yuv420p", path]);
  return path;
}

/** Copies a file without the packets of video whose number fulfils a condition of ffmpeg's. */
async function without(path: string, numbers: string): Promise<string> {
  const copy = path.replace("both", `without-${numbers.replaceAll(/\W/g, "-")}`);
  const filter = `noise=drop=${numbers.replaceAll(",", "\\,")}`;
  await ffmpeg(["-i", path, "-c", "copy", "-bsf:v", filter, copy]);
  return copy;
}

/** Copies the first part of a file. */
async function cut(path: string, part: number): Promise<string> {
  const bytes = await Deno.readFile(path);
  const copy = path.replace("both", `cut-${part}`);
  await Deno.writeFile(copy, bytes.subarray(0, bytes.length * part));
  return copy;
}

/** Returns what ffprobe finds in the tracks of a file. */
async function probeTracks(path: string) {
  const entries = "packet=stream_index,pts_time,flags:stream=nb_read_packets,nb_read_frames";
  const { streams, packets } = await ffprobe<{
    streams: { nb_read_packets: string; nb_read_frames: string }[];
    packets: { stream_index: number; pts_time: string; flags: string }[];
  }>(path, entries, { args: ["-count_frames", "-count_packets"], isDamaged: true });
  return streams.map(({ nb_read_packets, nb_read_frames }, index) => {
    const own = packets.filter(({ stream_index }) => stream_index === index);
    const times = own.map(({ pts_time }) => Number(pts_time)).sort((a, b) => a - b);
    return {
      packets: Number(nb_read_packets),
      frames: Number(nb_read_frames),
      keyframes: own.filter(({ flags }) => flags.startsWith("K")).length,
      startSec: times[0]!,
      lastSec: times.at(-1)!,
    };
  });
}

/** Compares the report on the first track of a file, which is video, with ffprobe. */
async function checkVideo(path: string, video: VerifiedTrack, decodedFrames: number | null) {
  const [probed] = await probeTracks(path);
  assert(probed !== undefined && video.startSec !== null && video.endSec !== null);
  assertEquals(
    { packets: video.frames, keyframes: video.keyframes, frames: decodedFrames },
    { packets: probed.packets, keyframes: probed.keyframes, frames: probed.frames },
    path,
  );
  const spanSec = video.endSec - video.startSec - video.frameSec!;
  assertAlmostEquals(spanSec, probed.lastSec - probed.startSec, 0.0015, path);
  if (/\.(webm|mkv)/.test(path)) assertAlmostEquals(video.startSec, probed.startSec, 0.0015, path);
}

Deno.test("verifyClip() finds no fault in whole clips of every container, and counts as ffprobe does", async () => {
  await using dir = await tempDir();
  await using app = await runLive();
  const recorders = CLIP_EXTENSIONS.map((extension) =>
    recorderOf(app.pipeline, newPaths(dir.path, extension))
  );
  await ringFull(app.pipeline);
  const recordings = await Promise.all(recorders.map((recorder) => recorder.record()));
  for (const { finished } of recordings) {
    const { path, frames, bytes, duration } = await finished;
    const report = await verifyClip(path);
    assertEquals([report.ok, report.faults, report.bytes], [true, [], bytes], path);
    const [video] = report.tracks;
    assert(video !== undefined && video.startSec !== null && video.endSec !== null);
    assertEquals([video.frames, report.decodedFrames], [frames, frames]);
    assertAlmostEquals(video.endSec - video.startSec, duration, 0.0025);
    await checkVideo(path, video, report.decodedFrames);
  }
});

Deno.test("verifyClip() finds no fault in clips with sound and reordered frames", async () => {
  for (const extension of CLIP_EXTENSIONS) {
    const path = await both(extension);
    const report = await verifyClip(path);
    assertEquals([report.ok, report.faults], [true, []], path);
    const [video, sound] = report.tracks;
    await checkVideo(path, video!, report.decodedFrames);
    const [, probed] = await probeTracks(path);
    assertMatch(sound!.mediaType, /^audio\//);
    assertEquals(sound!.frames, probed!.packets, path);
  }
});

Deno.test("verifyClip() counts sound in transport streams as ffprobe does", async () => {
  for (const codec of ["aac", "libmp3lame", "libopus"]) {
    const path = `${folder.path}/${codec}.ts`;
    const source = [
      "-f",
      "lavfi",
      "-i",
      "testsrc=s=160x120:r=30:d=2",
      "-f",
      "lavfi",
      "-i",
      "sine=d=2",
    ];
    await ffmpeg([...source, "-c:v", "libx264", "-c:a", codec, path]);
    const { faults, tracks } = await verifyClip(path);
    assertEquals(faults, [], codec);
    const [video, sound] = await probeTracks(path);
    assertEquals(tracks[0]!.frames, video!.packets, codec);
    // parsers drop what comes before the first picture
    const dropped = sound!.packets - tracks[1]!.frames;
    assert(dropped === 0 || dropped === 1, `${codec}: ${dropped}`);
  }
});

Deno.test("verifyClip() finds gaps of one frame and more", async () => {
  for (const extension of CLIP_EXTENSIONS) {
    const path = await without(await both(extension), "between(n,40,42)");
    const report = await verifyClip(path);
    assertEquals(report.faults.map(({ kind }) => kind), ["gap"], path);
    await checkVideo(path, report.tracks[0]!, report.decodedFrames);
  }
  const path = await without(await both(".mp4"), "eq(n,20)");
  const { faults, tracks: [video] } = await verifyClip(path, { decode: false });
  assertEquals(faults.map(({ kind }) => kind), ["gap"]);
  assertEquals(video!.gaps.length, 1);
  assertEquals((await verifyClip(path, { maxGapSec: 0.1 })).faults, []);
});

Deno.test("verifyClip() finds clips that begin with a delta frame", async () => {
  for (const extension of CLIP_EXTENSIONS) {
    const path = await without(await both(extension), "eq(n,0)");
    const { ok, faults } = await verifyClip(path, { decode: false });
    assertEquals(ok, false);
    assertEquals(faults[0]!.kind, "no-keyframe-first", path);
  }
});

Deno.test("verifyClip() finds files that were cut short", async () => {
  const kinds = {
    ".webm": "cut-short",
    ".mkv": "cut-short",
    ".mp4": "unreadable", // its index is at its end
    ".mov": "unreadable",
  };
  const kindsOf = async (path: string) => {
    const { faults } = await verifyClip(path, { decode: false });
    // the last frames may lack those that are shown before them
    return faults.map(({ kind }) => kind).filter((kind) => kind !== "gap");
  };
  for (const [extension, expected] of Object.entries(kinds)) {
    const path = await cut(await both(extension), 0.6);
    assertEquals(await kindsOf(path), [expected], path);
  }
  const fast = `${folder.path}/both-fast.mp4`;
  const options = ["-c", "copy", "-movflags", "+faststart"];
  await ffmpeg(["-i", await both(".mp4"), ...options, fast]);
  assertEquals((await verifyClip(fast)).faults, []);
  assertEquals(await kindsOf(await cut(fast, 0.6)), ["cut-short"]);
});

Deno.test("verifyClip() finds by its size that a file was cut short whose first frame is late", async () => {
  await using dir = await tempDir();
  await using app = await runLive();
  await reached(app.pipeline, 1.5);
  await using recorder = recorderOf(app.pipeline, newPaths(dir.path, ".mkv"));
  await reached(app.pipeline, 2);
  const { path } = await (await recorder.record()).finished;
  const { size } = await Deno.stat(path);
  await Deno.truncate(path, size - 2000);
  const { faults } = await verifyClip(path, { decode: false });
  assertEquals(faults.map(({ kind }) => kind), ["cut-short"]);
  assertMatch(faults[0]!.message, /header says \d+ bytes, the file has \d+$/);
});

Deno.test("verifyClip() finds frames that cannot be decoded", async () => {
  const path = `${folder.path}/both-broken.mp4`;
  const bytes = await Deno.readFile(await both(".mp4"));
  const at = Math.floor(bytes.length / 3);
  for (let i = at; i < at + 4000; i++) bytes[i] = i * 7 & 0xff;
  await Deno.writeFile(path, bytes);
  assertEquals((await verifyClip(path, { decode: false })).faults, []);
  const { faults } = await verifyClip(path);
  assertEquals(faults.map(({ kind }) => kind), ["not-decodable"]);
});

Deno.test("verifyClip() ignores what an edit list skips", async () => {
  const path = `${folder.path}/edited.mp4`;
  await ffmpeg(["-ss", "0.5", "-i", await both(".mp4"), "-c", "copy", path]);
  const { faults, decodedFrames, tracks: [video] } = await verifyClip(path);
  assertEquals(faults, []);
  const [probed] = await probeTracks(path);
  assert(probed!.frames < 60);
  assertEquals([video!.shownFrames, decodedFrames], [probed!.frames, probed!.frames]);
});

Deno.test("verifyClip() does not count decode-only frames as shown", async () => {
  const path = `${folder.path}/hidden.webm`;
  const options = ["-c:v", "libvpx", "-auto-alt-ref", "1", "-lag-in-frames", "16", "-b:v", "100k"];
  const source = ["-f", "lavfi", "-i", "testsrc=s=160x120:r=30:d=2"];
  await ffmpeg([...source, ...options, path]);
  const { faults, tracks: [video], decodedFrames } = await verifyClip(path);
  assertEquals(faults, []);
  await checkVideo(path, video!, decodedFrames);
});

Deno.test("verifyClip() reads the .part files that a killed process leaves", async () => {
  await using dir = await tempDir();
  const { signal } = await runScript(`
    import { Standalone, VideoRecorder } from "./mod.ts";
    const { pipeline } = await Standalone.buildAndRun(
      "videotestsrc is-live=true ! video/x-raw,width=160,height=120,framerate=30/1 ! tee name=t t. ! fakesink",
      { background: true },
    );
    const recorders = ${JSON.stringify(CLIP_EXTENSIONS)}.map((extension) => new VideoRecorder({
      pipeline, srcTeeName: "t", windowSizeSec: 1,
      filenameGenerator: () => "${dir.path}/a" + extension,
    }));
    while (pipeline.runningTimeSec! < 1.2) await new Promise((resolve) => setTimeout(resolve, 20));
    for (const recorder of recorders) await recorder.record();
    while (pipeline.runningTimeSec! < 1.8) await new Promise((resolve) => setTimeout(resolve, 20));
    Deno.kill(Deno.pid, "SIGKILL");
  `);
  assertEquals(signal, "SIGKILL");
  const names = fileNames(dir.path).filter((name) => name.endsWith(".part"));
  assertEquals(names.length, CLIP_EXTENSIONS.length);
  for (const name of names) {
    const path = `${dir.path}/${name}`;
    const { faults, tracks: [video], decodedFrames } = await verifyClip(path);
    assertEquals(faults, [], name);
    assert(video!.frames > 15, name);
    await checkVideo(path, video!, decodedFrames);
  }
});

Deno.test("verifyClip() reports anything else as unreadable", async () => {
  const noise = crypto.getRandomValues(new Uint8Array(20_000));
  const begin = (text: string) => [...new TextEncoder().encode(text), ...noise];
  const files: Record<string, [contents: Uint8Array, message: RegExp]> = {
    "empty.mp4": [new Uint8Array(), /^the file is empty$/],
    "text.webm": [new TextEncoder().encode("Not a clip.\n"), /^not a Matroska, MP4/],
    "noise.ts": [new Uint8Array([0, ...noise]), /^not a Matroska/],
    "noise.mp4": [new Uint8Array(begin("\0\0\0\x18ftypisom")), /./],
    "noise.mkv": [new Uint8Array([0x1a, 0x45, 0xdf, 0xa3, ...noise]), /./],
    "noise2.ts": [noise.map((byte, i) => i % 188 === 0 ? 0x47 : byte), /./],
    "short.mp4": [(await Deno.readFile(await both(".mp4"))).subarray(0, 100), /./],
    "short.webm": [(await Deno.readFile(await both(".webm"))).subarray(0, 100), /./],
  };
  for (const [name, [contents, message]] of Object.entries(files)) {
    const path = `${folder.path}/${name}`;
    await Deno.writeFile(path, contents);
    const { ok, tracks, faults, bytes } = await verifyClip(path);
    assertEquals([ok, tracks, bytes], [false, [], contents.length], name);
    assertEquals(faults.map(({ kind }) => kind), ["unreadable"], name);
    assertMatch(faults[0]!.message, message);
  }
  assertMatch((await verifyClip(folder.path)).faults[0]!.message, /^not a regular file$/);
  assertMatch((await verifyClip("/nonexistent")).faults[0]!.message, /No such file/);
});

Deno.test("verifyClip() ends, whatever is in a file", async () => {
  const clips = await Promise.all(CLIP_EXTENSIONS.map(both));
  const seed = Number(Deno.env.get("FUZZ_SEED") ?? 1);
  const { code, stdout, stderr } = await runChild("verify_fuzz.ts", [`${seed}`, "40", ...clips]);
  assertEquals(code, 0, `seed ${seed}: ${stderr}`);
  const found: Record<string, number> = JSON.parse(stdout);
  assertEquals(Object.values(found).reduce((sum, count) => sum + count), 40);
  assert(Object.keys(found).length >= 3, stdout);
});

Deno.test("verifyClip() ends, whenever the pipeline is stopped", async () => {
  // a bus or a sink that is waited for hangs about once in a thousand times
  const clips = await Promise.all([".webm", ".mkv", ".mp4", ".mov"].map(tiny));
  const { code, stderr } = await runChild("verify_loop.ts", ["12", ...clips], { timeoutSec: 30 });
  assertEquals(code, 0, stderr);
});

Deno.test("verifyClip() accepts subtitles, timecodes and cover pictures", async () => {
  const lines = `${folder.path}/lines.srt`;
  await Deno.writeTextFile(lines, "1\n00:00:00,500 --> 00:00:01,000\nA line.\n");
  const clip = await both(".mp4");
  const cover = `${folder.path}/cover.png`;
  await ffmpeg(["-i", clip, "-frames:v", "1", cover]);
  const allCopied = ["-map", "0", "-map", "1", "-c", "copy"];
  const files: Record<string, string[]> = {
    "lines.mkv": ["-i", lines, ...allCopied, "-c:s", "srt"],
    "lines.mp4": ["-i", lines, ...allCopied, "-c:s", "mov_text"],
    "cover.mp4": ["-i", cover, ...allCopied, "-disposition:v:1", "attached_pic"],
    "time.mov": ["-c", "copy", "-timecode", "01:00:00:00"],
  };
  for (const [name, options] of Object.entries(files)) {
    const path = `${folder.path}/${name}`;
    await ffmpeg(["-i", clip, ...options, path]);
    const { faults, decodedFrames } = await verifyClip(path);
    assertEquals([faults, decodedFrames], [[], 60], name);
  }
});

Deno.test("verifyClip() finds a track without frames", async () => {
  for (const extension of [".mkv", ".ts"]) {
    const path = `${folder.path}/silent${extension}`;
    const copy = ["-c", "copy", "-bsf:a", "noise=drop=1", path];
    await ffmpeg(["-i", await both(extension), ...copy]);
    const { faults, tracks: [video], decodedFrames } = await verifyClip(path);
    assertEquals(faults.map(({ message }) => message), ["audio: it has no frames"]);
    assertEquals([video!.frames, decodedFrames], [60, 60]);
  }
});

Deno.test("readFile() times out if no frame comes, and stops the pipeline", async () => {
  const text = `filesrc name=source ! fakesink ${sinkText(0, 1)}`;
  const { error, mediaTypes } = await readFile(await both(".webm"), text, 1, {
    onSample: () => {},
    stallMs: 300,
  });
  assertEquals(
    [error?.message, mediaTypes],
    ["reading timed out: no frame came within 0.3 s", [null]],
  );
});

Deno.test("verifyClip() rejects wrong arguments", async () => {
  await assertRejects(() => verifyClip(5 as unknown as string), TypeError);
  await assertRejects(() => verifyClip("a", { maxGapSec: -1 }), RangeError);
  await assertRejects(() => verifyClip("a", { maxOffsetSec: NaN }), RangeError);
});

Deno.test("gstp verify prints a line for each clip, and exits with 1 if one is faulty", async () => {
  const whole = await both(".webm");
  const gap = await without(whole, "between(n,40,42)");
  const good = await gstp(["verify", whole]);
  assertEquals([good.code, good.stderr], [0, ""]);
  assertEquals(
    good.stdout,
    `ok     ${whole}: video/x-vp8 2.000 s in 60 frames, audio/x-opus 2.005 s in 101 packets, 60 frames decoded\n`,
  );
  const bad = await gstp(["verify", "--fast", whole, gap, "/nonexistent"]);
  assertEquals(bad.code, 1);
  const [first, second, third, ...rest] = bad.stdout.split("\n");
  assertMatch(first!, /^ok {5}.*101 packets$/);
  assert(second!.startsWith(`faulty ${gap}: video: nothing from `), second);
  assertMatch(third!, /^faulty \/nonexistent: No such file/);
  assertEquals(rest, [""]);
  const json = await gstp(["verify", "--json", "--max-gap=1", gap]);
  assertEquals(json.code, 0);
  const [report] = JSON.parse(json.stdout);
  assertEquals([report.ok, report.tracks[0].frames], [true, 57]);
});

Deno.test("gstp verify reports a missing decoder, and needs none with --fast", async () => {
  const clips = [await both(".webm"), `${folder.path}/alone.webm`];
  await ffmpeg(["-i", clips[0]!, "-an", "-c", "copy", clips[1]!]);
  const env = { GST_PLUGIN_FEATURE_RANK: "vp8dec:NONE,avdec_vp8:NONE" };
  const { code, stdout } = await gstp(["verify", ...clips], { env });
  assertEquals(code, 1);
  const lines = clips.map((clip) =>
    `faulty ${clip}: no decoder for it is installed: ` +
    `\`deno run -A ${CLI} doctor\` prints what to install`
  );
  assertEquals(stdout.trimEnd().split("\n"), lines);
  assertEquals((await gstp(["verify", "--fast", ...clips], { env })).code, 0);
});

Deno.test("gstp verify rejects wrong options", async () => {
  for (const line of [[], ["--max-gap=x", "a"], ["--max-offset=-1", "a"], ["--slow", "a"]]) {
    const { code, stderr } = await gstp(["verify", ...line]);
    assertEquals(code, 2, stderr);
  }
});
