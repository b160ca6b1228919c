/**
 * C programs against the installed headers.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { run } from "./run.ts";

const PACKAGES = ["gstreamer-1.0", "gstreamer-app-1.0", "gstreamer-video-1.0"];

const INCLUDES = ["stddef.h", "stdio.h", "gst/gst.h", "gst/app/app.h", "gst/video/video.h"]
  .map((header) => `#include <${header}>`);

/** Why C cannot be compiled here; null where it can. */
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

/** Compiles and runs a C program (GStreamer's headers are included for it); resolves to what it prints. */
export async function compile(lines: string[]): Promise<string> {
  const folder = await Deno.makeTempDir();
  try {
    const source = join(folder, "program.c");
    const program = join(folder, "program");
    await Deno.writeTextFile(source, [...INCLUDES, ...lines, ""].join("\n"));
    const flags = await succeed("pkg-config", ["--cflags", "--libs", ...PACKAGES]);
    await succeed("gcc", ["-Werror", source, "-o", program, ...flags.trim().split(/\s+/)]);
    return await succeed(program, []);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function succeed(command: string, args: string[]): Promise<string> {
  const { code, stdout, stderr } = await run(command, args);
  assertEquals(code, 0, `${command} fails: ${stderr}`);
  return stdout;
}
