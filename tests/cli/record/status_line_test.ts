/**
 * Status and events as lines.
 */
import { assertEquals } from "@std/assert";
import { eventLine, statusLine } from "../../../cli/record/status_line.ts";
import { REPORT, statusOf } from "../../helpers/record_status.ts";

Deno.test("statusLine() shows ring buffers, open clips, the last clip and the disk", () => {
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

Deno.test("eventLine() formats a finished clip, with what it lacks", () => {
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

Deno.test("eventLine() prints a warning as it is", () => {
  const event = {
    type: "warning",
    tee: "t",
    message: "Clips cannot begin",
    time: new Date(),
  } as const;
  assertEquals(eventLine(event), "Clips cannot begin");
});

Deno.test("eventLine() formats what became of a file that a killed run left", () => {
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
