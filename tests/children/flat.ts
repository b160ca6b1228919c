/**
 * Builds, runs and stops a pipeline 1,000 times; prints the process's resources after 200 rounds and at the end, as JSON.
 *
 * @module
 */
import { Pipeline, Standalone } from "../../mod.ts";
import { measureResources, type Resources } from "../helpers/resources.ts";

const PIPELINE = "videotestsrc num-buffers=3 ! video/x-raw,width=64,height=48 ! " +
  "tee name=t t. ! queue ! fakesink t. ! fakesink";

const measured: Resources[] = [];
for (let round = 1; round <= 1000; round++) {
  if (round % 2) {
    await Standalone.buildAndRun(PIPELINE);
  } else {
    await using pipeline = Pipeline.parse(PIPELINE);
    await pipeline.play();
    await pipeline.stop();
  }
  if (round === 200 || round === 1000) measured.push(measureResources());
}
console.log(JSON.stringify(measured));
