/**
 * The events of a recording run.
 *
 * @module
 */
import type { LeftReason, RemovedClip } from "../../mod.ts";
import type { CameraStatus } from "./camera_status.ts";
import type { ClipReport } from "./clip_report.ts";

/** What triggered a clip. */
export type Trigger = "key" | "signal" | "http";

/** An event. */
export type RecordEvent =
  /** A recorder was attached to a tee, and keeps its last seconds. */
  | {
    type: "armed";
    tee: string;
    mediaTypes: string[];
    container: string;
    windowSec: number;
    folder: string;
  }
  /** The state of a camera has changed. */
  | ({ type: "camera" } & CameraStatus)
  /** Clips of a tee fail or are other than expected unless something is done about it. */
  | { type: "warning"; tee: string; message: string }
  /** A clip was started, or extended. */
  | { type: "recording"; tee: string; name: string; trigger: Trigger; isExtended: boolean }
  /** A clip is finished. */
  | { type: "finished"; tee: string; name: string; report: ClipReport }
  /** A clip failed or, without a name, a recorder did. */
  | { type: "failed"; tee: string; name: string | null; error: string }
  /** A clip was removed to keep the folder within its limits. */
  | { type: "removed"; name: string; bytes: number; reason: RemovedClip["reason"] }
  /** A file that a killed run left behind was turned into a clip. */
  | {
    type: "recovered";
    name: string;
    frames: number;
    duration: number;
    bytes: number;
    lostBytes: number;
    damaged: boolean;
  }
  /** A file that a killed run left behind could not be recovered, and stays as it is. */
  | { type: "unrecovered"; name: string; reason: LeftReason; error: string };

/** An event with its time. */
export type TimedEvent = RecordEvent & { time: Date };

type Listener = (event: TimedEvent) => void;

/** Passes events to listeners. */
export class Events {
  readonly #listeners = new Set<Listener>();

  /** Calls `listener` at each event from now on. */
  listen(listener: Listener): void {
    this.#listeners.add(listener);
  }

  /** Passes an event to all listeners. */
  emit(event: RecordEvent): void {
    const timed = { ...event, time: new Date() };
    for (const listener of this.#listeners) listener(timed);
  }
}
