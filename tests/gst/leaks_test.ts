import { assert, assertEquals, assertLessOrEqual } from "@std/assert";
import { runTraced } from "../helpers/leaks.ts";
import { runChild } from "../helpers/script.ts";

/** Runs rounds.ts; resolves to the types of the objects that its pipelines leave behind. */
async function leftBehind(...rounds: string[]): Promise<string[]> {
  const { stdout, alive } = await runTraced("rounds.ts", rounds);
  assertEquals(stdout, "healthy\n");
  return alive;
}

const ROUNDS = {
  run: "100 rounds of build, run and stop",
  standalone: "pipelines that run by themselves",
  parse: "texts that are no pipelines",
  start: "pipelines that fail on their way to playing",
  properties: "reading and writing properties",
  inspect: "descriptions of elements",
  verify: "checks of clips",
  unfinished: "pipelines stopped before their end",
  frames: "frames in and out of JavaScript",
  observation: "code that observes an element",
};

for (const [round, what] of Object.entries(ROUNDS)) {
  Deno.test(`nothing is left alive by ${what}`, async () => {
    assertEquals(await leftBehind(round), []);
  });
}

Deno.test("a pipeline that is not closed is left alive", async () => {
  const types = new Set(await leftBehind("forgotten"));
  for (const type of ["GstPipeline", "GstFakeSrc", "GstFakeSink", "GstBus"]) {
    assert(types.has(type));
  }
});

Deno.test({
  name: "memory, threads and files stay what they are in 1,000 rounds",
  ignore: Deno.build.os !== "linux",
  async fn() {
    const { code, stdout, stderr } = await runChild("flat.ts");
    assertEquals([code, stderr], [0, ""]);
    const [early, late] = JSON.parse(stdout);
    // what the allocator and the pools of threads still grow by, 15 kB a round at most
    assertLessOrEqual(late.kib - early.kib, 12 * 1024);
    assertLessOrEqual(late.threads - early.threads, 8);
    assertLessOrEqual(late.files - early.files, 4);
  },
});
