/**
 * The errors of pipelines; all are {@link GstError}s.
 *
 * @module
 */
import { GstError } from "../../ffi/errors.ts";

/** A pipeline's or a bin's text cannot be parsed, names a missing element, or sets a property that is not there. */
export class GstParseError extends GstError {
  /** The class\'s name. */
  override name = "GstParseError";
}

/** A pipeline, or a part of one, was used after it was closed. */
export class GstClosedError extends GstError {
  /** The class\'s name. */
  override name = "GstClosedError";
}

/** Something did not happen within its time. */
export class GstTimeoutError extends GstError {
  /** The class\'s name. */
  override name = "GstTimeoutError";
}
