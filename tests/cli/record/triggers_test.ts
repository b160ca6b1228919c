/**
 * Each way to trigger a clip of `gstp record` records exactly the requested clip.
 */
import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { outputOf, words } from "../../../scripts/lib/run.ts";
import { COMMAND_LINE, startGstp } from "../../helpers/cli.ts";
import { fileNames } from "../../helpers/file_names.ts";
import { FPS } from "../../helpers/fps.ts";
import { numbersBetween, readNumbers } from "../../helpers/numbered.ts";
import {
  checkExact,
  eventsOf,
  postRecord,
  readStatus,
  recordingPid,
  reportsOf,
  ringsFull,
  startRecording,
  writePipeline,
} from "../../helpers/recording_command.ts";
import { tempDir } from "../../helpers/temp_dir.ts";
import { startOnTerminal, terminalMissing } from "../../helpers/terminal.ts";
import { until } from "../../helpers/wait.ts";

/** Waits until so many clips are complete. */
async function finished(url: string, count: number): Promise<void> {
  await until(`${count} clips are complete`, async () => {
    const { tees } = await readStatus(url);
    return tees.every(({ totals }) => totals.finished === count);
  });
}

const noTerminal = await terminalMissing();
if (noTerminal !== null) console.log(`Skipped tests on a terminal: ${noTerminal}`);
const ignore = noTerminal !== null;

Deno.test({
  name: "gstp record writes exact clips at Enter, r, SIGUSR2 and POST /record",
  ignore,
  async fn() {
    await using dir = await tempDir();
    const keys = `${dir.path}/keys`;
    await outputOf("mkfifo", [keys]);
    const opening = Deno.open(keys, { write: true });
    const { child, url } = await startRecording(
      dir.path,
      ["--window=0.6"],
      // exec, so that Ctrl-C ends no shell in between
      (args) => startOnTerminal(`exec ${COMMAND_LINE} ${args.join(" ")}`, { keys }),
    );
    using keyboard = await opening;
    const press = (key: string) => keyboard.writeSync(new TextEncoder().encode(key));
    const pid = await recordingPid(child);
    const triggers = [
      () => press("r"),
      () => press("\r"),
      () => Deno.kill(pid, "SIGUSR2"),
      () => postRecord(url),
    ];
    for (const [i, trigger] of triggers.entries()) {
      await trigger();
      await finished(url, i + 1);
    }
    press("x"); // asks for nothing
    press("\x03"); // Ctrl-C
    const { code, stdout } = await child.result;
    assertEquals(code, 0, stdout);
    const begun = eventsOf(stdout).filter((event) => event.type === "recording");
    assertEquals(begun.map(({ trigger }) => trigger), ["key", "key", "signal", "http"]);
    const reports = reportsOf(stdout);
    assertEquals(reports.length, 4);
    for (const report of reports) {
      assertAlmostEquals(report.requested.end - report.requested.start, 1.2, 1e-6);
      await checkExact(report);
    }
  },
});

Deno.test("POST /record accepts spans, an instant and a tee", async () => {
  await using dir = await tempDir();
  const args = ["--window=1", "--before=0.7", "--after=0.3"];
  const { url, child, stop } = await startRecording(dir.path, args);
  await postRecord(url);
  await finished(url, 1);
  await postRecord(url, { before: 0.2, after: 0.5, tee: "t" });
  await finished(url, 2);
  const at = (await readStatus(url)).runningTimeSec! - 0.4;
  await postRecord(url, { at, before: 0.3, after: 0.2 });
  await finished(url, 3);
  // two that fall into one
  const [first] = await postRecord(url, { after: 0.6 });
  const [second] = await postRecord(url, { after: 0.4 });
  assertEquals(first, second);
  await finished(url, 4);
  const wrong = await fetch(`${url}/record`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ before: 1.1 }),
  });
  const { failures } = await wrong.json();
  assertEquals([wrong.status, failures[0].tee], [400, "t"]);
  assertStringIncludes(failures[0].error, "beforeSec must be at most 1 seconds");
  await stop();
  const { stdout } = await child.result;
  const reports = reportsOf(stdout);
  const spans = reports.map(({ requested, calls }) => [
    +(calls[0]! - requested.start).toFixed(6),
    +(requested.end - calls.at(-1)!).toFixed(6),
  ]);
  assertEquals(spans.slice(0, 3), [[0.7, 0.3], [0.2, 0.5], [0.3, 0.2]]);
  assertAlmostEquals(reports[2]!.calls[0]!, at, 1e-6);
  const { calls, requested } = reports[3]!;
  assertEquals(calls.length, 2);
  assertAlmostEquals(requested.end, Math.max(calls[0]! + 0.6, calls[1]! + 0.4), 1e-6);
  for (const report of reports) await checkExact(report);
});

Deno.test("gstp record --tee=A+B records video and sound into one file", async () => {
  await using dir = await tempDir();
  const file = await writePipeline(dir.path);
  const sound = " audiotestsrc is-live=true ! tee name=a a. ! fakesink";
  await Deno.writeTextFile(file, sound, { append: true });
  const out = `${dir.path}/clips`;
  const args = [
    "record",
    file,
    "--tee=t+a",
    `--out=${out}`,
    "--window=0.5",
    "--json",
    "--listen=0",
  ];
  const child = startGstp(args);
  const [, url = ""] = /listening on (http:\S+)\//.exec(await child.until("record with: "))!;
  await ringsFull(url);
  const [name] = await postRecord(url, { tee: "t+a" });
  await finished(url, 1);
  child.kill("SIGTERM");
  const [report] = reportsOf((await child.result).stdout);
  assertEquals(report!.path, `${out}/${name}`);
  assertStringIncludes(name!, "_t_a.mp4");
  assertEquals(report!.tracks?.map(({ tee, shortfalls }) => [tee, shortfalls]), [
    ["t", []],
    ["a", []],
  ]);
  await checkExact(report!);
});

Deno.test("gstp record --encoded starts a clip at the keyframe before its window", async () => {
  await using dir = await tempDir();
  const { url, stop } = await startRecording(dir.path, ["--window=1.5", "--encoded"]);
  await postRecord(url);
  await finished(url, 1);
  const { stdout } = await stop();
  const [report] = reportsOf(stdout);
  const { start, requested, shortfalls, path } = report!;
  assertEquals(shortfalls, []);
  assert(start <= requested.start, Deno.inspect(report));
  assertEquals(await readNumbers(path), numbersBetween(start, requested.end, FPS));
});

Deno.test("gstp record finishes open clips at SIGTERM and at the end of the stream", async () => {
  await using dir = await tempDir();
  const { url, folder, stop } = await startRecording(dir.path, ["--window=0.5", "--after=60"]);
  await postRecord(url);
  const { code, stdout, stderr } = await stop();
  assertEquals(code, 0, stderr);
  assertStringIncludes(stderr, "SIGTERM: finishing within 5 s");
  const [report] = reportsOf(stdout);
  assertEquals(report!.shortfalls, ["end-of-stream"]);
  const names = fileNames(folder);
  assertEquals(names.map((name) => `${folder}/${name}`), [report!.path]);

  const short = "videotestsrc num-buffers=120 ! video/x-raw,framerate=30/1 ! tee name=a ! fakesink";
  const args = ["record", `--out=${dir.path}/short`, "--json", "--window=0.5", "--after=60"];
  const child = startGstp([...args, ...words(short)]);
  Deno.kill(await recordingPid(child), "SIGUSR2");
  const result = await child.result;
  assertEquals(result.code, 0, result.stderr);
  const [last] = reportsOf(result.stdout);
  assertAlmostEquals(last!.end, 4, 1e-6);
});

Deno.test("gstp record stops at once at a second signal", async () => {
  await using dir = await tempDir();
  const source =
    "videotestsrc is-live=true ! tee name=a ! fakesink sync=true ts-offset=60000000000";
  const child = startGstp(["record", `--out=${dir.path}`, ...words(source)]);
  await child.until("record with: ");
  child.kill("SIGINT");
  await child.until("once more stops at once");
  child.kill("SIGINT");
  const { code, stderr } = await child.result;
  assertEquals(code, 130, stderr);
});

Deno.test({
  name:
    "gstp record shows ring buffers, clips and the disk on a terminal, and restores the terminal",
  ignore,
  async fn() {
    await using dir = await tempDir();
    const file = await writePipeline(dir.path);
    const args = [
      "record",
      file,
      `--out=${dir.path}/clips`,
      "--window=0.5",
      "--after=1.5",
    ];
    const child = startOnTerminal(`stty -a; ${COMMAND_LINE} ${args.join(" ")}; stty -a`);
    await child.until("t 0.5/0.5 s | 0 clips 0 B, ");
    const pid = await recordingPid(child);
    Deno.kill(pid, "SIGUSR2");
    await child.until("t 0.5/0.5 s REC 1 | ");
    await child.until("_t.mp4 | 1 clip ");
    Deno.kill(pid, "SIGTERM");
    const { code, stdout } = await child.result;
    assertEquals(code, 0, stdout);
    assertStringIncludes(stdout, "(2.00 s, 60 frames, ");
    const [before, after] = stdout.split("\n").filter((text) => /\bicanon\b/.test(text));
    assert(before !== undefined);
    assertEquals(after, before);
  },
});

Deno.test({
  name:
    "gstp record keeps its status within a line of the terminal, and ends the line at a forced exit",
  ignore,
  async fn() {
    await using dir = await tempDir();
    const pipeline = "videotestsrc is-live=true '!' tee name=a_long_name '!' " +
      "fakesink sync=true ts-offset=60000000000";
    const args = ["record", `--out=${dir.path}/clips`, "--window=0.5", pipeline];
    const line = `stty cols 30; ${COMMAND_LINE} ${args.join(" ")}; echo "status $?"`;
    const child = startOnTerminal(line);
    const pid = await recordingPid(child);
    await child.until("\ra_long_name 0.");
    Deno.kill(pid, "SIGINT");
    await child.until("once more stops at once");
    Deno.kill(pid, "SIGINT");
    const { stdout } = await child.result;
    const lines = stdout.split("\x1b[K").filter((text) => text.includes("\ra_long"))
      .map((text) => text.slice(text.lastIndexOf("\r") + 1));
    assert(lines.length > 0, stdout);
    assert(lines.every((text) => text.length === 29), Deno.inspect(lines));
    assertMatch(stdout, /\nstatus 130\r\n$/);
  },
});
