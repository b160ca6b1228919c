/**
 * Errors of pipelines. All are {@link GstError}s.
 *
 * @module
 */
import { GstError } from "../../ffi/errors.ts";

/** The text of a pipeline or a bin cannot be parsed, names an element that is not installed, or sets an unknown property. */
export class GstParseError extends GstError {
  /** The class's name. */
  override name = "GstParseError";
}

/** A pipeline, or an object that belongs to one, was used after it was closed. */
export class GstClosedError extends GstError {
  /** The class's name. */
  override name = "GstClosedError";
}

/** An operation did not complete within its time limit. */
export class GstTimeoutError extends GstError {
  /** The class's name. */
  override name = "GstTimeoutError";
}
