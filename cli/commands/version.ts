/**
 * The versions in use.
 *
 * @module
 */
import { GstError, gstVersion } from "../../mod.ts";
import config from "../../deno.json" with { type: "json" };

/** The version of gstp. */
export const VERSION: string = config.version;

/** Returns the versions of gstp, Deno and GStreamer, a line each. */
export function versions(): string {
  return `gstp ${VERSION}\nDeno ${Deno.version.deno}\nGStreamer ${
    gstreamerVersion() ?? "not found"
  }`;
}

/** Returns the version of GStreamer; null if it cannot be opened. */
export function gstreamerVersion(): string | null {
  try {
    const { major, minor, micro } = gstVersion();
    return `${major}.${minor}.${micro}`;
  } catch (error) {
    if (error instanceof GstError) return null;
    throw error;
  }
}
