/**
 * The base class of gstp's errors, and the errors of loading GStreamer.
 *
 * @module
 */

/** Options of the constructor of {@link GstError}. */
export interface GstErrorOptions extends ErrorOptions {
  /** GStreamer's error domain, such as `gst-resource-error-quark`. */
  domain?: string | undefined;
  /** The error's code within its domain. */
  code?: number | undefined;
  /** Debug text: source file, line and reason, as GStreamer wrote it. */
  debug?: string | undefined;
  /** The path of the element that failed, such as `/GstPipeline:pipeline0/GstFileSrc:filesrc0`. */
  path?: string | undefined;
  /** What to do next. */
  hint?: string | undefined;
}

/**
 * An error that GStreamer reports, or a request that it refuses. Invalid arguments throw a `TypeError` or a `RangeError`
 * instead.
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
  /** The class's name. */
  override name = "GstError";
  /** GStreamer's error domain, such as `gst-resource-error-quark`. */
  readonly domain: string | undefined;
  /** The error's code within its domain. */
  readonly code: number | undefined;
  /** Debug text: source file, line and reason, as GStreamer wrote it. */
  readonly debug: string | undefined;
  /** The path of the element that failed. */
  readonly path: string | undefined;
  /** What to do next. The message ends with it. */
  readonly hint: string | undefined;

  /** Creates an error. A hint is appended to the message, on a line of its own. */
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

/** GStreamer's libraries cannot be opened. The message lists the names tried and says how to install GStreamer. */
export class GstLoadError extends GstError {
  /** The class's name. */
  override name = "GstLoadError";
}

/** GStreamer or Deno is too old: for gstp, or for a call. */
export class GstVersionError extends GstError {
  /** The class's name. */
  override name = "GstVersionError";
}
