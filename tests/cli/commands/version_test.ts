/**
 * Versions that are too old.
 */
import { assertEquals, assertMatch } from "@std/assert";
import { libraryNames } from "../../../ffi/library.ts";
import { run, type RunResult, words } from "../../../scripts/lib/run.ts";
import { compileLibrary, headersMissing } from "../../helpers/c.ts";
import { CLI, gstp } from "../../helpers/cli.ts";
import { tempDir } from "../../helpers/temp_dir.ts";

const PIPELINE = words("fakesrc num-buffers=1 ! fakesink");

/** Runs the command with a Deno that says that it is of another version. */
async function gstpOn(deno: string, args: string[]): Promise<RunResult> {
  await using dir = await tempDir();
  const preload = `${dir.path}/deno.ts`;
  const value = `{ ...Deno.version, deno: ${JSON.stringify(deno)} }`;
  await Deno.writeTextFile(preload, `Object.defineProperty(Deno, "version", { value: ${value} });`);
  return await run(Deno.execPath(), ["run", "-A", `--preload=${preload}`, CLI, ...args]);
}

Deno.test({
  name: "gstp says that GStreamer is too old, and which version it needs",
  ignore: await headersMissing() !== null,
  async fn() {
    await using dir = await tempDir();
    // it lacks what came later, as the library of 1.18 does
    await compileLibrary(`${dir.path}/${libraryNames("gstreamer-1.0")[0]}`, [
      "void gst_version(unsigned *major, unsigned *minor, unsigned *micro, unsigned *nano) {",
      "  *major = 1; *minor = 18; *micro = 5; *nano = 0;",
      "}",
    ]);
    const old = (args: string[]) => gstp(args, { env: { GSTP_LIBRARY_DIR: dir.path } });
    const sentence =
      "GStreamer 1\\.18\\.5 is too old: gstp needs 1\\.20 or newer\\. Upgrade it: .+\\n$";
    for (const args of [PIPELINE, ["inspect"], ["record", ...PIPELINE]]) {
      const { code, stderr } = await old(args);
      assertEquals(code, 1, stderr);
      assertMatch(stderr, new RegExp(`^error: ${sentence}`));
    }
    const doctor = await old(["doctor"]);
    assertEquals([doctor.code, doctor.stderr], [1, ""]);
    assertMatch(doctor.stdout, new RegExp(`^gstp .*, GStreamer 1\\.18\\.5\n\n${sentence}`));
    const { gstreamer, problem } = JSON.parse((await old(["doctor", "--json"])).stdout);
    assertEquals(gstreamer, "1.18.5");
    assertMatch(`${problem}\n`, new RegExp(`^${sentence}`));
    assertMatch((await old(["--version"])).stdout, /\nGStreamer 1\.18\.5\n$/);
  },
});

Deno.test("gstp says that Deno is too old, and which version it needs", async () => {
  const sentence = "Deno 2\\.5\\.0 is too old: gstp needs 2\\.8 or newer\\. Upgrade it: .+\\n$";
  for (const args of [PIPELINE, ["verify", "a.mp4"], ["--version"]]) {
    const { code, stdout, stderr } = await gstpOn("2.5.0", args);
    assertEquals([code, stdout], [1, ""]);
    assertMatch(stderr, new RegExp(`^error: ${sentence}`));
  }
  const doctor = await gstpOn("2.5.0", ["doctor"]);
  assertEquals([doctor.code, doctor.stderr], [1, ""]);
  assertMatch(doctor.stdout, new RegExp(`^gstp .*, Deno 2\\.5\\.0, .*\n\n${sentence}`));
  const recent = await gstpOn("2.10.0", PIPELINE);
  assertEquals(recent.code, 0, recent.stderr);
});
