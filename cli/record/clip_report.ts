/**
 * The report of a clip for events, status and lists.
 *
 * @module
 */
import type { RecordingReport } from "../../mod.ts";

/** The first calls of a clip that a report has, and the last ones. */
const MAX_CALLS = 10;

/** A report whose `calls` are the first 10 and the last 10. */
export interface ClipReport extends RecordingReport {
  /** The number of all calls. */
  callCount: number;
}

/** Returns a report whose size does not grow with the calls. */
export function clipReport(report: RecordingReport): ClipReport {
  const { calls } = report;
  const isLong = calls.length > 2 * MAX_CALLS;
  return {
    ...report,
    calls: isLong ? [...calls.slice(0, MAX_CALLS), ...calls.slice(-MAX_CALLS)] : calls,
    callCount: calls.length,
  };
}
