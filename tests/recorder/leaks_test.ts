/**
 * Clips leave nothing behind but their files.
 */
import { assert, assertEquals } from "@std/assert";
import { RETURN_MEMORY, runTraced } from "../helpers/leaks.ts";
import type { Resources } from "../helpers/resources.ts";
import { tempDir } from "../helpers/temp_dir.ts";

/** The output of tests/children/many_clips.ts after a round. */
interface Measure extends Resources {
  clips: number;
}

/** Runs rounds of clips; returns the resources after each round, and the types of the objects alive at the end. */
async function recordRounds(rounds: number): Promise<{ measures: Measure[]; alive: string[] }> {
  await using dir = await tempDir();
  const args = [dir.path, String(rounds)];
  const { stdout, alive } = await runTraced("many_clips.ts", args, RETURN_MEMORY);
  const measures = stdout.trim().split("\n").filter(Boolean).map((line) => JSON.parse(line));
  return { measures, alive };
}

Deno.test("VideoRecorder leaves no GStreamer object alive, and no memory, thread or file behind", async () => {
  const { measures, alive } = await recordRounds(15);
  assertEquals(alive, []);
  const [warm, last] = [measures[4]!, measures.at(-1)!];
  console.log({ warm, last });
  assertEquals([warm.clips, last.clips], [60, 180]);
  // the frames of these 120 clips have 100 MB
  assert(last.kib < warm.kib + 12_000, Deno.inspect(measures));
  // the five threads of an encoder that is being freed may still exist; a leak of one a round would be ten
  const threads = (part: Measure[]) => Math.min(...part.map(({ threads }) => threads));
  assert(threads(measures.slice(-5)) <= threads(measures.slice(0, 5)) + 8, Deno.inspect(measures));
  assert(last.files <= warm.files + 4, Deno.inspect(measures));
});

Deno.test("GStreamer's leak tracer lists a pipeline that is not closed", async () => {
  const { alive } = await recordRounds(0);
  assert(alive.includes("GstPipeline"), alive.join());
});
