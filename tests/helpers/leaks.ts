/**
 * What a script leaves alive in GStreamer.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { runChild } from "./script.ts";
import { tempDir } from "./temp_dir.ts";

/** Environment in which freed memory goes back to the system at once, so that a process's memory can be compared. */
export const RETURN_MEMORY = { MALLOC_MMAP_THRESHOLD_: "65536", MALLOC_ARENA_MAX: "1" };

/** Returns the environment in which GStreamer writes the objects that are alive into a log file. */
export function leakTracer(log: string): Record<string, string> {
  return {
    GST_TRACERS: "leaks",
    GST_DEBUG: "GST_TRACER:7",
    GST_DEBUG_NO_COLOR: "1",
    GST_DEBUG_FILE: log,
  };
}

/** The result of a traced script. */
export interface Traced {
  stdout: string;
  stderr: string;
  /** Types of the objects that were alive at its end. */
  alive: string[];
}

/**
 * Runs a script of tests/children, which must succeed, with GStreamer's leak tracer and a gc() function. It must call
 * `gst_deinit()` at its end.
 */
export async function runTraced(
  name: string,
  args: string[],
  env: Record<string, string> = {},
): Promise<Traced> {
  await using dir = await tempDir();
  const log = `${dir.path}/gst.log`;
  const { code, stdout, stderr } = await runChild(name, args, {
    exposeGc: true,
    env: { ...leakTracer(log), ...env },
  });
  assertEquals(code, 0, stderr);
  const alive = (await Deno.readTextFile(log)).matchAll(
    /: object-alive, type-name=\(string\)([^%,]+),/g,
  );
  return { stdout, stderr, alive: [...alive].map(([, type]) => type!) };
}
