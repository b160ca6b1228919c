/**
 * States of elements and pipelines.
 *
 * @module
 */
import { ENUMS } from "../../ffi/layout.ts";

/** A state of an element or a pipeline (GStreamer: Application Development Manual, "Element States"). */
export type State = "null" | "ready" | "paused" | "playing";

/** The GstState of each name. */
export const STATES: Record<State, number> = {
  null: ENUMS.GST_STATE_NULL,
  ready: ENUMS.GST_STATE_READY,
  paused: ENUMS.GST_STATE_PAUSED,
  playing: ENUMS.GST_STATE_PLAYING,
};

const NAMES = new Map(Object.entries(STATES).map(([name, value]) => [value, name as State]));

/** Returns the name of a GstState; null for GST_STATE_VOID_PENDING. */
export function stateName(value: number): State | null {
  return NAMES.get(value) ?? null;
}
