/**
 * Commands and recipes with their permissions in deno.json, and without each of these.
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { COMMANDS } from "../../cli/commands/list.ts";
import { ROOT } from "../../scripts/lib/paths.ts";
import { run, type RunResult, words } from "../../scripts/lib/run.ts";
import { CLI } from "../helpers/cli.ts";
import { ffmpeg } from "../helpers/ffmpeg.ts";
import { flagsWithout, PERMISSION_SETS } from "../helpers/permissions.ts";
import { runScript } from "../helpers/script.ts";
import { tempDir } from "../helpers/temp_dir.ts";
import { addRow } from "./table.ts";

const PIPELINE = "videotestsrc is-live=true num-buffers=5 ! tee name=t t. ! fakesink";

/** The command line that each permission set is for. */
const LINES: Record<string, (folder: string) => string[]> = {
  run: () => [CLI, `${ROOT}pipeline.gstp`, "--pattern=ball", "--frames=3"],
  completion: () => [CLI, "completion", "bash"],
  doctor: () => [CLI, "doctor"],
  graph: (folder) => [CLI, "graph", `${folder}/t.gstp`, `--out=${folder}/t.dot`],
  inspect: () => [CLI, "inspect", "tee"],
  record: (folder) => [
    ...[CLI, "record", `--out=${folder}/clips`, "--listen=127.0.0.1:0"],
    `${folder}/t.gstp`,
  ],
  recover: (folder) => [CLI, "recover", folder],
  setup: () => [CLI, "setup"],
  verify: (folder) => [CLI, "verify", `${folder}/2026-11-26T14-03-12.345Z_a.ts.part`],
  recipes: (folder) => [`${ROOT}recipes/multi-recorder.ts`, `--out=${folder}`],
};

/** Runs the command line of a set in a folder with a clip to recover and a pipeline file. */
async function runLine(name: string, flags: string[]): Promise<RunResult> {
  await using dir = await tempDir();
  await Deno.copyFile(clip, `${dir.path}/2026-11-26T14-03-12.345Z_a.ts.part`);
  await Deno.writeTextFile(`${dir.path}/t.gstp`, PIPELINE);
  const args = ["run", "--no-prompt", ...flags, ...LINES[name]!(dir.path)];
  return await run(Deno.execPath(), args, { cwd: ROOT });
}

/** A clip that can be recovered. */
const clip = await Deno.makeTempFile({ suffix: ".ts" });
globalThis.addEventListener("unload", () => Deno.removeSync(clip));
await ffmpeg([
  ...words("-f lavfi -i testsrc=duration=1:size=64x48 -c:v libx264 -f mpegts"),
  clip,
]);

Deno.test("deno.json has sufficient permission sets for all commands and the recipes", async () => {
  assertEquals(
    Object.keys(PERMISSION_SETS).sort(),
    [...Object.keys(COMMANDS), "run", "recipes"].sort(),
  );
  // tests/recipes/recipes_test.ts runs the recipes with theirs
  const names = Object.keys(PERMISSION_SETS).filter((name) => name !== "recipes");
  await Promise.all(names.map(async (name) => {
    const { code, stderr } = await runLine(name, [`-P=${name}`]);
    assertEquals(code, 0, `${name}: ${stderr}`);
  }));
});

/** Whether a command does its task without a permission, or says what it leaves: it uses no other process, or no umask. */
function isOptional(name: string, kind: string): boolean {
  return (kind === "run" || kind === "sys") && name !== "recipes";
}

Deno.test("each command names a missing permission, and what it is for", async () => {
  let tries = 0;
  for (const [name, set] of Object.entries(PERMISSION_SETS)) {
    // without this permission, the variables count as unset
    const kinds = Object.keys(set).filter((kind) => kind !== "env" && !isOptional(name, kind));
    await Promise.all(kinds.map(async (kind) => {
      const { code, stderr, stdout } = await runLine(name, flagsWithout(set, kind));
      const text = `${name} without ${kind}: ${stdout}${stderr}`;
      assert(code === 1 || code === 2, text);
      assertStringIncludes(text, `--allow-${kind}`);
      tries++;
    }));
  }
  addRow(import.meta.url, {
    fault: "a permission is missing: ffi, read, write, net, run",
    tries,
    outcome: "the message names it, and what it is for",
    lost: "0 frames",
  });
});

Deno.test("gstp record --listen refuses to start where it cannot read GSTP_TOKEN", async () => {
  const flags = flagsWithout(PERMISSION_SETS.record!, "env");
  const { code, stderr } = await runLine("record", flags);
  assertEquals(code, 2, stderr);
  assertStringIncludes(stderr, "run with --allow-env=GSTP_TOKEN, or give --token");
  const readable = await runLine("record", [...flags, "--allow-env=GSTP_TOKEN"]);
  assertEquals(readable.code, 0, readable.stderr);
});

Deno.test("VideoRecorder needs the permissions ffi, read and write only, and names the clip that lacks one", async () => {
  await using dir = await tempDir();
  const script = `
    import { Standalone, VideoRecorder } from "./mod.ts";
    const app = await Standalone.buildAndRun(${JSON.stringify(PIPELINE.replace("5", "60"))}, {
      background: true,
    });
    const recorder = new VideoRecorder({
      pipeline: app.pipeline,
      srcTeeName: "t",
      windowSizeSec: 0.2,
      filenameGenerator: () => ${JSON.stringify(dir.path)} + "/a.webm",
    });
    try {
      console.log((await (await recorder.record()).finished).frames > 0);
      await recorder.snapshot(${JSON.stringify(dir.path)} + "/a.png");
    } catch (error) {
      console.log(error.message);
    }
    await app.stop();
  `;
  const at = dir.path;
  const all = await runScript(script, {}, [
    "--allow-ffi",
    `--allow-read=${at}`,
    `--allow-write=${at}`,
  ]);
  assertEquals([all.stdout, all.stderr], ["true\n", ""]);
  await Deno.remove(`${at}/a.webm`);
  const unwritten = await runScript(script, {}, ["--allow-ffi", `--allow-read=${at}`]);
  assertStringIncludes(unwritten.stdout, `Cannot record ${at}/a.webm: Requires write access`);
  assertStringIncludes(unwritten.stdout, "--allow-write");
  const unread = await runScript(script, {}, ["--allow-ffi", `--allow-write=${at}`]);
  assertStringIncludes(unread.stdout, `Cannot record ${at}/a.webm: Requires read access`);
  assertStringIncludes(unread.stdout, "--allow-read");
});

Deno.test("gstp recover and gstp verify need no other process, and gstp record says what it leaves without one", async () => {
  for (const name of ["recover", "verify"]) {
    const { code, stderr } = await runLine(name, flagsWithout(PERMISSION_SETS[name]!, "run"));
    assertEquals([code, stderr], [0, ""], name);
  }
  await using dir = await tempDir();
  const part = `${dir.path}/2026-11-26T14-03-12.345Z_a.ts.part`;
  await Deno.copyFile(clip, part);
  const flags = flagsWithout(PERMISSION_SETS["record"]!, "run");
  const pipeline = words("videotestsrc num-buffers=5 ! tee name=t ! fakesink");
  const args = ["run", "--no-prompt", ...flags, `${ROOT}cli.ts`, "record", `--out=${dir.path}`];
  const { code, stderr } = await run(Deno.execPath(), [...args, ...pipeline], { cwd: ROOT });
  assertEquals(code, 0, stderr);
  assertStringIncludes(stderr, `1 .part files are left`);
  assertStringIncludes(stderr, `gstp recover ${dir.path}`);
  await Deno.stat(part);
});
