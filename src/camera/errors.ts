/**
 * Errors of cameras.
 *
 * @module
 */
import { GstError } from "../../ffi/errors.ts";
import type { SupervisorStatus } from "./supervisor_options.ts";

/** A camera was called that is not live. The cause is what its pipeline has failed with. */
export class CameraOfflineError extends GstError {
  /** The class's name. */
  override name = "CameraOfflineError";
  /** The camera's name. */
  readonly camera: string;
  /** What the camera does instead, why, and since when. */
  readonly status: SupervisorStatus;

  /** Creates an error. */
  constructor(camera: string, status: SupervisorStatus) {
    const { state, reason, since, nextTryAt, error } = status;
    const why = reason === null ? state : `${state} (${reason})`;
    super(
      `Camera "${camera}" is ${why} since ${since.toISOString()}`,
      {
        cause: error ?? undefined,
        ...(nextTryAt !== null && { hint: `The next try is at ${nextTryAt.toISOString()}` }),
      },
    );
    this.camera = camera;
    this.status = status;
  }
}
