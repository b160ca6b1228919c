/**
 * The root of gstp's errors, and those of loading GStreamer.
 *
 * @module
 */

/** What {@link GstError} is told beside its message. */
export interface GstErrorOptions extends ErrorOptions {
  /** GStreamer's error domain, such as `gst-resource-error-quark`. */
  domain?: string | undefined;
  /** The error's number within its domain. */
  code?: number | undefined;
  /** Debug text: source file, line and reason, as GStreamer wrote it. */
  debug?: string | undefined;
  /** Path of the element that failed, such as `/GstPipeline:pipeline0/GstFileSrc:filesrc0`. */
  path?: string | undefined;
  /** What to do next. */
  hint?: string | undefined;
}

/**
 * Anything that GStreamer reports or refuses. Wrong arguments are a `TypeError` or a `RangeError` instead.
 *
 * @example
 * ```ts
 * import { GstError, Pipeline } from "@gstp/gstp";
 * import { assert } from "@std/assert";
 *
 * try {
 *   Pipeline.parse("videotestsrc ! nosuchelement");
 * } catch (error) {
 *   assert(error instanceof GstError);
 *   assert(error.message.includes("nosuchelement"));
 * }
 * ```
 */
export class GstError extends Error {
  /** The class\'s name. */
  override name = "GstError";
  /** GStreamer's error domain, such as `gst-resource-error-quark`. */
  readonly domain: string | undefined;
  /** The error's number within its domain. */
  readonly code: number | undefined;
  /** Debug text: source file, line and reason, as GStreamer wrote it. */
  readonly debug: string | undefined;
  /** Path of the element that failed. */
  readonly path: string | undefined;
  /** What to do next; it is also the end of the message. */
  readonly hint: string | undefined;

  /** Makes an error whose message ends in the hint, where there is one. */
  constructor(message: string, options: GstErrorOptions = {}) {
    const { domain, code, debug, path, hint, ...rest } = options;
    super(hint === undefined ? message : `${message}\n${hint}`, rest);
    this.domain = domain;
    this.code = code;
    this.debug = debug;
    this.path = path;
    this.hint = hint;
  }
}

/** GStreamer's libraries could not be opened; the message lists what was tried and how to install them. */
export class GstLoadError extends GstError {
  /** The class\'s name. */
  override name = "GstLoadError";
}

/** A call needs a newer GStreamer than the one installed. */
export class GstVersionError extends GstError {
  /** The class\'s name. */
  override name = "GstVersionError";
}
