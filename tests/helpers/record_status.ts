/**
 * The status of a run of `gstp record`.
 *
 * @module
 */
import type { Status } from "../../cli/record/status.ts";
import type { ClipReport } from "../../cli/record/clip_report.ts";

/** The report of a complete clip. */
export const REPORT: ClipReport = {
  path: "clips/a.mp4",
  eventId: "e",
  continuations: [],
  ...{ start: 1, end: 5, duration: 4, frames: 120, dropped: 0, bytes: 33_333 },
  ...{ calls: [3], callCount: 1 },
  requested: { start: 1, end: 5 },
  startedAt: new Date(1000),
  shortfalls: [],
};

/** The status of a run that records one tee. */
export function statusOf(tee: string): Status {
  const ring = { fillSec: 1.96, holdSec: 2, frames: 59, bytes: 1000, dropped: 1, openClips: 1 };
  const unknown = { estimatedBytes: null, frameRate: null, gopSec: null, warnings: [] };
  return {
    ...{ state: "playing", isLive: true, runningTimeSec: 3.5 },
    cameras: [],
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
