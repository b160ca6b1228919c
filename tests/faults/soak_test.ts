/**
 * Recorders that run for a long time: their resources stay constant.
 *
 * The short form takes some seconds. GSTP_SOAK=long runs for five minutes, or hours of stream time.
 */
import { assert, assertEquals, assertLessOrEqual } from "@std/assert";
import { median } from "../../bench/statistics.ts";
import { leakTracer, RETURN_MEMORY } from "../helpers/leaks.ts";
import type { Resources } from "../helpers/resources.ts";
import { runChild } from "../helpers/script.ts";
import { tempDir } from "../helpers/temp_dir.ts";
import { addRow } from "./table.ts";

/** The output of tests/children/soak.ts after each round. */
interface Sample extends Resources {
  clips: number;
  frames: number;
  dropped: number;
  failed: number;
  streamSec: number;
  objects: number;
}

const RECORDERS = 16;
const isLong = Deno.env.get("GSTP_SOAK") === "long";
const FORM = isLong
  ? { seconds: 300, roundSeconds: 10, warmRounds: 10, moreMib: 12, moreThreads: 1 }
  : { seconds: 6, roundSeconds: 1.5, warmRounds: 2, moreMib: 40, moreThreads: 2 * RECORDERS };

const ignore = Deno.build.os !== "linux";
if (ignore) console.log("Skipped the soak test: it needs /proc, which only Linux has");

async function soak(): Promise<Sample[]> {
  await using dir = await tempDir();
  await Deno.mkdir(`${dir.path}/clips`);
  const args = [`${dir.path}/clips`, FORM.seconds, FORM.roundSeconds].map(String);
  const { code, stdout, stderr } = await runChild("soak.ts", args, {
    exposeGc: true,
    timeoutSec: 2 * FORM.seconds + 60,
    env: { ...leakTracer(`${dir.path}/gst.log`), ...RETURN_MEMORY },
  });
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
  return stdout.trim().split("\n").map((line) => JSON.parse(line));
}

Deno.test({
  name: "VideoRecorder holds no more memory, threads, files and objects after hours than at first",
  ignore,
  fn: async () => {
    const samples = (await soak()).slice(FORM.warmRounds - 1);
    const [first, last] = [samples[0]!, samples.at(-1)!];
    const text = Deno.inspect([first, last]);
    assertEquals([last.failed, last.objects], [0, 0], text);
    for (const { objects } of samples) assertEquals(objects, 0);
    assertLessOrEqual(last.files, first.files + 1, text);
    const half = Math.ceil(samples.length / 2);
    const halves = [samples.slice(0, half), samples.slice(-half)];
    const mib = halves.map((part) => Math.round(median(part.map(({ kib }) => kib)) / 1024));
    // GStreamer keeps some threads for a while after their work
    const threads = halves.map((part) => Math.max(...part.map(({ threads }) => threads)));
    assertLessOrEqual(threads[1]!, threads[0]! + FORM.moreThreads, Deno.inspect(samples));
    assertLessOrEqual(mib[1]!, mib[0]! + FORM.moreMib, Deno.inspect(samples));
    assert(last.clips > RECORDERS, text);
    const { clips, frames, dropped, streamSec, files } = last;
    const hours = (streamSec / 3600).toFixed(isLong ? 1 : 2);
    addRow(import.meta.url, {
      fault: `${hours} h of stream in ${FORM.seconds} s, ${RECORDERS} recorders`,
      tries: clips,
      outcome: `memory (MiB) ${mib.join(" to ")}, threads ${threads.join(" to ")}, ` +
        `files ${first.files} to ${files}, live objects 0`,
      lost: `${dropped} frames of ${frames + dropped}`,
    });
  },
});
