/**
 * The report of a clip for events, status and lists.
 *
 * @module
 */
import { firstAndLastCalls, type RecordingReport } from "../../mod.ts";

/** A report whose `calls` are the first 10 and the last 10. */
export interface ClipReport extends RecordingReport {
  /** The number of all calls. */
  callCount: number;
}

/** Returns a report whose size does not grow with the calls. */
export function clipReport(report: RecordingReport): ClipReport {
  const { calls, continuations } = report;
  return {
    ...report,
    calls: firstAndLastCalls(calls),
    callCount: calls.length,
    continuations: continuations.map(clipReport),
  };
}
