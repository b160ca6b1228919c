/**
 * recipes/motion-recorder.ts, with a source that moves at known instants.
 */
import { assert, assertAlmostEquals, assertEquals, assertStringIncludes } from "@std/assert";
import { decode } from "../helpers/ffmpeg.ts";
import { probeClip } from "../helpers/ffprobe.ts";
import { fileNames } from "../helpers/file_names.ts";
import { withoutWarning } from "../helpers/permissions.ts";
import { runRecipe } from "../helpers/recipe.ts";
import { tempDir } from "../helpers/temp_dir.ts";

/** A rate at which each frame has a time in whole nanoseconds. */
const FPS = 25;
const FRAMES = 120;
const [WIDTH, HEIGHT] = [160, 90];
const WINDOW_SEC = 0.4;
/** Frames with a moving square: each differs from the one before, and so does the first one without it. */
const MOTIONS = [{ first: 40, last: 44 }, { first: 100, last: 101 }];

/** Returns a grey slope, in some frames with a square. */
function picture(frame: number): Uint8Array {
  const bytes = Uint8Array.from({ length: WIDTH * HEIGHT }, (_, i) => 60 + i % WIDTH / 2);
  if (!MOTIONS.some(({ first, last }) => first <= frame && frame <= last)) return bytes;
  const x = frame % 4 * 32;
  for (let y = 20; y < 60; y++) bytes.fill(240, y * WIDTH + x, y * WIDTH + x + 32);
  return bytes;
}

/** Returns the number of the first frame of a clip that differs from the one before it. */
async function firstChange(clip: string): Promise<number> {
  const format = ["-fps_mode", "passthrough", "-f", "rawvideo", "-pix_fmt", "gray"];
  const { bytes, complaints } = await decode(clip, format);
  assertEquals(complaints, "");
  const size = WIDTH * HEIGHT;
  for (let frame = 1; frame * size < bytes.length; frame++) {
    let pixels = 0;
    for (let i = 0; i < size; i++) {
      if (Math.abs(bytes[frame * size + i]! - bytes[(frame - 1) * size + i]!) > 60) pixels++;
    }
    if (pixels > 200) return frame;
  }
  throw new Error(`Nothing moves in ${clip}`);
}

Deno.test("motion-recorder.ts records each motion, beginning before it", async () => {
  await using dir = await tempDir();
  const raw = `${dir.path}/scene.raw`;
  {
    using file = await Deno.open(raw, { write: true, create: true });
    const writer = file.writable.getWriter();
    for (let frame = 0; frame < FRAMES; frame++) await writer.write(picture(frame));
    writer.releaseLock();
  }
  const source = `filesrc location=${raw} blocksize=${WIDTH * HEIGHT} ! rawvideoparse ` +
    `format=gray8 width=${WIDTH} height=${HEIGHT} framerate=${FPS}/1`;
  const out = `${dir.path}/clips`;
  const args = [source, `--out=${out}`, `--window=${WINDOW_SEC}`];
  const { code, stdout, stderr } = await runRecipe("motion-recorder", args);
  assertEquals([code, withoutWarning(stderr)], [0, ""]);

  const printed = [...stdout.matchAll(/^motion at ([\d.]+) s$/gm)].map(([, sec]) => Number(sec));
  assertEquals(printed, MOTIONS.map(({ first }) => Number((first / FPS).toFixed(3))), stdout);
  const clips = [...stdout.matchAll(/^(.+\.webm): ([\d.]+) to ([\d.]+) s, (\d+) frames$/gm)];
  assertEquals(clips.length, MOTIONS.length, stdout);
  assertEquals(fileNames(out).length, MOTIONS.length);
  for (const [i, [, path, start, end, frames]] of clips.entries()) {
    const { first, last } = MOTIONS[i]!;
    const from = first - WINDOW_SEC * FPS;
    const to = last + 1 + WINDOW_SEC * FPS; // the square is gone in the frame after the last
    assertEquals([start, end], [from, to].map((frame) => (frame / FPS).toFixed(3)));
    const clip = await probeClip(path!);
    assertEquals([clip.frames, Number(frames)], [to - from, to - from]);
    assertAlmostEquals(clip.start, from / FPS, 0.0015);
    assert(await firstChange(path!) === first - from, `${path}`);
  }
});

Deno.test("motion-recorder.ts refuses a share that is never or always reached", async () => {
  for (const share of ["much", "0", "1.5"]) {
    const { code, stderr } = await runRecipe("motion-recorder", [`--share=${share}`]);
    assertEquals(code, 2);
    assertStringIncludes(stderr, `--share must be above 0 and at most 1, not "${share}"`);
  }
});
