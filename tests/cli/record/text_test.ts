/**
 * What `gstp record` tells, and work that is shared, without a pipeline.
 */
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import type { RecordingReport } from "../../../mod.ts";
import { metricsText } from "../../../cli/server/metrics.ts";
import type { Status } from "../../../cli/record/recorders.ts";
import { Cached } from "../../../cli/record/cached.ts";
import { eventLine, statusLine } from "../../../cli/record/status_line.ts";

const REPORT: RecordingReport = {
  path: "clips/a.mp4",
  ...{ start: 1, end: 5, duration: 4, frames: 120, dropped: 0, bytes: 33_333 },
  calls: [3],
  requested: { start: 1, end: 5 },
  startedAt: new Date(1000),
  shortfalls: [],
};

function statusOf(tee: string): Status {
  const ring = { fillSec: 1.96, holdSec: 2, frames: 59, bytes: 1000, dropped: 1, openClips: 1 };
  const unknown = { estimatedBytes: null, frameRate: null, gopSec: null };
  return {
    ...{ state: "playing", isLive: true, runningTimeSec: 3.5 },
    tees: [{
      ...{ tee, state: "recording", mediaTypes: ["video/x-raw"], container: ".mp4", windowSec: 2 },
      ring: { ...ring, ...unknown },
      openClips: ["b.mp4"],
      lastClip: { name: "a.mp4", report: REPORT },
      totals: { finished: 1, failed: 2, short: 0, frames: 120, bytes: 33_333 },
    }],
    clips: { count: 1, bytes: 33_333 },
    disk: { freeBytes: null },
  };
}

Deno.test("metricsText() is in Prometheus's format, whatever a tee is called", () => {
  const server = { removedClips: 3, eventClients: 1, droppedClients: 0 };
  const text = metricsText(statusOf('a"b\\c\nd'), server);
  const name = "[a-zA-Z_:][a-zA-Z0-9_:]*";
  const label = `${name}="(?:[^"\\\\\\n]|\\\\["\\\\n])*"`;
  const line = new RegExp(
    `^(?:# HELP ${name} .+|# TYPE ${name} (?:gauge|counter)|${name}(?:\\{${label}\\})? [0-9.e+]+)$`,
  );
  const lines = text.split("\n");
  assertEquals(lines.pop(), "");
  for (const one of lines) assertMatch(one, line);
  const names = lines.filter((one) => one.startsWith("# TYPE")).map((one) => one.split(" ")[2]!);
  assertEquals(names.length, new Set(names).size);
  for (const counter of names.filter((one) => one.endsWith("_total"))) {
    assert(text.includes(`# TYPE ${counter} counter\n`));
  }
  assert(text.includes('gstp_clips_failed_total{tee="a\\"b\\\\c\\nd"} 2\n'), text);
  assert(text.includes("gstp_clips_removed_total 3\n"));
  // what is not known has no value
  assertEquals(/^gstp_disk_free_bytes /m.test(text), false);
});

Deno.test("statusLine() has rings, open clips, the last clip and the disk", () => {
  const status = statusOf("t1");
  assertEquals(statusLine(status), "t1 2.0/2.0 s REC 1 | last a.mp4 | 1 clip 33.3 kB");
  const [tee] = status.tees;
  const idle = { ...tee!, openClips: [], lastClip: null };
  const off = { ...idle, tee: "t2", state: "detached" } as const;
  assertEquals(
    statusLine({ ...status, tees: [idle, off], disk: { freeBytes: 5e9 } }),
    "t1 2.0/2.0 s | t2 off | 1 clip 33.3 kB, 5.0 GB free",
  );
});

Deno.test("eventLine() tells of a clip that is not complete", () => {
  const event = { type: "finished", tee: "t", name: "a.mp4", time: new Date() } as const;
  assertEquals(
    eventLine({ ...event, report: REPORT }),
    "finished: a.mp4 (4.00 s, 120 frames, 33.3 kB)",
  );
  assertEquals(
    eventLine({ ...event, report: { ...REPORT, shortfalls: ["ring-not-full"] } }),
    "finished: a.mp4 (4.00 s, 120 frames, 33.3 kB; not complete: ring-not-full)",
  );
});

Deno.test("eventLine() tells what has become of what a killed run left", () => {
  const time = new Date();
  const clip = { name: "a.mp4", frames: 60, duration: 2, bytes: 1000, lostBytes: 7, time };
  const line = "recovered: a.mp4 (2.00 s, 60 frames, 1.0 kB; 7 B lost";
  assertEquals(eventLine({ type: "recovered", ...clip, damaged: false }), `${line})`);
  assertEquals(eventLine({ type: "recovered", ...clip, damaged: true }), `${line}, damaged)`);
  const left = { name: "b.mp4.part", reason: "unreadable", error: "No frame", time } as const;
  assertEquals(
    eventLine({ type: "unrecovered", ...left }),
    "not recovered: b.mp4.part (unreadable): No frame",
  );
});

Deno.test("Cached does work once for all who ask meanwhile, and keeps no failure", async () => {
  let runs = 0;
  const shared = new Cached(() => Promise.resolve(++runs), 60_000);
  assertEquals(await Promise.all([shared.get(), shared.get()]), [1, 1]);
  assertEquals(await shared.get(), 1);
  shared.forget();
  assertEquals(await shared.get(), 2);

  const failing = new Cached(() => Promise.reject(new Error(`failure ${++runs}`)), 60_000);
  await Promise.all([failing.get(), failing.get()].map((one) => assertRejects(() => one)));
  await assertRejects(() => failing.get(), Error, "failure 4");
});

Deno.test("Cached.forget() makes work that is under way count for those who asked before it", async () => {
  const first = Promise.withResolvers<string>();
  const results = [first.promise, Promise.resolve("second")];
  const shared = new Cached(() => results.shift()!, 60_000);
  const early = shared.get();
  shared.forget();
  const late = shared.get();
  first.resolve("first");
  assertEquals(await Promise.all([early, late, shared.get()]), ["first", "second", "second"]);
});
