/**
 * Rings that come and go on a playing pipeline.
 */
import { assertEquals, assertLessOrEqual } from "@std/assert";
import { Pipeline, RingBuffer } from "../../mod.ts";
import { attach, attachOnce, ConvertingRing, probed, pullTimes } from "../helpers/ring.ts";
import { until } from "../helpers/wait.ts";
import { addRow } from "./table.ts";

/** How many entries a folder has. */
function count(folder: string): number {
  return [...Deno.readDirSync(folder)].length;
}

Deno.test({
  name: "attaching and detaching 1,000 times leaves nothing behind",
  ignore: Deno.build.os !== "linux",
  async fn() {
    for (const live of [true, false]) {
      await using pipeline = Pipeline.parse(probed(live));
      await pipeline.play();
      for (const ringBufferClass of [RingBuffer, ConvertingRing]) {
        await attachOnce(pipeline, ringBufferClass);
        const names = pipeline.elementNames();
        const threads = count("/proc/self/task");
        const files = count("/proc/self/fd");
        pullTimes(pipeline, "probe");
        for (let round = 1; round <= 1000; round++) {
          attach(pipeline, {}, ringBufferClass).detach();
          if (round % 50 === 0) {
            await until("the stream goes on", () => pullTimes(pipeline, "probe").length > 0);
          }
        }
        await until("threads have ended", () => count("/proc/self/task") <= threads + 2);
        assertLessOrEqual(count("/proc/self/fd"), files);
        assertEquals(pipeline.elementNames(), names);
        assertEquals(pipeline.element("t").getProperty("num-src-pads"), 1);
        assertEquals(pipeline.state, "playing");
      }
    }
    addRow(import.meta.url, {
      fault: "rings are attached to a playing pipeline and detached, 1,000 times each",
      tries: 4000,
      outcome: "the stream goes on; no thread, file, pad or element is left",
      lost: "0 frames",
    });
  },
});
