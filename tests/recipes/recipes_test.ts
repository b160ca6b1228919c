/**
 * The recipes as people run them: each records the clips that its documentation promises, and prints their times.
 */
import { assert, assertAlmostEquals, assertEquals, assertMatch } from "@std/assert";
import { existsSync } from "node:fs";
import { ROOT } from "../../scripts/lib/paths.ts";
import { ffprobe, probeClip } from "../helpers/ffprobe.ts";
import { fileNames } from "../helpers/file_names.ts";
import { FPS } from "../helpers/fps.ts";
import { withoutWarning } from "../helpers/permissions.ts";
import { runRecipe } from "../helpers/recipe.ts";
import { tempDir } from "../helpers/temp_dir.ts";

/** Seconds by which a recipe's sleeps and calls can be late on a busy machine. */
const LATE_SEC = 1.5;
/** The frames of one call, and those of two calls, between which a recipe sleeps for a second or a little longer. */
const ONE_CALL = { least: 120, most: 120 };
const TWO_CALLS = { least: 149, most: 150 + LATE_SEC * FPS };

interface Clip {
  start: number;
  frames: typeof ONE_CALL;
}

/** The clips of each recipe, in the order in which they are finished. */
const RECIPES: Record<string, [Clip, Clip]> = {
  "single-recorder": [{ start: 1, frames: TWO_CALLS }, { start: 7, frames: ONE_CALL }],
  "multi-recorder": [{ start: 1, frames: ONE_CALL }, { start: 2, frames: TWO_CALLS }],
  "custom-ringbuffer": [{ start: 1, frames: TWO_CALLS }, { start: 7, frames: ONE_CALL }],
};

/** What a recipe printed for a clip. */
interface Printed {
  path: string;
  duration: number;
  start: number;
}

function readPrinted(stdout: string): Printed[] {
  const clip =
    /Input #0, matroska,webm, from '(.+)':\n *Duration: 00:00:([\d.]+), start: ([\d.]+),/g;
  return [...stdout.matchAll(clip)].map(([, path, duration, start]) => (
    { path: path!, duration: Number(duration), start: Number(start) }
  ));
}

async function checkClip(printed: Printed, expected: Clip): Promise<void> {
  const { frames, start, duration } = await probeClip(printed.path);
  assertAlmostEquals(printed.start, start, 1e-6);
  assertAlmostEquals(printed.duration, duration, 0.0051);
  const text = Deno.inspect({ expected, frames, start, duration });
  assert(start >= expected.start && start <= expected.start + LATE_SEC, text);
  assertEquals(frames, Math.round(duration * FPS), text);
  assert(frames >= expected.frames.least && frames <= expected.frames.most, text);
  console.log(`${expected.start} s: starts at ${start}, lasts ${duration}, ${frames} frames`);
}

Deno.test("the recipes record the clips that they promise", async () => {
  await using dir = await tempDir();
  await Promise.all(
    Object.entries(RECIPES).map(async ([name, clips]) => {
      const folder = `${dir.path}/${name}`;
      const options = { cwd: dir.path, env: { TMPDIR: dir.path } };
      const { code, stdout, stderr } = await runRecipe(name, [`--out=${folder}`], options);
      assertEquals({ code, stderr: withoutWarning(stderr) }, { code: 0, stderr: "" }, name);
      const printed = readPrinted(stdout);
      assertEquals(printed.length, 2, stdout);
      assertEquals(fileNames(folder).length, 2);
      for (const [i, clip] of clips.entries()) await checkClip(printed[i]!, clip);
    }),
  );
});

Deno.test("audio-video.ts records video and sound in sync", async () => {
  await using dir = await tempDir();
  const { code, stdout, stderr } = await runRecipe("audio-video", [`--out=${dir.path}`]);
  assertEquals({ code, stderr: withoutWarning(stderr) }, { code: 0, stderr: "" });
  const [name, ...more] = fileNames(dir.path);
  assertEquals(more, []);
  const { streams } = await ffprobe<{ streams: Record<string, string>[] }>(
    `${dir.path}/${name}`,
    "stream=codec_type,codec_name,start_time,duration",
  );
  assertEquals(streams.map((stream) => stream["codec_name"]), ["h264", "aac"], stdout);
  const [video, sound] = streams.map((stream) => ({
    start: Number(stream["start_time"]),
    end: Number(stream["start_time"]) + Number(stream["duration"]),
  }));
  assertAlmostEquals(video!.end - video!.start, 4, 1e-3);
  // a frame of video, and the one of AAC that its encoder puts first
  assertAlmostEquals(video!.start, sound!.start, 1 / FPS + 0.022);
  assertAlmostEquals(video!.end, sound!.end, 1 / FPS + 0.022);
});

Deno.test("recipes that print times end before they record if ffprobe is missing", async () => {
  await using dir = await tempDir();
  await Deno.mkdir(`${dir.path}/bin`);
  const out = `${dir.path}/clips`;
  const recipes = [...Deno.readDirSync(`${ROOT}recipes`)].map(({ name }) => name)
    .filter((name) => /\bprobe\(/.test(Deno.readTextFileSync(`${ROOT}recipes/${name}`)))
    .filter((name) => name !== "lib.ts");
  assertEquals(recipes.length, 5);
  for (const name of recipes) {
    const args = [`--out=${out}`, "rtsp://127.0.0.1:9/none"];
    const options = { env: { PATH: `${dir.path}/bin` } };
    const { code, stdout, stderr } = await runRecipe(name.replace(".ts", ""), args, options);
    assertEquals([code, stdout], [1, ""], `${name}: ${stderr}`);
    assertMatch(stderr, /^error: Cannot find ffprobe, .* `sudo apt-get install ffmpeg` /m);
    assertEquals(existsSync(out), false);
  }
});
