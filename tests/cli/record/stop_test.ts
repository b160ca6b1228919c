/**
 * `gstp record` finishes its clips when it is ended from outside.
 */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { run, start, words } from "../../../scripts/lib/run.ts";
import { COMMAND, startGstp } from "../../helpers/cli.ts";
import { probeClip } from "../../helpers/ffprobe.ts";
import { fileNames } from "../../helpers/file_names.ts";
import {
  eventsOf,
  freePort,
  postRecord,
  readStatus,
  recordingPid,
  reportsOf,
  ringsFull,
} from "../../helpers/recording_command.ts";
import { tempDir } from "../../helpers/temp_dir.ts";
import { until } from "../../helpers/wait.ts";

const LIVE = "videotestsrc is-live=true ! video/x-raw,width=64,height=48,framerate=30/1 ! " +
  "tee name=t t. ! queue ! fakesink";
/** The end of its stream is a minute away. */
const SLOW = `${LIVE} t. ! queue leaky=downstream ! fakesink sync=true ts-offset=60000000000`;
const OPTIONS = ["record", "--json", "--window=0.5", "--after=60"];

/** The paths of the files in a folder. */
function pathsIn(folder: string): string[] {
  return fileNames(folder).map((name) => `${folder}/${name}`);
}

Deno.test("gstp record finishes open clips when its terminal closes, also at repeated signals", async () => {
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
  name: "gstp record ignores SIGHUP under nohup",
  ignore: Deno.build.os !== "linux",
  async fn() {
    await using dir = await tempDir();
    const args = [...COMMAND, ...OPTIONS, `--out=${dir.path}`, ...words(LIVE)];
    const child = start("nohup", args);
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

Deno.test("gstp record finishes open clips, and fails, when the reader of its output has ended", async () => {
  await using dir = await tempDir();
  const command = [...COMMAND, ...OPTIONS, `--out=${dir.path}`, ...words(LIVE)];
  // the pipeline's ! is for the command, not the shell
  const line = `{ "$@"; echo "status $?" >&2; } | head -n 1`;
  const child = start("sh", ["-c", line, "sh", ...command]);
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

Deno.test({
  name: "gstp record continues while its output is not read",
  ignore: Deno.build.os !== "linux",
  async fn() {
    await using dir = await tempDir();
    const fifo = `${dir.path}/output`;
    await run("mkfifo", [fifo]);
    // as much as a pipe holds (pipe(7)), so that nothing of the child's fits
    using pipe = await Deno.open(fifo, { read: true, write: true });
    assertEquals(await pipe.write(new Uint8Array(65_536)), 65_536);
    const port = freePort();
    const options = ["record", "--json", "--window=0.5", `--listen=${port}`];
    const command = [...COMMAND, ...options, `--out=${dir.path}/clips`, ...words(LIVE)];
    const child = start("sh", ["-c", `exec "$@" > "$0"`, fifo, ...command]);
    const url = `http://127.0.0.1:${port}`;
    await until("it records", () => readStatus(url).then(() => true, () => false));
    await ringsFull(url);
    const [name] = await postRecord(url);
    await until("the clip is complete", async () => {
      return (await readStatus(url)).tees[0]!.totals.finished === 1;
    });
    child.kill("SIGTERM");
    assertEquals((await child.result).code, 0);
    assertEquals(pathsIn(`${dir.path}/clips`), [`${dir.path}/clips/${name}`]);
  },
});
