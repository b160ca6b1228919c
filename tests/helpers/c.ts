/**
 * C programs that use the installed headers.
 *
 * @module
 */
import { outputOf, run, words } from "../../scripts/lib/run.ts";
import { tempDir } from "./temp_dir.ts";

const PACKAGES = ["gstreamer-1.0", "gstreamer-app-1.0", "gstreamer-video-1.0"];

const INCLUDES = ["stddef.h", "stdio.h", "gst/gst.h", "gst/app/app.h", "gst/video/video.h"]
  .map((header) => `#include <${header}>`);

/** Returns why C cannot be compiled here, or null. */
export async function headersMissing(): Promise<string | null> {
  const commands: [string, string[], string][] = [
    ["gcc", ["--version"], "gcc is not installed"],
    ["pkg-config", ["--version"], "pkg-config is not installed"],
    ["pkg-config", ["--exists", ...PACKAGES], "GStreamer's headers are not installed"],
  ];
  for (const [command, args, reason] of commands) {
    const code = await run(command, args).then(({ code }) => code, () => 127);
    if (code !== 0) return reason;
  }
  return null;
}

/** Compiles and runs a C program, with GStreamer's headers included; resolves with its output. */
export async function compile(lines: string[]): Promise<string> {
  await using dir = await tempDir();
  const [source, program] = [`${dir.path}/program.c`, `${dir.path}/program`];
  await Deno.writeTextFile(source, [...INCLUDES, ...lines, ""].join("\n"));
  const flags = await outputOf("pkg-config", ["--cflags", "--libs", ...PACKAGES]);
  await outputOf("gcc", ["-Werror", source, "-o", program, ...words(flags)]);
  return await outputOf(program, []);
}

/** Compiles C, without headers, into a shared library. */
export async function compileLibrary(path: string, lines: string[]): Promise<void> {
  await Deno.writeTextFile(`${path}.c`, [...lines, ""].join("\n"));
  await outputOf("gcc", ["-shared", "-fPIC", `${path}.c`, "-o", path]);
}
