/**
 * Recorders that run for long: what they take of the system stays the same.
 *
 * The short form takes some seconds. GSTP_SOAK=long runs for five minutes, which are hours of stream time.
 */
import { assert, assertEquals, assertLessOrEqual } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { run } from "../../scripts/lib/run.ts";
import { tempDir } from "../helpers/temp_dir.ts";
import { addRow } from "./table.ts";

/** What tests/children/soak.ts prints after each round. */
interface Sample {
  clips: number;
  frames: number;
  dropped: number;
  failed: number;
  streamSec: number;
  mib: number;
  threads: number;
  files: number;
  objects: number;
}

const RECORDERS = 16;
const isLong = Deno.env.get("GSTP_SOAK") === "long";
const FORM = isLong
  ? { seconds: 300, roundSeconds: 10, warmRounds: 10, moreMib: 12, moreThreads: 1 }
  : { seconds: 6, roundSeconds: 1.5, warmRounds: 2, moreMib: 40, moreThreads: 2 * RECORDERS };

const ignore = Deno.build.os !== "linux";
if (ignore) console.log("The soak test is skipped: it reads /proc, which only Linux has");

async function soak(): Promise<Sample[]> {
  await using dir = await tempDir();
  await Deno.mkdir(`${dir.path}/clips`);
  const script = fromFileUrl(new URL("../children/soak.ts", import.meta.url));
  const { code, stdout, stderr } = await run(
    Deno.execPath(),
    [
      ...["run", "-A", "--v8-flags=--expose-gc", script],
      ...[`${dir.path}/clips`, FORM.seconds, FORM.roundSeconds].map(String),
    ],
    {
      timeoutSec: 2 * FORM.seconds + 60,
      env: {
        GST_TRACERS: "leaks",
        GST_DEBUG: "GST_TRACER:7",
        GST_DEBUG_FILE: `${dir.path}/gst.log`,
        // what is freed goes back to the system, for memory to tell something
        MALLOC_MMAP_THRESHOLD_: "65536",
        MALLOC_ARENA_MAX: "1",
      },
    },
  );
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
  return stdout.trim().split("\n").map((line) => JSON.parse(line));
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

Deno.test({
  name: "recorders take no more memory, threads, files and objects after hours than after minutes",
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
    const mib = halves.map((part) => median(part.map(({ mib }) => mib)));
    // some of GStreamer's threads are kept for a while after their work, and some samples are taken later
    const threads = halves.map((part) => Math.max(...part.map(({ threads }) => threads)));
    assertLessOrEqual(threads[1]!, threads[0]! + FORM.moreThreads, Deno.inspect(samples));
    assertLessOrEqual(mib[1]!, mib[0]! + FORM.moreMib, Deno.inspect(samples));
    assert(last.clips > 100, text);
    const { clips, frames, dropped, streamSec, files } = last;
    const hours = (streamSec / 3600).toFixed(isLong ? 1 : 2);
    addRow(import.meta.url, {
      fault: `${hours} h of stream in ${FORM.seconds} s, ${RECORDERS} recorders`,
      tries: clips,
      outcome: `memory (MiB) ${mib.join(" to ")}, threads ${threads.join(" to ")}, ` +
        `files ${first.files} to ${files}, objects left 0`,
      lost: `${dropped} frames of ${frames + dropped}`,
    });
  },
});
