/**
 * What clips leave behind: their files, and nothing else.
 */
import { assert, assertEquals } from "@std/assert";
import { runTraced } from "../helpers/leaks.ts";
import { tempDir } from "../helpers/temp_dir.ts";

interface Measure {
  clips: number;
  kib: number;
  threads: number;
  fds: number;
}

/** Runs the script: what it measured after each round, and the types of the objects that were alive at its end. */
async function recordRounds(rounds: number): Promise<{ measures: Measure[]; alive: string[] }> {
  await using dir = await tempDir();
  const { stdout, alive } = await runTraced("many_clips.ts", [dir.path, String(rounds)], {
    // what is freed goes back to the system, for memory to tell something
    MALLOC_MMAP_THRESHOLD_: "65536",
    MALLOC_ARENA_MAX: "1",
  });
  const measures = stdout.trim().split("\n").filter(Boolean).map((line) => JSON.parse(line));
  return { measures, alive };
}

Deno.test("clips leave no GStreamer object alive, and no memory, thread or open file behind", async () => {
  const { measures, alive } = await recordRounds(15);
  assertEquals(alive, []);
  const [warm, last] = [measures[4]!, measures.at(-1)!];
  console.log({ warm, last });
  assertEquals([warm.clips, last.clips], [60, 180]);
  // the frames of these 120 clips are 100 MB
  assert(last.kib < warm.kib + 12_000, Deno.inspect(measures));
  // the five of an encoder that is being freed may still be there; one a round would make ten
  const threads = (part: Measure[]) => Math.min(...part.map(({ threads }) => threads));
  assert(threads(measures.slice(-5)) <= threads(measures.slice(0, 5)) + 8, Deno.inspect(measures));
  assert(last.fds <= warm.fds + 4, Deno.inspect(measures));
});

Deno.test("GStreamer's leak tracer lists what is left", async () => {
  const { alive } = await recordRounds(0);
  assert(alive.includes("GstPipeline"), alive.join());
});
