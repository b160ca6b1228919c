/**
 * recoverClips() on the files that a killed process leaves.
 */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { relative } from "@std/path/relative";
import { recoverClips } from "../../mod.ts";
import { probeClip, readTimes } from "../helpers/ffprobe.ts";
import { fileNames } from "../helpers/file_names.ts";
import { FPS } from "../helpers/fps.ts";
import { interrupt, lostFrames } from "../helpers/interrupt.ts";
import { CLIP_EXTENSIONS, killAt } from "../helpers/killed.ts";
import { readNumbers, writeNumbered } from "../helpers/numbered.ts";
import { recordParts } from "../helpers/own_clips.ts";
import { tempDir } from "../helpers/temp_dir.ts";
import { addRow } from "./table.ts";

/** The number of kills, each in the middle of five recordings; 50 in the long form. */
const ROUNDS = Deno.env.get("GSTP_SOAK") === "long" ? 50 : 3;
/** The milliseconds before which a .ts has so few packets that ffmpeg takes it for something else. */
const MIN_MS = 600;
/** The number of cuts of each kind of file. */
const CUTS = 6;

/** Recovers five clips, which must be whole up to their last frame; returns the frames that each has lost. */
async function recoverAll(folder: string, diedAtSec: number): Promise<Map<string, number>> {
  const { recovered, left } = await recoverClips(folder);
  assertEquals(left, []);
  assertEquals(
    recovered.map(({ path }) => path),
    CLIP_EXTENSIONS.map((end) => `${folder}/clip${end}`),
  );
  assertEquals(fileNames(folder).length, CLIP_EXTENSIONS.length);
  const last = new Map<string, number>();
  for (const [i, { path, partPath, frames, duration, bytes, damaged }] of recovered.entries()) {
    assertEquals([partPath, damaged], [`${path}.part`, false]);
    assertEquals(bytes, Deno.statSync(path).size);
    const numbers = await readNumbers(path);
    assertEquals(numbers, numbers.map((_, i) => numbers[0]! + i), path);
    assertEquals(numbers.length, frames);
    const info = await probeClip(path);
    assertAlmostEquals(duration, info.duration, 0.04, path);
    assertAlmostEquals(duration, frames / FPS, 0.04, path);
    last.set(CLIP_EXTENSIONS[i]!, numbers.at(-1)!);
  }
  const newest = (await readTimes(`${folder}/clip.mkv`)).at(-1)!;
  const lost = Math.max(0, Math.round((diedAtSec - newest) * FPS));
  // the same number is the same frame
  return new Map(CLIP_EXTENSIONS.map((end) => [end, lost + last.get(".mkv")! - last.get(end)!]));
}

Deno.test("recoverClips() makes plain clips of every kind of file after SIGKILL", async () => {
  await using dir = await tempDir();
  const numbered = `${dir.path}/numbered.raw`;
  await writeNumbered(numbered, 20 * FPS);
  const lost = new Map(CLIP_EXTENSIONS.map((end) => [end, 0]));
  for (let round = 0; round < ROUNDS; round++) {
    const folder = `${dir.path}/${round}`;
    const diedAtSec = await killAt(MIN_MS + (round * 617) % 1900, folder, numbered);
    for (const [end, frames] of await recoverAll(folder, diedAtSec)) {
      lost.set(end, Math.max(lost.get(end)!, frames));
    }
  }
  for (const [end, frames] of lost) {
    assert(frames <= FPS, `${frames} frames of a ${end} lost`);
    addRow(import.meta.url, {
      fault: `SIGKILL in the middle of a ${end}, encoded before the tee`,
      tries: ROUNDS,
      outcome: "recovered, each frame from the first to the last",
      lost: `${frames} frames at most`,
    });
  }
});

Deno.test("recoverClips() makes clips of the files that 1, 4 and 16 recorders leave at SIGKILL", async () => {
  const lost = await Promise.all([1, 4, 16].map(async (count) => {
    await using dir = await tempDir();
    const { frames } = await interrupt("SIGKILL", dir.path, count);
    const { recovered, left } = await recoverClips(dir.path);
    assertEquals([recovered.length, left], [count, []]);
    return await Promise.all(recovered.map(({ path }) => lostFrames(path, frames)));
  }));
  const most = Math.max(...lost.flat());
  assert(most <= FPS, `${most} frames lost`);
  addRow(import.meta.url, {
    fault: "SIGKILL while 1, 4, 16 clips of raw video are open",
    tries: lost.flat().length,
    outcome: "recovered",
    lost: `${most} frames at most`,
  });
});

Deno.test("recoverClips() makes a clip of a file that is cut off at any byte", async () => {
  await using dir = await tempDir();
  const numbered = `${dir.path}/numbered.raw`;
  await writeNumbered(numbered, 20 * FPS);
  await killAt(1500, `${dir.path}/whole`, numbered);
  for (const end of CLIP_EXTENSIONS) {
    const whole = await Deno.readFile(`${dir.path}/whole/clip${end}.part`);
    for (let i = 0; i < CUTS; i++) {
      const bytes = Math.floor(whole.length * (0.35 + 0.65 * Math.random()));
      const part = `${dir.path}/cuts/${bytes}${end}.part`;
      await Deno.mkdir(`${dir.path}/cuts`, { recursive: true });
      await Deno.writeFile(part, whole.subarray(0, bytes));
    }
  }
  recordParts(`${dir.path}/cuts`);
  const { recovered, left } = await recoverClips(`${dir.path}/cuts`);
  assertEquals([left, fileNames(`${dir.path}/cuts`).length], [[], recovered.length]);
  for (const { path, frames, lostBytes, partPath, damaged, originalPath } of recovered) {
    assertEquals([damaged, originalPath], [false, null], path);
    const numbers = await readNumbers(path);
    assertEquals(numbers, numbers.map((_, i) => numbers[0]! + i), path);
    assertEquals(numbers.length, frames, path);
    assert(lostBytes < 2000, `${relative(dir.path, partPath)}: ${lostBytes} bytes`);
  }
  addRow(import.meta.url, {
    fault: `a ${CLIP_EXTENSIONS.join(", ")} cut off at any byte`,
    tries: recovered.length,
    outcome: "recovered up to the last whole frame or fragment",
    lost: `${Math.max(...recovered.map(({ lostBytes }) => lostBytes))} bytes at most`,
  });
});
