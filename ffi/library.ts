/**
 * Finds and opens GStreamer's shared libraries on Linux, macOS and Windows.
 *
 * @module
 */
import { GstLoadError } from "./errors.ts";
import { MINIMUM_VERSIONS } from "./versions.ts";

/** Environment variable with the folder of GStreamer's libraries, for folders that are not searched by default. */
export const LIBRARY_DIR_VARIABLE = "GSTP_LIBRARY_DIR";

/** What the file names of libraries depend on. */
export interface Platform {
  os: typeof Deno.build.os;
  /** Reads an environment variable. */
  env: (name: string) => string | undefined;
}

const INSTALL: Partial<Record<Platform["os"], string>> = {
  linux: "Install GStreamer, on Debian and Ubuntu with: sudo apt-get install gstreamer1.0-tools " +
    "gstreamer1.0-plugins-base gstreamer1.0-plugins-good gstreamer1.0-plugins-bad gstreamer1.0-plugins-ugly",
  darwin: "Install GStreamer with: brew install gstreamer",
  windows: "Install GStreamer's runtime from https://gstreamer.freedesktop.org/download/ " +
    "and put its bin folder on the PATH",
};

/** Reads an environment variable; without the permission to read it, it counts as unset. */
function readEnv(name: string): string | undefined {
  const isPermitted =
    Deno.permissions.querySync({ name: "env", variable: name }).state === "granted";
  return isPermitted ? Deno.env.get(name) : undefined;
}

/**
 * Returns the file names of a library, in the order in which they are tried.
 *
 * @param base The library's name without prefix, ABI version and extension, such as `gstreamer-1.0`.
 */
export function libraryNames(
  base: string,
  platform: Platform = { os: Deno.build.os, env: readEnv },
): string[] {
  const { os, env } = platform;
  const files = os === "windows"
    ? [`${base}-0.dll`, `lib${base}-0.dll`]
    : os === "darwin"
    ? [`lib${base}.0.dylib`]
    : [`lib${base}.so.0`];
  const override = env(LIBRARY_DIR_VARIABLE);
  const folders = override ? [override] : ["", ...usualFolders(os, env)];
  const separator = os === "windows" ? "\\" : "/";
  return folders.flatMap((folder) =>
    files.map((file) => folder === "" ? file : folder.replace(/[\\/]+$/, "") + separator + file)
  );
}

/** Returns the folders that installers use and the dynamic loader does not search. */
function usualFolders(os: Platform["os"], env: Platform["env"]): string[] {
  if (os === "darwin") {
    return [
      "/opt/homebrew/lib",
      "/usr/local/lib",
      "/Library/Frameworks/GStreamer.framework/Versions/1.0/lib",
    ];
  }
  if (os === "windows") {
    return ["GSTREAMER_1_0_ROOT_MSVC_X86_64", "GSTREAMER_1_0_ROOT_MINGW_X86_64"]
      .map(env)
      .filter((root) => root !== undefined)
      .map((root) => root.replace(/[\\/]+$/, "") + "\\bin");
  }
  return [];
}

const opened = new Map<string, string>();

/** Returns the file names of the libraries opened so far, by base name (see {@link libraryNames}). */
export function openedLibraries(): ReadonlyMap<string, string> {
  return opened;
}

/**
 * Opens a library under the first of its file names that works.
 *
 * @throws {GstLoadError} If none works; the message lists the names and says how to install GStreamer.
 * @throws {Deno.errors.NotCapable} If Deno has no permission to call native code.
 */
export function openLibrary<S extends Deno.ForeignLibraryInterface>(
  base: string,
  symbols: S,
  names: string[] = libraryNames(base),
): Deno.DynamicLibrary<S>["symbols"] {
  requestFfi();
  const failures: unknown[] = [];
  for (const name of names) {
    try {
      const library = Deno.dlopen(name, symbols).symbols;
      opened.set(base, name);
      return library;
    } catch (error) {
      failures.push(error);
    }
  }
  const reasons = names.map((name, i) => `  ${name}: ${(failures[i] as Error).message}`);
  throw new GstLoadError(`Cannot open ${base}, tried:\n${reasons.join("\n")}`, {
    cause: new AggregateError(failures),
    hint:
      `${INSTALL[Deno.build.os] ?? `Install GStreamer ${MINIMUM_VERSIONS.GStreamer} or newer`}\n` +
      `If the libraries are in another folder, set ${LIBRARY_DIR_VARIABLE}=FOLDER.`,
  });
}

/**
 * Requests the permission to call native code, for all paths: Deno resolves a path-scoped permission for a soname against the
 * working directory.
 */
function requestFfi(): void {
  if (Deno.permissions.requestSync({ name: "ffi" }).state === "granted") return;
  throw new Deno.errors.NotCapable(
    "gstp calls GStreamer's libraries: run Deno with --allow-ffi",
  );
}
