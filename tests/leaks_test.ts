import { assert, assertEquals, assertLessOrEqual, assertStringIncludes } from "@std/assert";
import { runFile } from "./helpers/script.ts";

/** Lists what is alive when GStreamer is shut down. */
const TRACER = { GST_TRACERS: "leaks", GST_DEBUG: "GST_TRACER:7", GST_DEBUG_NO_COLOR: "1" };

/** Runs rounds.ts; resolves to the objects that its pipelines leave behind. */
async function leftBehind(...rounds: string[]): Promise<string[]> {
  const { code, stdout, stderr } = await runFile("rounds.ts", rounds, { env: TRACER });
  assertEquals(code, 0, stderr.slice(-1000));
  assertEquals(stdout, "healthy\n");
  assertStringIncludes(stderr, "object-alive.class"); // the tracer is at work
  return stderr.match(/(?<=:: object-alive, ).*(?=, ref-count)/g) ?? [];
}

const ROUNDS = {
  run: "100 rounds of build, run and stop",
  standalone: "pipelines that run by themselves",
  parse: "texts that are no pipelines",
  start: "pipelines that fail on their way to playing",
  properties: "reading and writing properties",
  unfinished: "pipelines stopped before their end",
};

for (const [round, what] of Object.entries(ROUNDS)) {
  Deno.test(`nothing is left alive by ${what}`, async () => {
    assertEquals(await leftBehind(round), []);
  });
}

Deno.test("a pipeline that is not closed is left alive", async () => {
  const objects = await leftBehind("forgotten");
  for (const type of ["GstPipeline", "GstFakeSrc", "GstFakeSink", "GstBus"]) {
    assert(objects.some((object) => object.includes(`type-name=(string)${type},`)), type);
  }
});

Deno.test({
  name: "memory, threads and files stay what they are in 1,000 rounds",
  ignore: Deno.build.os !== "linux",
  async fn() {
    const { code, stdout, stderr } = await runFile("flat.ts");
    assertEquals([code, stderr], [0, ""]);
    const [early, late] = JSON.parse(stdout);
    // what the allocator and the pools of threads still grow by, 15 kB a round at most
    assertLessOrEqual(late.memory - early.memory, 12);
    assertLessOrEqual(late.threads - early.threads, 8);
    assertLessOrEqual(late.files - early.files, 4);
  },
});
