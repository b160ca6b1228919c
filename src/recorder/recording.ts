/**
 * What a recorder is doing, and a clip under way.
 *
 * @module
 */
import type { RecordingReport } from "./clip/report.ts";

/**
 * The state of a recorder: `detached` from its tee, `buffering` the last seconds, `starting` a clip's file, `recording`
 * a clip, or `finishing` one after its last frame.
 */
export type RecorderState = "detached" | "buffering" | "starting" | "recording" | "finishing";

/** A clip under way. */
export interface Recording {
  /** The clip's path once it is complete. */
  readonly path: string;
  /** Resolves with the report once the clip is complete, or rejects with a {@link RecordingError}. */
  readonly finished: Promise<RecordingReport>;
}
