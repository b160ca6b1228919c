/**
 * Builds, runs and stops a pipeline 1,000 times; writes what the process holds after 200 rounds and at the end.
 */
import { Pipeline, Standalone } from "../../mod.ts";

interface Held {
  /** Memory in MB. */
  memory: number;
  threads: number;
  files: number;
}

function held(): Held {
  const status = Deno.readTextFileSync("/proc/self/status");
  const read = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(status)![1]);
  return {
    memory: Math.round(read("VmRSS") / 1024),
    threads: read("Threads"),
    files: [...Deno.readDirSync("/proc/self/fd")].length,
  };
}

const PIPELINE = "videotestsrc num-buffers=3 ! video/x-raw,width=64,height=48 ! " +
  "tee name=t t. ! queue ! fakesink t. ! fakesink";

const measured: Held[] = [];
for (let round = 1; round <= 1000; round++) {
  if (round % 2) {
    await Standalone.buildAndRun(PIPELINE);
  } else {
    await using pipeline = Pipeline.parse(PIPELINE);
    await pipeline.play();
    await pipeline.stop();
  }
  if (round === 200 || round === 1000) measured.push(held());
}
console.log(JSON.stringify(measured));
