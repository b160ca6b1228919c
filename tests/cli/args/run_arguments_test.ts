/**
 * Parsing the command line of running a pipeline.
 */
import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { readRunArguments } from "../../../cli/args/run_arguments.ts";
import { UsageError } from "../../../cli/args/usage_error.ts";
import { joinWords } from "../../../cli/pipeline_file/launch_text.ts";
import { formatTime } from "../../../cli/terminal/format.ts";
import { words } from "../../../scripts/lib/run.ts";

function sourceOf(line: string) {
  return readRunArguments(words(line)).source;
}

function refused(line: string): string {
  return assertThrows(() => readRunArguments(words(line)), UsageError).message;
}

Deno.test("readRunArguments() takes a first argument that is - or ends in .gstp as a file", () => {
  assertEquals(sourceOf("a.gstp"), { file: "a.gstp" });
  assertEquals(sourceOf("-"), { file: "-" });
  assertEquals(sourceOf("--file=a.txt"), { file: "a.txt" });
  assertEquals(sourceOf("--file a.txt"), { file: "a.txt" });
  assertEquals(sourceOf("--file=-"), { file: "-" });
});

Deno.test("readRunArguments() takes anything else as the words of a pipeline", () => {
  const expected = { words: ["videotestsrc", "num-buffers=30", "!", "fakesink"] };
  assertEquals(sourceOf("videotestsrc num-buffers=30 ! fakesink"), expected);
  assertEquals(sourceOf("-v videotestsrc num-buffers=30 ! fakesink"), expected);
  assertEquals(sourceOf("videotestsrc num-buffers=30 ! fakesink -v"), expected);
  assertEquals(sourceOf("-- videotestsrc num-buffers=30 ! fakesink"), expected);
  assertEquals(sourceOf("videotestsrc ! filesink location=a.gstp"), {
    words: words("videotestsrc ! filesink location=a.gstp"),
  });
  assertEquals(sourceOf("5 0x10"), { words: ["5", "0x10"] });
  assertEquals(sourceOf("-v"), undefined);
});

Deno.test("readRunArguments() reads options in any position", () => {
  const args = readRunArguments(words("-qm a.gstp --timeout=2.5 --dry-run -v"));
  assertEquals(args, {
    help: false,
    version: false,
    dryRun: true,
    verbose: true,
    quiet: true,
    messages: true,
    timeoutSec: 2.5,
    observe: undefined,
    source: { file: "a.gstp" },
    flags: [],
  });
  assertEquals(readRunArguments(["-h"]).help, true);
  assertEquals(readRunArguments(["--version"]).version, true);
  assertEquals(readRunArguments(words("-e videotestsrc")).source, { words: ["videotestsrc"] });
});

Deno.test("readRunArguments() requires all options of an observation, or none", () => {
  const { observe } = readRunArguments(
    words("a.gstp --obs=o --ext=a.ts:b --proc c.ts:d --obs-fatal"),
  );
  assertEquals(observe, { obs: "o", ext: "a.ts:b", proc: "c.ts:d", isFatal: true });
  const some = ["--obs=o", "--ext=a.ts:b --proc=c.ts:d", "--obs=o --proc=c.ts:d", "--obs-fatal"];
  for (const line of some) assertStringIncludes(refused(`a.gstp ${line}`), "takes all of --obs=");
  assertEquals(readRunArguments(words("a.gstp -- --obs=o --ext=5")).flags, [
    { name: "obs", value: "o" },
    { name: "ext", value: "5" },
  ]);
});

Deno.test("readRunArguments() passes other flags to the file unchanged", () => {
  const { flags } = readRunArguments([
    "--pattern=ball",
    "a.gstp",
    "--text=a = b ! c",
    "--empty=",
    "--count=007",
    "--no-audio=1",
    "--a.b=1",
    "--v=2",
    "--bare",
  ]);
  assertEquals(flags, [
    { name: "pattern", value: "ball" },
    { name: "text", value: "a = b ! c" },
    { name: "empty", value: "" },
    { name: "count", value: "007" },
    { name: "no-audio", value: "1" },
    { name: "a.b", value: "1" },
    { name: "v", value: "2" },
    { name: "bare", value: undefined },
  ]);
});

Deno.test("readRunArguments() passes what follows -- to the file", () => {
  const args = readRunArguments(words("a.gstp --timeout=5 -- --timeout=7 --verbose"));
  assertEquals(args.timeoutSec, 5);
  assertEquals(args.verbose, false);
  assertEquals(args.flags, [
    { name: "timeout", value: "7" },
    { name: "verbose", value: undefined },
  ]);
});

Deno.test("readRunArguments() refuses a wrong command line, naming the argument", () => {
  assertStringIncludes(refused("-x a.gstp"), "Unknown option -x");
  assertStringIncludes(refused("-vx a.gstp"), "Unknown option");
  assertStringIncludes(refused("a.gstp --timeout"), "--timeout needs a value");
  assertStringIncludes(refused("a.gstp --timeout="), "--timeout needs a value");
  assertStringIncludes(refused("a.gstp --timeout=soon"), 'not "soon"');
  assertStringIncludes(refused("a.gstp --timeout=0"), "above 0");
  assertStringIncludes(refused("a.gstp --timeout=-1"), "above 0");
  assertStringIncludes(refused("a.gstp --timeout=1e9"), "2147483");
  assertStringIncludes(refused("a.gstp --timeout=1 --timeout=2"), "more than once");
  assertStringIncludes(refused("--file=a --file=b"), "more than once");
  assertStringIncludes(refused("--file"), "--file needs a value");
  assertStringIncludes(refused("a.gstp --quiet=7"), "-- --quiet=7");
  assertStringIncludes(refused("a.gstp b.gstp"), 'Unexpected argument "b.gstp"');
  assertStringIncludes(refused("--file=a b.gstp"), 'Unexpected argument "b.gstp"');
  assertStringIncludes(refused("a.gstp -- b"), 'Unexpected argument "b"');
});

Deno.test("joinWords() keeps a word with spaces as one word", () => {
  assertEquals(joinWords(["a", "!", "b"]), "a ! b");
  assertEquals(joinWords(["location=my film.webm"]), "location=my\\ film.webm");
  assertEquals(joinWords(['location="my film.webm"']), 'location="my film.webm"');
  assertEquals(joinWords(['text="a \\" b" c']), 'text="a \\" b"\\ c');
  assertEquals(joinWords(["text={no placeholder}"]), "text={no\\ placeholder}");
});

Deno.test("formatTime() formats hours, minutes, seconds and tenths", () => {
  assertEquals(formatTime(0), "0:00:00.0");
  assertEquals(formatTime(59.99), "0:00:59.9");
  assertEquals(formatTime(3661.25), "1:01:01.2");
  assertEquals(formatTime(360000), "100:00:00.0");
});
