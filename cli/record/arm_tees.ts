/**
 * Attaching recorders to tees as soon as their streams begin.
 *
 * @module
 */
import type { TeeGroup } from "../../mod.ts";
import type { Recorders } from "./recorders.ts";
import { type RecorderContext, TeeRecorder, type TeeStream } from "./tee_recorder.ts";

/** Milliseconds between two looks at whether a tee has caps. */
const POLL_MS = 100;

/**
 * Attaches a recorder to a tee, or to a group of them, if all have caps.
 *
 * @param name What the recorder is called.
 * @returns The recorder, or null before they have.
 * @throws As {@link TeeRecorder}.
 */
export function armTee(
  name: string,
  { tees }: TeeGroup,
  context: RecorderContext,
): TeeRecorder | null {
  const streams: TeeStream[] = [];
  for (const tee of tees) {
    const mediaType = context.pipeline.element(tee).mediaType("sink");
    if (mediaType === null) return null;
    streams.push({ tee, mediaType });
  }
  return new TeeRecorder(name, streams, context);
}

/**
 * Attaches a recorder to each tee as soon as the tee has caps; to those that have them already, before it returns.
 *
 * @param onWait Receives the tees that have no caps yet.
 * @param signal Ends the wait for them.
 * @throws As {@link TeeRecorder}.
 */
export async function armTees(
  recorders: Recorders,
  context: RecorderContext,
  tees: readonly TeeGroup[],
  onWait: (tees: TeeGroup[]) => void,
  signal: AbortSignal,
): Promise<void> {
  const tryArm = (tee: TeeGroup) => {
    const recorder = armTee(tee.name, tee, context);
    if (recorder !== null) recorders.add(recorder);
    return recorder !== null;
  };
  let waiting = tees.filter((tee) => !tryArm(tee));
  if (waiting.length > 0) onWait(waiting);
  while (waiting.length > 0 && !signal.aborted) {
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    if (context.pipeline.state === "null") return;
    waiting = waiting.filter((tee) => !tryArm(tee));
  }
}
