/**
 * What ends `gstp record` from outside leaves no clip unfinished.
 */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { CLI, startGstp, words } from "./helpers/cli.ts";
import { eventsOf, reportsOf } from "./helpers/recording_command.ts";
import { probeClip } from "./helpers/recording.ts";
import { type Running, start } from "./helpers/run.ts";
import { tempDir } from "./helpers/temp_dir.ts";

const LIVE = "videotestsrc is-live=true ! video/x-raw,width=64,height=48,framerate=30/1 ! " +
  "tee name=t t. ! queue ! fakesink";
/** The end of its stream is a minute away. */
const SLOW = `${LIVE} t. ! queue leaky=downstream ! fakesink sync=true ts-offset=60000000000`;
const OPTIONS = ["record", "--json", "--window=0.5", "--after=60"];

/** The process that a child turns out to be, once it records. */
async function recordingPid(child: Running): Promise<number> {
  const [, pid] = /SIGUSR2 to (\d+)/.exec(await child.until("SIGUSR2 to "))!;
  return Number(pid);
}

/** What a folder holds. */
function pathsIn(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => `${folder}/${name}`);
}

Deno.test("gstp record finishes open clips when its terminal closes, however often that tells it", async () => {
  await using dir = await tempDir();
  const child = startGstp([...OPTIONS, `--out=${dir.path}`, ...words(SLOW)]);
  await recordingPid(child);
  child.kill("SIGUSR2");
  await child.until('"type":"recording"');
  child.kill("SIGHUP");
  await child.until("SIGHUP: finishing within 5 s");
  child.kill("SIGHUP");
  const { code, stdout, stderr } = await child.result;
  assertEquals(code, 129, stderr);
  assertStringIncludes(stderr, "no end of stream within 5 s");
  const [report] = reportsOf(stdout);
  assertEquals(pathsIn(dir.path), [report!.path]);
  assertEquals((await probeClip(report!.path)).frames, report!.frames);
});

Deno.test({
  name: "gstp record outlives its terminal under nohup",
  ignore: Deno.build.os !== "linux",
  async fn() {
    await using dir = await tempDir();
    const args = [Deno.execPath(), "run", "-A", CLI, ...OPTIONS, `--out=${dir.path}`];
    const child = start("nohup", [...args, ...words(LIVE)]);
    await recordingPid(child);
    child.kill("SIGHUP");
    child.kill("SIGUSR2");
    await child.until('"type":"recording"');
    // what is open then must not change that
    child.kill("SIGHUP");
    child.kill("SIGTERM");
    const { code, stdout, stderr } = await child.result;
    assertEquals(code, 0, stderr);
    assertEquals(stderr.includes("SIGHUP"), false, stderr);
    assertEquals(pathsIn(dir.path), reportsOf(stdout).map(({ path }) => path));
  },
});

Deno.test("gstp record finishes open clips, and fails, when nobody reads its output any more", async () => {
  await using dir = await tempDir();
  const command = [Deno.execPath(), "run", "-A", CLI, ...OPTIONS, `--out=${dir.path}`];
  // the pipeline's ! is for the command, not the shell
  const line = `{ "$@"; echo "status $?" >&2; } | head -n 1`;
  const child = start("sh", ["-c", line, "sh", ...command, ...words(LIVE)]);
  const pid = await recordingPid(child);
  Deno.kill(pid, "SIGUSR2");
  const { stdout, stderr } = await child.result;
  assertEquals(eventsOf(stdout).map(({ type }) => type), ["armed"]);
  assertStringIncludes(stderr, "standard output failed, finishing: ");
  assertStringIncludes(stderr, "status 1\n");
  const [path, ...others] = pathsIn(dir.path);
  assertEquals([path!.slice(-4), others], [".mp4", []]);
  assertEquals((await probeClip(path!)).frames > 0, true);
});
