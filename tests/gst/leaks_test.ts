import { assert, assertEquals, assertLessOrEqual } from "@std/assert";
import { runTraced } from "../helpers/leaks.ts";
import { runChild } from "../helpers/script.ts";

/** Runs rounds.ts; resolves with the types of the objects that its pipelines leak. */
async function leaks(...rounds: string[]): Promise<string[]> {
  const { stdout, alive } = await runTraced("rounds.ts", rounds);
  assertEquals(stdout, "healthy\n");
  return alive;
}

const ROUNDS = {
  run: "100 rounds of building, running and stopping",
  standalone: "pipelines of Standalone",
  parse: "texts that cannot be parsed",
  start: "pipelines that fail to start",
  properties: "reading and writing properties",
  inspect: "descriptions of elements",
  verify: "verifying clips",
  unfinished: "pipelines that are stopped before their end",
  frames: "frames from and to JavaScript",
  observation: "observations of elements",
};

for (const [round, what] of Object.entries(ROUNDS)) {
  Deno.test(`no objects are leaked by ${what}`, async () => {
    assertEquals(await leaks(round), []);
  });
}

Deno.test("Pipeline leaks its objects if it is not closed", async () => {
  const types = new Set(await leaks("forgotten"));
  for (const type of ["GstPipeline", "GstFakeSrc", "GstFakeSink", "GstBus"]) {
    assert(types.has(type));
  }
});

Deno.test({
  name: "memory, threads and open files do not grow in 1,000 rounds",
  ignore: Deno.build.os !== "linux",
  async fn() {
    const { code, stdout, stderr } = await runChild("flat.ts");
    assertEquals([code, stderr], [0, ""]);
    const [early, late] = JSON.parse(stdout);
    // the allocator and thread pools may still grow, by 15 kB per round at most
    assertLessOrEqual(late.kib - early.kib, 12 * 1024);
    assertLessOrEqual(late.threads - early.threads, 8);
    assertLessOrEqual(late.files - early.files, 4);
  },
});
