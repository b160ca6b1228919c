/**
 * What a killed process leaves behind.
 */
import { assert, assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { readNumbers, writeNumbered } from "../helpers/numbered.ts";
import { start } from "../helpers/run.ts";
import { tempDir } from "../helpers/temp_dir.ts";
import { addRow } from "./table.ts";

const SCRIPT = fromFileUrl(new URL("../scripts/killed.ts", import.meta.url));
const FPS = 30;
/** Kills, each in the middle of five recordings. */
const ROUNDS = 10;
/** Frames between source and tee: the source's latency of half a second, and the encoder's. */
const LATENCY_FRAMES = 16;

/** Kills a process that records into every kind of file; the last time that it told. */
async function killAt(ms: number, folder: string, numbered: string): Promise<number> {
  const child = start(Deno.execPath(), ["run", "-A", SCRIPT, folder, numbered]);
  await child.until("at ");
  await new Promise((resolve) => setTimeout(resolve, ms));
  child.kill("SIGKILL");
  const { stdout } = await child.result;
  return Number(
    stdout.trim().split("\n").filter((line) => /^at [\d.]+$/.test(line)).at(-1)!.slice(3),
  );
}

Deno.test("record() loses at most the last second when the process is killed", async () => {
  await using dir = await tempDir();
  const numbered = `${dir.path}/numbered.raw`;
  await writeNumbered(numbered, 20 * FPS);
  let files = 0;
  let mostLost = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const folder = `${dir.path}/${round}`;
    const diedAtSec = await killAt(300 + (round * 617) % 1900, folder, numbered);
    for await (const { name } of Deno.readDir(folder)) {
      const numbers = await readNumbers(`${folder}/${name}`, true);
      assertEquals(numbers, numbers.map((_, i) => numbers[0]! + i), name);
      const lost = Math.floor(diedAtSec * FPS) - LATENCY_FRAMES - numbers.at(-1)!;
      assert(lost <= FPS, `${name} lost ${lost} frames`);
      mostLost = Math.max(mostLost, lost);
      files++;
    }
  }
  assertEquals(files, 5 * ROUNDS);
  addRow(import.meta.url, {
    fault: "SIGKILL in the middle of a .mkv, .mp4, .mov, .ts and .webm",
    tries: files,
    outcome: "playable, from the first frame on",
    lost: `${mostLost} frames at most, at 30 a second`,
  });
});
