/**
 * What a script leaves alive in GStreamer.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { run } from "./run.ts";
import { tempDir } from "./temp_dir.ts";

/** What a traced script said, and the types of the objects that were alive at its end. */
export interface Traced {
  stdout: string;
  alive: string[];
}

/**
 * Runs a script of tests/children with GStreamer's leak tracer and a gc() function. It must call `gst_deinit()` at its
 * end.
 */
export async function runTraced(
  name: string,
  args: string[],
  env: Record<string, string> = {},
): Promise<Traced> {
  await using dir = await tempDir();
  const script = fromFileUrl(new URL(`../children/${name}`, import.meta.url));
  const log = `${dir.path}/gst.log`;
  const command = ["run", "-A", "--v8-flags=--expose-gc", script, ...args];
  const { code, stdout, stderr } = await run(Deno.execPath(), command, {
    env: {
      GST_TRACERS: "leaks",
      GST_DEBUG: "GST_TRACER:7",
      GST_DEBUG_NO_COLOR: "1",
      GST_DEBUG_FILE: log,
      ...env,
    },
  });
  assertEquals(code, 0, stderr);
  const alive = (await Deno.readTextFile(log)).matchAll(
    /: object-alive, type-name=\(string\)([^%,]+),/g,
  );
  return { stdout, alive: [...alive].map(([, type]) => type!) };
}
