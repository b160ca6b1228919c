/**
 * The status of a recording run.
 *
 * @module
 */
import type { RecorderState, RecorderStats, State } from "../../mod.ts";
import type { CameraInfo } from "./camera_status.ts";
import type { ClipReport } from "./clip_report.ts";
import type { ClipTotals } from "./clip_totals.ts";

/** The status of a tee. */
export interface TeeStatus {
  tee: string;
  state: RecorderState;
  mediaTypes: string[];
  container: string;
  windowSec: number;
  ring: RecorderStats;
  /** The names of the open clips. */
  openClips: string[];
  /** The clip finished last; null before the first. */
  lastClip: { name: string; report: ClipReport } | null;
  totals: ClipTotals;
}

/** The status of a run. */
export interface Status {
  state: State;
  isLive: boolean;
  /** Seconds; null before the pipeline runs. */
  runningTimeSec: number | null;
  tees: TeeStatus[];
  /** The cameras; none of a run that records one pipeline. */
  cameras: CameraInfo[];
  /** The finished clips of the folder. */
  clips: { count: number; bytes: number };
  disk: { freeBytes: number | null };
}

/** Returns a status in the form of an event. */
export function statusEvent(status: Status): Status & { type: "status"; time: Date } {
  return { type: "status", ...status, time: new Date() };
}
