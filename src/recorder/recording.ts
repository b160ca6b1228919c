/**
 * The state of a recorder, and a clip that is being recorded.
 *
 * @module
 */
import type { RecordingReport } from "./clip/report.ts";

/**
 * The state of a recorder:
 *
 * - `buffering`: no clip is open; the ring buffer keeps the last seconds,
 * - `starting`: the file of a clip is being created,
 * - `recording`: a clip takes frames,
 * - `finishing`: a clip has all its frames, and its file is being completed,
 * - `detached`: the recorder is closed, or its ring buffer has failed.
 */
export type RecorderState = "detached" | "buffering" | "starting" | "recording" | "finishing";

/** A clip that is being recorded; {@link VideoRecorder.record} resolves with it. */
export interface Recording {
  /** The path of the complete clip. Until then, its file has this path with `.part` at the end. */
  readonly path: string;
  /** Resolves with the report once the clip is complete, or rejects with a {@link RecordingError}. */
  readonly finished: Promise<RecordingReport>;
}
