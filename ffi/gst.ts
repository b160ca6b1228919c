/**
 * The libraries, opened on first use. They are never closed: GStreamer's threads may outlive any script's wish.
 *
 * @module
 */
import { appSymbols } from "./app_symbols.ts";
import { GstError, GstVersionError } from "./errors.ts";
import { GErrorSlot } from "./gerror.ts";
import { glibSymbols, gobjectSymbols } from "./glib_symbols.ts";
import { gstSymbols } from "./gst_symbols.ts";
import { libraryNames, openLibrary } from "./library.ts";
import { videoSymbols } from "./video_symbols.ts";

/** The symbols of an opened library. */
type Symbols<S extends Deno.ForeignLibraryInterface> = Deno.DynamicLibrary<S>["symbols"];

let gstLibrary: Symbols<typeof gstSymbols> | undefined;
let appLibrary: Symbols<typeof appSymbols> | undefined;
let videoLibrary: Symbols<typeof videoSymbols> | undefined;
let glibLibrary: Symbols<typeof glibSymbols> | undefined;
let gobjectLibrary: Symbols<typeof gobjectSymbols> | undefined;

/** Names of GLib's libraries: a handle of libgstreamer resolves its dependencies' symbols too, but not on Windows. */
function glibNames(base: string): string[] {
  return libraryNames(Deno.build.os === "windows" ? base : "gstreamer-1.0");
}

/** libglib-2.0. */
export function glib(): Symbols<typeof glibSymbols> {
  return glibLibrary ??= openLibrary("glib-2.0", glibSymbols, glibNames("glib-2.0"));
}

/** libgobject-2.0. */
export function gobject(): Symbols<typeof gobjectSymbols> {
  return gobjectLibrary ??= openLibrary("gobject-2.0", gobjectSymbols, glibNames("gobject-2.0"));
}

/**
 * libgstreamer-1.0, initialised (`gst_init_check`, once a process).
 *
 * @throws {GstError} if GStreamer cannot be opened or initialised.
 */
export function gst(): Symbols<typeof gstSymbols> {
  if (gstLibrary === undefined) {
    const library = openLibrary("gstreamer-1.0", gstSymbols);
    const slot = new GErrorSlot();
    if (!library.gst_init_check(null, null, slot.out)) {
      throw new GstError(`GStreamer does not start: ${slot.take(glib())?.message ?? "no reason"}`);
    }
    gstLibrary = library;
  }
  return gstLibrary;
}

/** libgstapp-1.0. */
export function gstApp(): Symbols<typeof appSymbols> {
  return appLibrary ??= openLibrary("gstapp-1.0", appSymbols);
}

/** libgstvideo-1.0. */
export function gstVideo(): Symbols<typeof videoSymbols> {
  return videoLibrary ??= openLibrary("gstvideo-1.0", videoSymbols);
}

/**
 * The installed GStreamer's version.
 *
 * @throws {GstError} if GStreamer cannot be opened.
 */
export function gstVersion(): { major: number; minor: number; micro: number } {
  const parts = new Uint32Array(4);
  const at = (index: number) => parts.subarray(index, index + 1);
  gst().gst_version(at(0), at(1), at(2), at(3));
  return { major: parts[0]!, minor: parts[1]!, micro: parts[2]! };
}

/**
 * An optional symbol, present.
 *
 * @throws {GstVersionError} if the installed GStreamer is too old to have it.
 */
export function needs<T>(symbol: T | null, name: string, version: string): T {
  if (symbol !== null) return symbol;
  const { major, minor, micro } = gstVersion();
  throw new GstVersionError(
    `${name} needs GStreamer >= ${version}, installed is ${major}.${minor}.${micro}`,
  );
}
