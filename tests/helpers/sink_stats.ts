/**
 * Statistics of sinks.
 *
 * @module
 */
import type { Pipeline } from "../../mod.ts";

/** Numbers of frames, as GstBaseSink counts them. */
export interface SinkStats {
  /** Frames that came in time. */
  rendered: number;
  /** Frames that came too late. */
  dropped: number;
}

/** Reads the statistics of a sink. */
export function sinkStats(pipeline: Pipeline, name: string): SinkStats {
  const text = String(pipeline.element(name).getProperty("stats")).replaceAll("\\", "");
  const read = (field: string) => Number(text.match(`${field}=.guint64.(\\d+)`)![1]);
  return { rendered: read("rendered"), dropped: read("dropped") };
}
