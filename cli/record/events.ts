/**
 * What happens while recorders are armed.
 *
 * @module
 */
import type { LeftReason, RecordingReport, RemovedClip } from "../../mod.ts";

/** What asked for a clip. */
export type Trigger = "key" | "signal" | "http";

/** Something that happened. */
export type RecordEvent =
  /** A recorder keeps the last seconds of a tee. */
  | { type: "armed"; tee: string; mediaTypes: string[]; container: string; windowSec: number }
  /** A clip was begun, or made longer. */
  | { type: "recording"; tee: string; name: string; trigger: Trigger; isExtended: boolean }
  /** A clip is complete. */
  | { type: "finished"; tee: string; name: string; report: RecordingReport }
  /** A clip could not be made, or a recorder has failed: then there is no name. */
  | { type: "failed"; tee: string; name: string | null; error: string }
  /** A clip was removed to keep the folder within its limits. */
  | { type: "removed"; name: string; bytes: number; reason: RemovedClip["reason"] }
  /** What a run that was killed has left is a clip now. */
  | {
    type: "recovered";
    name: string;
    frames: number;
    duration: number;
    bytes: number;
    lostBytes: number;
    damaged: boolean;
  }
  /** What a run that was killed has left is no clip, and stays as it is. */
  | { type: "unrecovered"; name: string; reason: LeftReason; error: string };

/** An event with its time. */
export type TimedEvent = RecordEvent & { time: Date };

type Listener = (event: TimedEvent) => void;

/** Tells everybody who listens. */
export class Events {
  readonly #listeners = new Set<Listener>();

  /** Calls `listener` at each event from now on. */
  listen(listener: Listener): void {
    this.#listeners.add(listener);
  }

  /** Tells of an event. */
  emit(event: RecordEvent): void {
    const timed = { ...event, time: new Date() };
    for (const listener of this.#listeners) listener(timed);
  }
}
