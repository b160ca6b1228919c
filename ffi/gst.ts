/**
 * The libraries, opened on first use. They are never closed, as GStreamer's threads may still be running in them.
 *
 * @module
 */
import { appSymbols } from "./app_symbols.ts";
import { GstError, GstVersionError } from "./errors.ts";
import { GErrorSlot } from "./gerror.ts";
import { glibSymbols, gobjectSymbols } from "./glib_symbols.ts";
import { gstSymbols, versionSymbols } from "./gst_symbols.ts";
import { libraryNames, openLibrary } from "./library.ts";
import { checkDenoVersion, checkVersion } from "./versions.ts";
import { videoSymbols } from "./video_symbols.ts";

/** The functions of an opened library. */
type Symbols<S extends Deno.ForeignLibraryInterface> = Deno.DynamicLibrary<S>["symbols"];

let versionLibrary: Symbols<typeof versionSymbols> | undefined;
let gstLibrary: Symbols<typeof gstSymbols> | undefined;
let appLibrary: Symbols<typeof appSymbols> | undefined;
let videoLibrary: Symbols<typeof videoSymbols> | undefined;
let glibLibrary: Symbols<typeof glibSymbols> | undefined;
let gobjectLibrary: Symbols<typeof gobjectSymbols> | undefined;

/** File names for GLib's libraries: except on Windows, a handle of libgstreamer also resolves its dependencies' symbols. */
function glibNames(base: string): string[] {
  return libraryNames(Deno.build.os === "windows" ? base : "gstreamer-1.0");
}

/**
 * Returns the functions of libglib-2.0.
 *
 * @throws {GstLoadError} If the library cannot be opened.
 */
export function glib(): Symbols<typeof glibSymbols> {
  return glibLibrary ??= openLibrary("glib-2.0", glibSymbols, glibNames("glib-2.0"));
}

/**
 * Returns the functions of libgobject-2.0.
 *
 * @throws {GstLoadError} If the library cannot be opened.
 */
export function gobject(): Symbols<typeof gobjectSymbols> {
  return gobjectLibrary ??= openLibrary("gobject-2.0", gobjectSymbols, glibNames("gobject-2.0"));
}

/**
 * Returns the functions of libgstreamer-1.0, initialized (`gst_init_check`, once per process).
 *
 * @throws {GstLoadError} If the library cannot be opened.
 * @throws {GstVersionError} If GStreamer or Deno is too old.
 * @throws {GstError} If GStreamer cannot be initialized.
 */
export function gst(): Symbols<typeof gstSymbols> {
  if (gstLibrary === undefined) {
    checkDenoVersion();
    // before the other functions are looked up: an old library lacks some of them
    checkVersion("GStreamer", gstVersionText());
    const library = openLibrary("gstreamer-1.0", gstSymbols);
    const slot = new GErrorSlot();
    if (!library.gst_init_check(null, null, slot.out)) {
      throw new GstError(
        `Cannot initialize GStreamer: ${slot.take(glib())?.message ?? "unknown error"}`,
      );
    }
    gstLibrary = library;
  }
  return gstLibrary;
}

/**
 * Returns the functions of libgstapp-1.0.
 *
 * @throws {GstLoadError} If the library cannot be opened.
 */
export function gstApp(): Symbols<typeof appSymbols> {
  return appLibrary ??= openLibrary("gstapp-1.0", appSymbols);
}

/**
 * Returns the functions of libgstvideo-1.0.
 *
 * @throws {GstLoadError} If the library cannot be opened.
 */
export function gstVideo(): Symbols<typeof videoSymbols> {
  return videoLibrary ??= openLibrary("gstvideo-1.0", videoSymbols);
}

/**
 * Returns the version of the installed GStreamer, even of one that is too old for gstp.
 *
 * @throws {GstLoadError} If GStreamer cannot be opened.
 */
export function gstVersion(): { major: number; minor: number; micro: number } {
  versionLibrary ??= openLibrary("gstreamer-1.0", versionSymbols);
  const parts = new Uint32Array(4);
  const at = (index: number) => parts.subarray(index, index + 1);
  versionLibrary.gst_version(at(0), at(1), at(2), at(3));
  return { major: parts[0]!, minor: parts[1]!, micro: parts[2]! };
}

function gstVersionText(): string {
  const { major, minor, micro } = gstVersion();
  return `${major}.${minor}.${micro}`;
}

/**
 * Returns an optional symbol that the installed GStreamer must have.
 *
 * @param version The first version of GStreamer with the symbol.
 * @throws {GstVersionError} If the installed GStreamer is older.
 */
export function requireSymbol<T>(symbol: T | null, name: string, version: string): T {
  if (symbol !== null) return symbol;
  throw new GstVersionError(
    `${name} needs GStreamer >= ${version}, installed is ${gstVersionText()}`,
  );
}
