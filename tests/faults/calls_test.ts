/**
 * Calls in every number and at every time. Each way is a process of its own, which may neither hang nor crash.
 */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";
import type { RecordingReport } from "../../mod.ts";
import { run } from "../../scripts/lib/run.ts";
import { probeClip } from "../helpers/ffprobe.ts";
import { FPS } from "../helpers/fps.ts";
import { checkComplete, WINDOW_SEC } from "../helpers/recording.ts";
import { tempDir } from "../helpers/temp_dir.ts";
import { addRow } from "./table.ts";

/** What tests/children/calls.ts prints. */
interface Result {
  reports: RecordingReport[];
  /** Different clips. */
  clips: number;
  /** Frames of the live stream while the event loop was blocked. */
  flowed: number;
  /** What became of a call, by the state that it was made in. */
  outcomes: Record<string, string>;
}

/** Has a process call recorders in a way, and checks the result while its clips are there. */
async function call(
  way: string,
  check: (result: Result) => Promise<void> | void,
  flags: string[] = [],
): Promise<void> {
  await using dir = await tempDir();
  const script = fromFileUrl(new URL("../children/calls.ts", import.meta.url));
  const args = ["run", "-A", ...flags, script, way, dir.path];
  const { code, stdout, stderr } = await run(Deno.execPath(), args);
  assertEquals({ code, stderr }, { code: 0, stderr: "" }, way);
  await check(JSON.parse(stdout));
}

Deno.test("record() 10,000 times at once makes one clip, and the next one is complete", async () => {
  await call("burst", async ({ clips, reports: [first, next] }) => {
    assertEquals([clips, first!.calls.length], [1, 10_000]);
    assertEquals(first!.calls, first!.calls.toSorted((a, b) => a - b));
    await checkComplete(first!);
    await checkComplete(next!);
  });
  addRow(import.meta.url, {
    fault: "10,000 calls of record() at once",
    tries: 10_000,
    outcome: "one clip that reports every call, and is complete",
    lost: "0 frames",
  });
});

Deno.test("record() of two recorders on one tee, called at random, makes complete clips", async () => {
  await call("two", async ({ reports }) => {
    assertEquals(reports.flatMap(({ calls }) => calls).length, 24);
    for (const report of reports) await checkComplete(report);
  });
  addRow(import.meta.url, {
    fault: "two recorders on one tee, called at random times",
    tries: 24,
    outcome: "complete",
    lost: "0 frames",
  });
});

Deno.test("record() in each state makes a clip or says why not", async () => {
  await call("states", ({ outcomes }) => {
    const { "at the end of the stream": atEnd, stopping, ...others } = outcomes;
    // the frames of before the end are there, or the end has closed the recorder
    for (const outcome of [atEnd!, stopping!]) {
      assert(["clip", "GstClosedError", "GstError"].includes(outcome), outcome);
    }
    assertEquals(others, {
      "stopped": "GstTimeoutError",
      "ready": "GstTimeoutError",
      "paused before the first frame": "GstTimeoutError",
      "on the way to the first frame": "clip",
      "playing": "clip",
      "finishing": "clip",
      "paused": "clip",
      "stopped again": "GstClosedError",
      "closed": "GstClosedError",
      "pipeline closed": "GstClosedError",
    });
    addRow(import.meta.url, {
      fault: "record() in each state of pipeline and recorder, also closed",
      tries: Object.keys(outcomes).length,
      outcome: "a clip, or an error that says why not",
      lost: "0 frames",
    });
  });
});

Deno.test("stop() and close() of the pipeline finish the clips that are open", async () => {
  await call("stopped", async ({ reports }) => {
    assertEquals(reports.length, 8);
    for (const { path, frames, dropped, shortfalls } of reports) {
      assertEquals([(await probeClip(path)).frames, dropped], [frames, 0]);
      assert(["end-of-stream", "closed"].includes(shortfalls.join()), shortfalls.join());
      assert(frames >= Math.floor(WINDOW_SEC * FPS));
    }
  });
  addRow(import.meta.url, {
    fault: "stop() or close() of the pipeline with 4 clips open",
    tries: 8,
    outcome: "finished with what there is, and the report says so",
    lost: "0 frames",
  });
});

Deno.test("an event loop that is blocked for 5 s stops no stream, and the report tells what is missing", async () => {
  await call("blocked", async ({ flowed, reports: [first, next] }) => {
    assertAlmostEquals(flowed, 5 * FPS, FPS);
    const { path, frames, dropped, duration, shortfalls } = first!;
    assertEquals(frames + dropped, Math.round(duration * FPS));
    assertEquals(shortfalls, dropped > 0 ? ["frames-missing"] : []);
    assertEquals((await probeClip(path)).frames, frames);
    await checkComplete(next!);
    addRow(import.meta.url, {
      fault: "the event loop is blocked for 5 s in the middle of a clip",
      tries: 1,
      outcome: "the stream goes on, the report counts what is missing, the next clip is complete",
      lost: `${dropped} frames of ${frames + dropped}`,
    });
  });
});

Deno.test("clips are complete with garbage collected all the while", async () => {
  await call("collected", async ({ reports }) => {
    assertEquals(reports.length, 21);
    for (const { path, frames, dropped, shortfalls } of reports) {
      assertEquals([(await probeClip(path)).frames, dropped, shortfalls], [frames, 0, []]);
    }
    addRow(import.meta.url, {
      fault: "garbage is collected every 2 ms",
      tries: reports.length,
      outcome: "complete",
      lost: "0 frames",
    });
  }, ["--v8-flags=--expose-gc"]);
});
