import { assert, assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { run, start } from "../helpers/run.ts";

const SCRIPT = fromFileUrl(new URL("../scripts/interrupted.ts", import.meta.url));

/** Runs the script to its end, by a signal where one is given; its exit status. */
async function interrupt(end: string, folder: string, recorders: number): Promise<number> {
  const child = start(Deno.execPath(), ["run", "-A", SCRIPT, end, folder, String(recorders)]);
  if (end.startsWith("SIG")) {
    await child.until("recording");
    child.kill(end as Deno.Signal);
  }
  const { code } = await child.result;
  return code;
}

/** Frames that can be decoded out of a file. */
async function countFrames(path: string): Promise<number> {
  const { stdout } = await run("ffprobe", [
    ...["-v", "error", "-f", "matroska", "-count_frames"],
    ...["-show_entries", "stream=nb_read_frames", "-of", "csv=p=0", path],
  ]);
  return Number(stdout);
}

async function checkEnd(end: string, status: number, recorders: number): Promise<void> {
  const folder = await Deno.makeTempDir();
  assertEquals(await interrupt(end, folder, recorders), status, end);
  for (let i = 0; i < recorders; i++) {
    const frames = await countFrames(`${folder}/${end}-${i}.webm`);
    // a second before the call and a second after it; the script's start and sleeps are not exact
    assert(frames > 50, `${end}: ${frames} frames`);
  }
  assertEquals([...Deno.readDirSync(folder)].length, recorders);
  await Deno.remove(folder, { recursive: true });
}

Deno.test("record() has its clip finished when a signal ends the process", async () => {
  await checkEnd("SIGINT", 130, 4);
  await checkEnd("SIGTERM", 143, 1);
});

Deno.test("record() has its clip finished when the script exits or dies of an error", async () => {
  await checkEnd("exit", 7, 4);
  await checkEnd("throw", 1, 1);
  await checkEnd("reject", 1, 1);
});

Deno.test("record() leaves a readable file behind when the process is killed", async () => {
  const folder = await Deno.makeTempDir();
  await interrupt("SIGKILL", folder, 1);
  assert(await countFrames(`${folder}/SIGKILL-0.webm.part`) > 30);
  await Deno.remove(folder, { recursive: true });
});
