/**
 * The output of the command while a pipeline runs.
 */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { run, words } from "../../../scripts/lib/run.ts";
import { COMMAND_LINE, gstp } from "../../helpers/cli.ts";
import { startOnTerminal, terminalMissing } from "../../helpers/terminal.ts";

const SHORT = words(
  "videotestsrc num-buffers=20 ! video/x-raw,framerate=30/1 ! fakesink sync=true",
);
Deno.test("gstp keeps standard output free for the pipeline", async () => {
  const text = "fakesrc num-buffers=3 filltype=zero sizetype=fixed sizemax=5 ! fdsink fd=1";
  const { code, stdout, stderr } = await gstp(words(text));
  assertEquals(code, 0, stderr);
  assertEquals(stdout, "\0".repeat(15));
});

Deno.test("gstp -v prints negotiated caps as gst-launch-1.0 does", async () => {
  const text = "-v videotestsrc num-buffers=1 ! video/x-raw,width=64 ! fakesink";
  const caps = (output: string) =>
    output.split("\n").filter((line) => line.includes("caps = video/x-raw")).sort();
  const ours = await gstp(words(text));
  const theirs = await run("gst-launch-1.0", words(text));
  assertEquals(ours.code, 0, ours.stderr);
  assertEquals(caps(ours.stdout), caps(theirs.stdout));
  assertMatch(
    caps(ours.stdout).join("\n"),
    /^\/GstPipeline:pipeline0\/GstFakeSink:fakesink0\.GstPad:sink: caps = video\/x-raw, .*width=\(int\)64/m,
  );
});

Deno.test("gstp -v prints property changes", async () => {
  const text = "-v videotestsrc num-buffers=3 ! fakesink silent=false";
  const { stdout } = await gstp(words(text));
  assertStringIncludes(stdout, "/GstPipeline:pipeline0/GstFakeSink:fakesink0: last-message = ");
});

Deno.test("gstp -m prints messages", async () => {
  const { stdout } = await gstp(["--messages", ...SHORT]);
  assertStringIncludes(
    stdout,
    "message state-changed from /GstPipeline:pipeline0: null to ready, then paused\n",
  );
  assertStringIncludes(stdout, "message stream-start from /GstPipeline:pipeline0: ");
  assertStringIncludes(stdout, "message eos from /GstPipeline:pipeline0");
});

Deno.test("gstp -q prints errors only", async () => {
  const quiet = await gstp(["-q", ...SHORT]);
  assertEquals([quiet.code, quiet.stdout, quiet.stderr], [0, "", ""]);
  const failing = await gstp(words("-q videotestsrc ! identity error-after=2 ! fakesink"));
  assertEquals([failing.code, failing.stdout], [1, ""]);
  assertStringIncludes(failing.stderr, "error: /GstPipeline:pipeline0/GstIdentity:identity0");
});

Deno.test("gstp reports that a pipeline is live", async () => {
  const live = await gstp(words("videotestsrc is-live=true num-buffers=2 ! fakesink"));
  assertStringIncludes(live.stderr, "playing (live)");
});

const noTerminal = await terminalMissing();
if (noTerminal !== null) console.log(`Skipped tests on a terminal: ${noTerminal}`);

/** Runs the command on a terminal; resolves with its output. */
async function runOnTerminal(env: Record<string, string> = {}): Promise<string> {
  const { code, stdout } = await startOnTerminal(`${COMMAND_LINE} ${SHORT.join(" ")}`, { env })
    .result;
  assertEquals(code, 0, stdout);
  return stdout;
}

Deno.test({
  name: "gstp shows position and duration on a terminal",
  ignore: noTerminal !== null,
  async fn() {
    const output = await runOnTerminal();
    // deno-lint-ignore no-control-regex -- the terminal's own
    const positions = [...output.matchAll(/\r(\d:\d\d:\d\d\.\d) \/ 0:00:00\.6\x1b\[K/g)];
    assert(positions.length >= 3, output);
    assert(output.trimEnd().endsWith("\x1b[K"), "the line is removed at the end");
  },
});

Deno.test({
  name: "gstp shows no position in CI jobs",
  ignore: noTerminal !== null,
  async fn() {
    const output = await runOnTerminal({ CI: "true" });
    assertEquals(output.includes("\x1b"), false, output);
  },
});

Deno.test("gstp shows no position in pipes", async () => {
  const piped = await gstp(SHORT, { env: { CI: "" } });
  assertEquals(piped.stderr.includes("\r") || piped.stdout.includes("\r"), false, piped.stderr);
});

Deno.test("gstp finishes when the reader of its output has ended", async () => {
  const text = "videotestsrc ! fakesink sync=true silent=false";
  const { code, stdout, stderr } = await run("sh", [
    "-c",
    `(${COMMAND_LINE} -v ${text}; echo "status $?" >&2) | head -n 1`,
  ]);
  assertEquals(code, 0, stderr);
  assertStringIncludes(stdout, "GstFakeSink:fakesink0");
  assertStringIncludes(stderr, "standard output failed, finishing: Broken pipe");
  assertStringIncludes(stderr, "status 1");
});

Deno.test("gstp runs with its outputs closed", async () => {
  const { code } = await run("sh", ["-c", `${COMMAND_LINE} -v ${SHORT.join(" ")} >&- 2>&-`]);
  assertEquals(code, 0);
});
