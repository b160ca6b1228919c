/**
 * The status of a camera.
 *
 * @module
 */
import type { OfflineReason, SupervisorState, SupervisorStatus } from "../../mod.ts";

/** What a camera does, and why. */
export interface CameraStatus {
  /** The camera's name. */
  camera: string;
  state: SupervisorState;
  /** Why it is offline or stalled; null otherwise. */
  reason: OfflineReason | null;
  /** The error behind it, in a line; null without one. */
  error: string | null;
  /** Since when it is in this state. */
  since: Date;
  /** The tries since it was live last. */
  attempts: number;
  /** When the next try begins; null unless it is offline. */
  nextTryAt: Date | null;
}

/** The status of a camera with its figures. */
export interface CameraInfo extends CameraStatus {
  /** The names of the tees that are recorded. */
  tees: string[];
  /** Seconds since the last frame; null before the first one. */
  lastFrameAge: number | null;
  /** Seconds for which it was offline so far. */
  offlineSec: number;
  /** How often it has come back. */
  reconnects: number;
}

/** Returns the status of a camera, in a form for events. */
export function cameraStatus(camera: string, status: SupervisorStatus): CameraStatus {
  const { state, reason, error, since, attempts, nextTryAt } = status;
  const [line = ""] = error?.message.split("\n") ?? [];
  return { camera, state, reason, error: line || null, since, attempts, nextTryAt };
}

/** Formats a status as a line. */
export function cameraLine({ camera, state, reason, error, nextTryAt }: CameraStatus): string {
  const why = reason === null || reason === state ? "" : ` (${reason})`;
  const because = state === "offline" && error !== null ? `: ${error}` : "";
  const next = nextTryAt === null
    ? ""
    : `; next try in ${Math.max(0, Math.round((nextTryAt.getTime() - Date.now()) / 1000))} s`;
  return `${camera}: ${state}${why}${because}${next}`;
}
