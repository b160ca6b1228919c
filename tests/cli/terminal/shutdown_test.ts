/**
 * The shutdown of a run: signals and timeouts.
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { outputOf, run, type RunResult, words } from "../../../scripts/lib/run.ts";
import { sleep } from "../../../scripts/lib/sleep.ts";
import { breakingProxy, cameraMissing, startCamera } from "../../helpers/camera.ts";
import { CLI, gstp, startGstp } from "../../helpers/cli.ts";
import { probeClip } from "../../helpers/ffprobe.ts";
import { tempDir } from "../../helpers/temp_dir.ts";
import { startOnTerminal, terminalMissing } from "../../helpers/terminal.ts";

/** An MP4 file is playable only when it was finished. */
const RECORD = "videotestsrc is-live=true ! video/x-raw,width=160,height=120,framerate=30/1 " +
  "! x264enc tune=zerolatency ! mp4mux ! filesink";
/** The end of its stream is a minute away, and its source waits for that. */
const SLOW = "videotestsrc is-live=true ! fakesink sync=true ts-offset=60000000000";

const noCamera = cameraMissing();
if (noCamera !== null) console.log(`Skipped the test of a camera: ${noCamera}`);

/** Starts the command, sends it SIGTERM once it has written `text`, and waits for its end. */
async function stopAt(text: string, args: string[]): Promise<RunResult> {
  const child = startGstp(args);
  await child.until(text);
  child.kill("SIGTERM");
  return await child.result;
}

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.test(`gstp finishes the file at ${signal}`, async () => {
    await using dir = await tempDir();
    const path = `${dir.path}/a.mp4`;
    const child = startGstp([...words(RECORD), `location=${path}`]);
    await child.until("playing (live)");
    await sleep(1);
    child.kill(signal);
    const { code, stderr } = await child.result;
    assertEquals(code, 0, stderr);
    assertStringIncludes(stderr, `${signal}: finishing within 5 s`);
    assertStringIncludes(stderr, "end of stream after");
    const { frames, duration } = await probeClip(path);
    assert(frames >= 20, `${frames} frames`);
    assert(duration > 0.6 && duration < 5, `${duration} s`);
  });
}

for (const [signal, status] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
  Deno.test(`gstp stops at once at a second ${signal}, with status ${status}`, async () => {
    const child = startGstp(words(SLOW));
    await child.until("playing (live)");
    child.kill(signal);
    await child.until("once more stops at once");
    child.kill(signal);
    const { code, stderr } = await child.result;
    assertEquals(code, status, stderr);
    assertStringIncludes(stderr, `${signal} again: stopped at once`);
    assertEquals(stderr.includes("no end of stream within"), false, stderr);
  });
}

Deno.test("gstp waits for the end of the stream for a limited time", async () => {
  const child = startGstp(words(SLOW), { timeoutSec: 50 });
  await child.until("playing (live)");
  child.kill("SIGTERM");
  const { code, stderr } = await child.result;
  assertEquals(code, 143, stderr);
  assertStringIncludes(stderr, "files may be unfinished");
});

Deno.test("gstp stops a pipeline that is still starting", async () => {
  const child = startGstp(words("-m appsrc ! fakesink"));
  await child.until("then paused");
  child.kill("SIGINT");
  const { code, stderr } = await child.result;
  assertEquals(code, 0, stderr);
  assertEquals(stderr.includes("playing"), false, stderr);
});

Deno.test("gstp stops a pipeline that hangs while it starts", async () => {
  await using dir = await tempDir();
  await run("mkfifo", [`${dir.path}/fifo`]);
  const args = ["--timeout=1", "filesrc", `location=${dir.path}/fifo`, ...words("! fakesink")];
  const { code, stderr } = await gstp(args);
  assertEquals(code, 1, stderr);
  assertStringIncludes(stderr, "not playing within 1 s");
  assertStringIncludes(stderr, "does not stop");
});

Deno.test("gstp finishes the file after --timeout seconds", async () => {
  await using dir = await tempDir();
  const path = `${dir.path}/a.mp4`;
  // a busy machine gets as much time to start
  const { code, stderr } = await gstp(["--timeout=4", ...words(RECORD), `location=${path}`]);
  assertEquals(code, 0, stderr);
  assertStringIncludes(stderr, "played for 4 s");
  const { frames, duration } = await probeClip(path);
  assert(frames >= 80 && frames < 240, `${frames} frames`);
  assert(duration > 2.7 && duration < 8, `${duration} s`);
});

Deno.test("gstp fails when it does not play within --timeout seconds", async () => {
  const { code, stderr } = await gstp(words("--timeout=0.5 appsrc ! fakesink"));
  assertEquals(code, 1, stderr);
  assertStringIncludes(stderr, "not playing within 0.5 s");
});

Deno.test("gstp ends by itself before --timeout", async () => {
  const { code, stderr } = await gstp(words("--timeout=50 videotestsrc num-buffers=3 ! fakesink"));
  assertEquals(code, 0, stderr);
  assertStringIncludes(stderr, "end of stream");
});

Deno.test("gstp reports an error that occurs while it finishes", async () => {
  const text = "videotestsrc is-live=true ! vp8enc deadline=1 ! webmmux ! filesink " +
    "buffer-mode=full buffer-size=100000000 location=/dev/full";
  const { code, stderr } = await stopAt("playing (live)", words(text));
  assertEquals(code, 1, stderr);
  assertStringIncludes(stderr, "error: /GstPipeline:pipeline0/GstFileSink:filesink0");
});

Deno.test({
  name: "gstp exits with 0 when a camera fails while it is stopped",
  ignore: noCamera !== null,
  async fn() {
    await using camera = await startCamera("x264enc tune=zerolatency", "rtph264pay");
    await using proxy = breakingProxy(camera);
    const text = `-v rtspsrc location=${proxy.url} protocols=tcp ! fakesink`;
    // its caps come with the first packet
    const { code, stderr } = await stopAt("fakesink0.GstPad:sink: caps = ", words(text));
    assertEquals(code, 0, stderr);
    assertStringIncludes(stderr, "while stopping: /GstPipeline:pipeline0/GstRTSPSrc:rtspsrc0: ");
    assertStringIncludes(stderr, "end of stream after");
  },
});

const noTerminal = await terminalMissing();
if (noTerminal !== null) console.log(`Skipped the test of prompts: ${noTerminal}`);

/** Starts the command on a terminal, without some of Deno's permissions; `allow` answers the next prompt. */
async function startWithPrompts(dir: string, flags: string, line: string) {
  const keys = `${dir}/keys`;
  await outputOf("mkfifo", [keys]);
  const opening = Deno.open(keys, { write: true });
  const child = startOnTerminal(`"${Deno.execPath()}" run ${flags} ${CLI} ${line}`, { keys });
  const keyboard = await opening;
  return {
    child,
    async allow() {
      // Deno discards what is typed before it reads
      const press = () => keyboard.writeSync(new TextEncoder().encode("y\r"));
      const pressing = setInterval(press, 300);
      await child.until("Granted ").finally(() => clearInterval(pressing));
    },
    [Symbol.dispose]: () => keyboard.close(),
  };
}

Deno.test({
  name: "gstp --timeout does not count the time in which Deno asks for permissions",
  ignore: noTerminal !== null,
  async fn() {
    await using dir = await tempDir();
    const line = "--timeout=3 videotestsrc is-live=true ! fakesink";
    using run = await startWithPrompts(dir.path, "--allow-read", line);
    await run.child.until("Allow?");
    await sleep(3.5);
    await run.allow();
    const { code, stdout } = await run.child.result;
    assertEquals(code, 0, stdout);
    assertStringIncludes(stdout, "played for 3 s: finishing");
  },
});

Deno.test({
  name: "gstp record asks for permissions before it plays",
  ignore: noTerminal !== null,
  async fn() {
    await using dir = await tempDir();
    const flags = "--allow-read --allow-write --allow-ffi --allow-env --allow-sys";
    const line = `record --out=${dir.path}/clips --listen=0 --timeout=1 --window=0.2 ` +
      "videotestsrc is-live=true ! tee name=t ! fakesink";
    using run = await startWithPrompts(dir.path, flags, line);
    const before = await run.child.until("Allow?");
    assertEquals(before.includes("armed: "), false, before);
    await run.allow();
    const { code, stdout } = await run.child.result;
    assertEquals(code, 0, stdout);
    assertStringIncludes(stdout, "listening on ");
  },
});
