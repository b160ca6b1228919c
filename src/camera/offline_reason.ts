/**
 * Why a camera is offline.
 *
 * @module
 */
import { GstError } from "../../ffi/errors.ts";
import { GstParseError, GstTimeoutError } from "../util/errors.ts";

/**
 * Why a camera is offline:
 *
 * - `refused`: nothing answers at its address, or it refuses the connection,
 * - `unauthorized`: it wants another user or password,
 * - `not-found`: it has no such stream, or there is no such device,
 * - `end-of-stream`: it has ended its stream,
 * - `stalled`: it sends no frames,
 * - `error`: anything else; the status has the error.
 */
export type OfflineReason =
  | "refused"
  | "unauthorized"
  | "not-found"
  | "end-of-stream"
  | "stalled"
  | "error";

const RESOURCE = "gst-resource-error-quark";
/** Codes of GstResourceError (GStreamer: Core Library, "GError"). */
const NOT_FOUND = 3;
const NOT_AUTHORIZED = 15;
/** OPEN_READ, OPEN_WRITE, OPEN_READ_WRITE. */
const OPEN = [5, 6, 7];

/** Returns why a camera is offline, by what its pipeline has failed with. */
export function offlineReason(error: unknown): OfflineReason {
  if (error instanceof GstTimeoutError) return "stalled";
  if (!(error instanceof GstError) || error.domain !== RESOURCE) return "error";
  const { code = -1, message, debug = "" } = error;
  if (code === NOT_AUTHORIZED) return "unauthorized";
  if (code === NOT_FOUND) return "not-found";
  if (OPEN.includes(code)) return "refused";
  // rtspsrc: a camera that has accepted the connection, and does not answer
  return /time-?out/i.test(`${message} ${debug}`) ? "stalled" : "error";
}

/** Returns whether a failure lasts until somebody changes something: at a camera, or on this machine. */
export function isLasting(reason: OfflineReason | null, error: unknown): boolean {
  return reason === "unauthorized" || reason === "not-found" || error instanceof GstParseError;
}
