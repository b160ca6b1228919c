/**
 * The error of a clip that could not be recorded.
 *
 * @module
 */
import { GstError } from "../../../ffi/errors.ts";

/** A clip could not be recorded; `cause` is the reason. The pipeline and the ring buffer go on. */
export class RecordingError extends GstError {
  /** The class's name. */
  override name = "RecordingError";
  /** The clip's path. */
  readonly clipPath: string;
  /** The path of the `.part` file with what was written; `undefined` if there is none. */
  readonly partPath: string | undefined;

  /**
   * @internal
   * @ignore
   */
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
