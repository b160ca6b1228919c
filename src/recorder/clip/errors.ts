/**
 * The error of a clip.
 *
 * @module
 */
import { GstError } from "../../../ffi/errors.ts";

/** A clip could not be recorded; `cause` tells why. The pipeline and the ring go on. */
export class RecordingError extends GstError {
  /** The class\'s name. */
  override name = "RecordingError";
  /** Where the clip would have been. */
  readonly clipPath: string;
  /** Where that part of it is that was written; undefined where there is none. */
  readonly partPath: string | undefined;

  /** For recorders. */
  constructor(clipPath: string, cause: unknown, partPath?: string) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const { domain, code, debug, path } = cause instanceof GstError
      ? cause
      : {} as Partial<GstError>;
    super(`Cannot record ${clipPath}: ${reason}`, {
      ...{ domain, code, debug, path, cause },
      hint: partPath === undefined ? undefined : `What was written is in ${partPath}`,
    });
    this.clipPath = clipPath;
    this.partPath = partPath;
  }
}
