/**
 * Running a pipeline: its sources, and its errors.
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { ROOT } from "../../../scripts/lib/paths.ts";
import { run, words } from "../../../scripts/lib/run.ts";
import { gstp } from "../../helpers/cli.ts";
import { fileNames } from "../../helpers/file_names.ts";
import { tempDir } from "../../helpers/temp_dir.ts";

/** Asserts that the command ended with a status and printed some texts, without a stack trace. */
function assertEnded(
  result: { code: number; stderr: string },
  code: number,
  ...texts: string[]
): void {
  assertEquals(result.code, code, result.stderr);
  for (const text of texts) assertStringIncludes(result.stderr, text);
  assertEquals(result.stderr.includes("    at "), false, result.stderr);
}

Deno.test("gstp plays the repository's file without a display", async () => {
  const result = await gstp(["pipeline.gstp", "--pattern=ball", "--frames=10"], { cwd: ROOT });
  assertEnded(result, 0, "playing", "end of stream");
  assertEquals(result.stdout, "");
});

Deno.test("gstp --file takes a file of any name", async () => {
  await using dir = await tempDir();
  const path = `${dir.path}/file with spaces.txt`;
  await Deno.writeTextFile(path, "videotestsrc num-buffers={n}\n! fakesink\n");
  assertEnded(await gstp([`--file=${path}`, "--n=3"]), 0, "end of stream");
});

Deno.test("gstp reads the file from standard input", async () => {
  const stdin = "videotestsrc num-buffers={n}\n! fakesink\n";
  assertEnded(await gstp(["-", "--n=3"], { stdin }), 0, "end of stream");
  assertEnded(await gstp(["--file=-", "--n=3"], { stdin }), 0, "end of stream");
});

Deno.test("gstp accepts pipeline text as arguments", async () => {
  assertEnded(await gstp(words("videotestsrc num-buffers=30 ! fakesink")), 0, "end of stream");
});

Deno.test("gstp reads arguments as gst-launch-1.0 does", async () => {
  await using ours = await tempDir();
  await using theirs = await tempDir();
  const names = ["a b", "a ! b", "it's", 'say "a b" c', '"a b"', "{n}", "a=b c", "é ü", "a\\b"];
  for (const name of names) {
    const args = [...words("videotestsrc num-buffers=1 ! filesink"), `location=${name}`];
    await run("gst-launch-1.0", ["-q", ...args], { cwd: theirs.path });
    await gstp(["-q", ...args], { cwd: ours.path });
  }
  const written = fileNames(theirs.path);
  assertEquals(fileNames(ours.path), written);
  assert(written.length > 5, written.join("|"));
});

Deno.test("gstp passes a value as one value", async () => {
  await using dir = await tempDir();
  const stdin = "videotestsrc num-buffers=1 ! filesink location={path}";
  const path = `${dir.path}/it's "a" ! fakesink name=b é`;
  assertEnded(await gstp(["-", `--path=${path}`], { stdin }), 0);
  assertEquals((await Deno.stat(path)).isFile, true);
});

Deno.test("gstp refuses a value that would add an element", async () => {
  const args = ["pipeline.gstp", "--pattern=ball", "--frames=5", "--sink=fakesink ! tee"];
  assertEnded(await gstp(args, { cwd: ROOT }), 2, "pipeline.gstp:", "--sink", "fakesink ! tee");
});

Deno.test("gstp sets a placeholder named like an option after --", async () => {
  const stdin = "videotestsrc num-buffers={timeout} ! fakesink";
  const result = await gstp(["-", "--dry-run", "--timeout=5", "--", "--timeout=7"], { stdin });
  assertEquals(result.stdout, "videotestsrc num-buffers=7 ! fakesink\n");
  assertEnded(await gstp(["-", "--timeout=5"], { stdin }), 2, "-- --timeout=VALUE");
});

Deno.test("gstp refuses flags that the file does not take, and lists its placeholders", async () => {
  const refused = (...flags: string[]) => gstp(["pipeline.gstp", ...flags], { cwd: ROOT });
  const list = ["--pattern=VALUE", "--frames=VALUE", "--sink=VALUE"];
  assertEnded(await refused(), 2, "pipeline.gstp:", "{pattern}", ...list);
  assertEnded(await refused("--patern=ball"), 2, "Unknown option --patern", ...list);
  const question = "Did you mean --pattern?";
  assertEnded(await refused("--patern=ball"), 2, `has no placeholder {patern}. ${question}\n`);
  assertEnded(await refused("--timout=5"), 2, "Did you mean --timeout?");
  assertEnded(await refused("--patern"), 2, "Unknown option --patern", ...list);
  assertEnded(await refused("--pattern"), 2, "--pattern needs a value", ...list);
  assertEnded(await refused("--pattern", "ball"), 2, 'Unexpected argument "ball"');
  assertEnded(await refused("--pattern=a", "--pattern=b"), 2, "more than once", ...list);
  assertEnded(await refused("--pattern=a", "--", "--pattern=b"), 2, "more than once", ...list);
});

Deno.test("gstp asks whether a misspelled command or option stands for another one", async () => {
  const cases: [line: string, question: string][] = [
    ["recrod a.gstp", 'Unknown command "recrod". Did you mean record?'],
    ["recrod videotestsrc ! tee name=t ! fakesink", "Did you mean record?"],
    ["verfy --fast a.mp4", "Did you mean verify?"],
    ["grahp", "Did you mean graph?"],
    ["--timout=3 fakesrc ! fakesink", "Did you mean --timeout?"],
    ["verify --fats a.mp4", "Did you mean --fast?"],
    ["record --windw=3 fakesrc ! tee name=t ! fakesink", "Did you mean --window?"],
    [
      "record --tee=camrea videotestsrc is-live=true ! tee name=camera ! fakesink",
      "Did you mean camera?",
    ],
  ];
  for (const [line, question] of cases) assertEnded(await gstp(words(line)), 2, question);
  // a pipeline, though its first word is close to a command
  const pipeline = await gstp(words("--dry-run grap ! fakesink"));
  assertEquals(pipeline.stdout, "grap ! fakesink\n");
  assertEnded(await gstp(words("grap ! fakesink")), 1, "Missing element: grap");
});

Deno.test("gstp names the command in its hints as it is called", async () => {
  const asFile = await run(Deno.execPath(), ["run", "-A", "cli.ts", "doctor", "x"], { cwd: ROOT });
  assertEnded(asFile, 2, "Run `deno run -A cli.ts doctor --help` for usage.");
  const limited = ["run", "--allow-ffi", "cli.ts", ...words("fakesrc nosuch=1 ! fakesink")];
  const property = await run(Deno.execPath(), limited, { cwd: ROOT });
  assertEnded(property, 1, "deno run -A cli.ts inspect ELEMENT lists");
});

Deno.test("gstp refuses a wrong command line", async () => {
  assertEnded(await gstp([]), 2, "Missing pipeline", "--help");
  assertEnded(await gstp(["-x", "videotestsrc"]), 2, "Unknown option -x");
  assertEnded(
    await gstp(words("--n=5 videotestsrc ! fakesink")),
    2,
    "Unknown option --n (placeholders need a pipeline file)",
  );
  assertEnded(await gstp(["--timeout=soon", "videotestsrc"]), 2, "--timeout", "soon");
});

Deno.test("gstp refuses a file that cannot be read, is malformed or is empty", async () => {
  await using dir = await tempDir();
  assertEnded(await gstp(["missing.gstp"]), 2, "Cannot read missing.gstp");
  assertEnded(await gstp([`--file=${dir.path}`]), 2, `Cannot read ${dir.path}`);
  assertEnded(await gstp(["-"], { stdin: "videotestsrc\npattern={a" }), 2, "standard input:2");
  assertEnded(await gstp(["-"], { stdin: "# nothing\n\n" }), 2, "The pipeline is empty");
  assertEnded(await gstp(["-"], { stdin: "fakesrc\0 ! fakesink" }), 2, "NUL");
  assertEnded(await gstp(["--file=/bin/sh"]), 2);
});

Deno.test("gstp names a missing element and its Debian package", async () => {
  const known = await gstp(words("videotestsrc ! nicesink ! fakesink"), {
    env: { GST_PLUGIN_SYSTEM_PATH: "/nonexistent", GST_REGISTRY: "/dev/null" },
  });
  assertEnded(known, 1, "Missing element", "nicesink", "gstreamer1.0-nice", "apt-get install");
  const misspelled = await gstp(words("videotestscr ! fakesink"));
  assertEnded(misspelled, 1, "Missing element: videotestscr\nDid you mean videotestsrc?");
  const unknown = await gstp(words("videotestsrc ! nosuchelement ! fakesink"));
  assertEnded(unknown, 1, "Missing element: nosuchelement");
});

Deno.test("gstp reports text that cannot be parsed", async () => {
  assertEnded(await gstp(words("videotestsrc ! ! fakesink")), 1, "error: Cannot parse");
  const property = await gstp(words("videotestsrc nosuch=1 ! fakesink"));
  assertEnded(property, 1, "nosuch", "cli.ts inspect ELEMENT lists");
});

Deno.test("gstp reports an element that fails before it plays", async () => {
  const early = await gstp(words("filesrc location=/nonexistent/a ! fakesink"));
  assertEnded(early, 1, "error: /GstPipeline:pipeline0/GstFileSrc:filesrc0: ");
  assertEquals(early.stderr.includes("gst_file_src_start"), false, "debug text without -v");
  assertStringIncludes(early.stderr, 'No such file "/nonexistent/a"');
  const late = await gstp(words("videotestsrc ! fakesink name=end state-error=paused-to-playing"));
  assertEnded(late, 1, "error: /GstPipeline:pipeline0/GstFakeSink:end: ");
});

Deno.test("gstp -v prints the debug text of an error", async () => {
  const result = await gstp(words("-v filesrc location=/nonexistent/a ! fakesink"));
  assertEnded(result, 1, "debug: ", "gst_file_src_start", 'No such file "/nonexistent/a"');
});

Deno.test("gstp reports an element that fails while it plays", async () => {
  const text = "videotestsrc ! video/x-raw,framerate=1000/1 ! identity error-after=50 ! " +
    "fakesink sync=true";
  const result = await gstp(words(text));
  assertEnded(result, 1, "playing", "error: /GstPipeline:pipeline0/GstIdentity:identity0: ");
});

Deno.test("gstp suggests what to do about caps that do not match", async () => {
  const result = await gstp(words("fakesrc num-buffers=3 ! audioconvert ! fakesink"));
  assertEnded(result, 1, "GstFakeSrc:fakesrc0", "put videoconvert");
});

Deno.test("gstp prints warnings, and continues", async () => {
  const text = "videotestsrc num-buffers=2 ! decodebin ! audioconvert ! fakesink";
  assertEnded(
    await gstp(words(text)),
    1,
    "warning: /GstPipeline:pipeline0/GstDecodeBin:decodebin0",
  );
});
