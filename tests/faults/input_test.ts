/**
 * Unusual input: command lines and names of clips, from a corpus (tests/corpus) and at random. FUZZ_SEED and FUZZ_COUNT in
 * the environment try others.
 */
import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path/join";
import { INSPECT_OPTIONS, RUN_OPTIONS } from "../../cli/args/options.ts";
import { readOptions } from "../../cli/args/read_options.ts";
import { readRecordArguments } from "../../cli/args/record_arguments.ts";
import { readRunArguments } from "../../cli/args/run_arguments.ts";
import { UsageError } from "../../cli/args/usage_error.ts";
import { joinWords } from "../../cli/pipeline_file/launch_text.ts";
import { RecordingError } from "../../mod.ts";
import "../../scripts/open_libraries.ts";
import { lex } from "../../src/launch/lexer.ts";
import LINES from "../corpus/arguments.json" with { type: "json" };
import NAMES from "../corpus/file_names.json" with { type: "json" };
import { probeClip } from "../helpers/ffprobe.ts";
import { randomNumbers } from "../helpers/random.ts";
import { newPaths, recorderOf, ringFull, runLive } from "../helpers/recording.ts";
import { tempDir } from "../helpers/temp_dir.ts";
import { addRow } from "./table.ts";

const SEED = Number(Deno.env.get("FUZZ_SEED") ?? 1);
const COUNT = Number(Deno.env.get("FUZZ_COUNT") ?? 20_000);

const PIECES = [
  ...["-", "--", "=", ".", "a", "b", "0", "-1", " ", "", "\n", "é", "😀", "!", '"', "'", "\\"],
  ...[
    "help",
    "version",
    "dry-run",
    "verbose",
    "quiet",
    "file",
    "timeout",
    "messages",
    "obs",
    "ext",
  ],
  ...["tee", "dir", "window", "listen", "on", "no-", "a.gstp", ".gstp", "__proto__", "constructor"],
  ...[
    "1e9",
    "0x1",
    "NaN",
    "Infinity",
    "true",
    "false",
    "null",
    "record",
    "videotestsrc",
    "fakesink",
  ],
];

const random = randomNumbers(SEED);

function randomWord(pieces: readonly string[]): string {
  return Array.from({ length: 1 + random(4) }, () => pieces[random(pieces.length)]).join("");
}

const lines: string[][] = [
  ...LINES,
  ["a.gstp", "--a=\ud800"],
  ...Array.from(
    { length: COUNT },
    () => Array.from({ length: random(6) }, () => randomWord(PIECES)),
  ),
];

/** Returns what a function parses from a line; null if it refuses the line properly. */
function readOrRefuse<T>(read: (args: string[]) => T, line: string[]): T | null {
  try {
    return read([...line]);
  } catch (error) {
    assert(error instanceof UsageError, `${JSON.stringify(line)}: ${error}`);
    assert(error.message !== "" && !/undefined|\[object/.test(error.message), error.message);
    return null;
  }
}

Deno.test("any command line is parsed, or refused with a sentence", () => {
  for (const line of lines) {
    readOrRefuse(readRecordArguments, line);
    const options = readOrRefuse((args) => readOptions(args, INSPECT_OPTIONS), line);
    if (options !== null) assert(options.words.every((word) => typeof word === "string"));
    const args = readOrRefuse(readRunArguments, line);
    if (args === null) continue;
    const { timeoutSec, source, flags } = args;
    assert(timeoutSec === undefined || timeoutSec > 0 && timeoutSec < Infinity);
    // flags for the file arrive as they were typed
    const end = line.indexOf("--");
    const before = line.slice(0, end < 0 ? line.length : end);
    const isFlag = (arg: string) =>
      arg.startsWith("--") && !Object.hasOwn(RUN_OPTIONS, arg.slice(2).replace(/=.*/s, ""));
    const isForFile = source !== undefined && "file" in source;
    const expected = [
      ...before.filter(isFlag),
      ...isForFile && end >= 0 ? line.slice(end + 1) : [],
    ];
    const typed = flags.map(({ name, value }) =>
      value === undefined ? `--${name}` : `--${name}=${value}`
    );
    assertEquals(typed, expected, JSON.stringify(line));
  }
  assertEquals(({} as Record<string, unknown>)["file"], undefined);
  addRow(import.meta.url, {
    fault: "command lines of any words",
    tries: lines.length,
    outcome: "read, or refused with a sentence",
    lost: "nothing",
  });
});

Deno.test("joinWords() keeps a word of a shell as one word of a pipeline", () => {
  for (const line of lines) {
    for (const value of line.filter((word) => /^[\w. !-]+$/.test(word))) {
      const text = joinWords(["filesink", `location=${value}`]);
      assertEquals(lex(text).length, 2, text);
    }
  }
});

const NAME_PIECES = [
  ..."ab09 _-.,;:!?'\"`\\$%&()[]{}<>=+*~#@|^".split(""),
  ...["é", "日", "😀", "\n", "\t", "\u0001", "\u200b", "..", "%d", "location=", ".part", "/x/"],
];

Deno.test("a clip gets any name that the generator returns, or is refused", async () => {
  await using dir = await tempDir();
  await using app = await runLive();
  await ringFull(app.pipeline);
  const names = [
    ...NAMES,
    ...Array.from(
      { length: 30 },
      () => `${randomWord(NAME_PIECES)}${randomWord(NAME_PIECES)}.webm`,
    ),
  ].map((name, index) => join(dir.path, String(index), name));
  let made = 0;
  const record = async (path: string) => {
    const recorder = recorderOf(app.pipeline, path, { windowSizeSec: 0.1 });
    try {
      const report = await (await recorder.record({ maxDelaySec: 10 })).finished;
      assertEquals(report.path, path);
      assertEquals((await probeClip(path)).frames, report.frames);
      made++;
    } catch (error) {
      assert(error instanceof RecordingError, `${JSON.stringify(path)}: ${error}`);
    } finally {
      await recorder.close();
    }
  };
  for (let at = 0; at < names.length; at += 16) {
    await Promise.all(names.slice(at, at + 16).map(record));
  }
  // the corpus has none that cannot be
  assert(made >= NAMES.length, `${made} of ${names.length}`);
  for (const odd of ["", "a\0b.webm", "\ud800.webm", undefined, null, 5, {}, Symbol("name")]) {
    const path = typeof odd === "string" && odd !== "" ? join(dir.path, odd) : odd;
    await using recorder = recorderOf(app.pipeline, () => path as string);
    const error = await recorder.record().then(() => null, (error) => error);
    assert(error instanceof TypeError, Deno.inspect({ odd, error }));
  }
  await using recorder = recorderOf(app.pipeline, newPaths(dir.path));
  assertEquals(
    (await (await recorder.record()).finished).shortfalls.includes("ring-failed"),
    false,
  );
  addRow(import.meta.url, {
    fault: "names of clips made of anything",
    tries: names.length,
    outcome: "the clip has exactly that name, or is refused",
    lost: "nothing",
  });
});
