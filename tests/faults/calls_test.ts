/**
 * Calls of record() in any number, at any time. Each way to call runs in a process of its own, which may neither hang nor
 * crash.
 */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import type { RecordingReport } from "../../mod.ts";
import { probeClip } from "../helpers/ffprobe.ts";
import { FPS } from "../helpers/fps.ts";
import { checkComplete, WINDOW_SEC } from "../helpers/recording.ts";
import { type ChildOptions, runChild } from "../helpers/script.ts";
import { tempDir } from "../helpers/temp_dir.ts";
import { addRow } from "./table.ts";

/** The output of tests/children/calls.ts. */
interface Result {
  reports: RecordingReport[];
  /** The number of clips. */
  clips: number;
  /** Frames of the live stream while the event loop was blocked. */
  flowed: number;
  /** The outcomes of calls, by the state in which they were made. */
  outcomes: Record<string, string>;
}

/** Calls recorders in one way in a process of its own, and checks the result while its clips exist. */
async function call(
  way: string,
  check: (result: Result) => Promise<void> | void,
  options: ChildOptions = {},
): Promise<void> {
  await using dir = await tempDir();
  const { code, stdout, stderr } = await runChild("calls.ts", [way, dir.path], options);
  assertEquals({ code, stderr }, { code: 0, stderr: "" }, way);
  await check(JSON.parse(stdout));
}

Deno.test("record() makes one clip of 10,000 calls at once, and a complete one after it", async () => {
  await call("burst", async ({ clips, reports: [first, next] }) => {
    assertEquals([clips, first!.calls.length], [1, 10_000]);
    assertEquals(first!.calls, first!.calls.toSorted((a, b) => a - b));
    await checkComplete(first!);
    await checkComplete(next!);
  });
  addRow(import.meta.url, {
    fault: "10,000 calls of record() at once",
    tries: 10_000,
    outcome: "one complete clip, whose report has all calls",
    lost: "0 frames",
  });
});

Deno.test("record() of two recorders on one tee makes complete clips at random times", async () => {
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

Deno.test("record() makes a clip or reports why not, in each state", async () => {
  await call("states", ({ outcomes }) => {
    const { "at the end of the stream": atEnd, stopping, ...others } = outcomes;
    // there are frames from before the end, or the end has closed the recorder
    for (const outcome of [atEnd!, stopping!]) {
      assert(["clip", "GstClosedError", "GstError"].includes(outcome), outcome);
    }
    assertEquals(others, {
      "stopped": "GstTimeoutError",
      "ready": "GstTimeoutError",
      "paused before the first frame": "GstTimeoutError",
      "waiting for the first frame": "clip",
      "playing": "clip",
      "finishing": "clip",
      "paused": "clip",
      "stopped again": "GstClosedError",
      "closed": "GstClosedError",
      "pipeline closed": "GstClosedError",
    });
    addRow(import.meta.url, {
      fault: "record() in each state of pipeline and recorder, including closed",
      tries: Object.keys(outcomes).length,
      outcome: "a clip, or an error that names the reason",
      lost: "0 frames",
    });
  });
});

Deno.test("Pipeline.stop() and close() finish open clips", async () => {
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
    outcome: "finished early, and the report says so",
    lost: "0 frames",
  });
});

Deno.test("record() reports the frames that are lost while the event loop is blocked for 5 s", async () => {
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
      outcome: "the stream continues, the report counts missing frames, the next clip is complete",
      lost: `${dropped} frames of ${frames + dropped}`,
    });
  });
});

Deno.test("record() makes complete clips while garbage is collected all the time", async () => {
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
  }, { exposeGc: true });
});
