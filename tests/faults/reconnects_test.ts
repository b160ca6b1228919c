/**
 * Cameras that fail for months: a reconnect leaves nothing behind.
 *
 * GSTP_SOAK=long reconnects 1,000 times.
 */
import { assertEquals, assertLessOrEqual } from "@std/assert";
import { leakTracer, RETURN_MEMORY } from "../helpers/leaks.ts";
import type { Resources } from "../helpers/resources.ts";
import { runChild } from "../helpers/script.ts";
import { tempDir } from "../helpers/temp_dir.ts";
import { addRow } from "./table.ts";

const FORM = Deno.env.get("GSTP_SOAK") === "long"
  ? { reconnects: 200, rounds: 5, moreMib: 24 }
  : { reconnects: 40, rounds: 3, moreMib: 24 };

const ignore = Deno.build.os !== "linux";
if (ignore) console.log("Skipped the test of reconnects: it needs /proc, which only Linux has");

Deno.test({
  name: "Camera holds no more memory, threads, files and objects after many reconnects",
  ignore,
  fn: async () => {
    await using dir = await tempDir();
    const { reconnects, rounds, moreMib } = FORM;
    const args = [String(reconnects), String(rounds), dir.path];
    const { code, stdout, stderr } = await runChild("reconnects.ts", args, {
      exposeGc: true,
      timeoutSec: 170,
      env: { ...leakTracer(`${dir.path}/gst.log`), ...RETURN_MEMORY },
    });
    assertEquals({ code, stderr }, { code: 0, stderr: "" });
    const samples: (Resources & { objects: number })[] = stdout.trim().split("\n")
      .map((line) => JSON.parse(line));
    assertEquals(samples.length, rounds);
    const [first, last] = [samples[0]!, samples.at(-1)!];
    for (const { objects, files, threads } of samples) {
      assertEquals(objects, 0, stdout);
      assertLessOrEqual(files, first.files + 1, stdout);
      assertLessOrEqual(threads, first.threads + 2, stdout);
    }
    const mib = [first, last].map(({ kib }) => Math.round(kib / 1024));
    assertLessOrEqual(mib[1]!, mib[0]! + moreMib, stdout);
    addRow(import.meta.url, {
      fault: "reconnects of a camera that refuses, ends, or has no such stream",
      tries: reconnects * rounds,
      outcome: `memory (MiB) ${mib.join(" to ")}, threads ${first.threads} to ${last.threads}, ` +
        `files ${first.files} to ${last.files}, live objects 0`,
      lost: "nothing is left behind",
    });
  },
});
