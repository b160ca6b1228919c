/**
 * Parsing the command line of `gstp record`.
 */
import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { UsageError } from "../../../cli/args/usage_error.ts";
import { isLoopback, originOf, readAddress } from "../../../cli/args/address.ts";
import { RECORD_OPTIONS } from "../../../cli/args/options.ts";
import { readRecordArguments } from "../../../cli/args/record_arguments.ts";
import { bytesFrom, readCount, readTime } from "../../../cli/args/units.ts";
import { formatBytes } from "../../../cli/terminal/format.ts";
import { words } from "../../../scripts/lib/run.ts";
import { gstp } from "../../helpers/cli.ts";
import { tempDir } from "../../helpers/temp_dir.ts";

function refused(line: string): string {
  return assertThrows(() => readRecordArguments(words(line)), UsageError).message;
}

Deno.test("readRecordArguments() has a default for everything but the pipeline", () => {
  const { run, ...options } = readRecordArguments(["a.gstp", "--pattern=ball"]);
  assertEquals(run.source, { file: "a.gstp" });
  assertEquals(run.flags, [{ name: "pattern", value: "ball" }]);
  assertEquals(options, {
    cameras: [],
    tees: [],
    windowSec: 5,
    beforeSec: 5,
    afterSec: 5,
    maxClipSec: Infinity,
    folder: "clips",
    extension: undefined,
    isEncoded: false,
    sound: false,
    copyFrames: false,
    trackTimeoutSec: 1,
    maxRingBytes: Infinity,
    limits: undefined,
    recovers: true,
    isForGroup: false,
    isShared: false,
    listen: undefined,
    token: undefined,
    maxCalls: 60,
    isJson: false,
    statusSec: undefined,
  });
});

Deno.test("readRecordArguments() reads all options", () => {
  const line =
    "--tee=a --tee b --tee=a --window 10 --before=2 --after=0.5 --max-clip=60 --out=x --container=webm " +
    "--encoded --copy-frames --track-timeout=4.5 --json --status=60 --max-ring-bytes=64M --max-files=9 --max-bytes=20G --max-age=7d --min-age=1h --no-recover --group --shared-folder -q --timeout=3 " +
    "--listen=0.0.0.0:80 --token=0123456789abcdef --max-calls=9 a.gstp";
  const { run, ...options } = readRecordArguments(words(line));
  assertEquals([run.quiet, run.timeoutSec, run.flags], [true, 3, []]);
  assertEquals(options, {
    cameras: [],
    tees: ["a", "b"],
    windowSec: 10,
    beforeSec: 2,
    afterSec: 0.5,
    maxClipSec: 60,
    folder: "x",
    extension: ".webm",
    isEncoded: true,
    sound: false,
    copyFrames: true,
    trackTimeoutSec: 4.5,
    maxRingBytes: 64e6,
    limits: { maxFiles: 9, maxBytes: 20e9, maxAgeSec: 7 * 86_400, minAgeSec: 3600 },
    recovers: false,
    isForGroup: true,
    isShared: true,
    listen: { hostname: "0.0.0.0", port: 80 },
    token: "0123456789abcdef",
    maxCalls: 9,
    isJson: true,
    statusSec: 60,
  });
});

Deno.test("readRecordArguments() passes what follows -- to the file", () => {
  const { run, windowSec } = readRecordArguments(words("a.gstp --window=2 -- --window=9 --tee=x"));
  assertEquals(windowSec, 2);
  assertEquals(run.flags, [{ name: "window", value: "9" }, { name: "tee", value: "x" }]);
  const isOption = (name: string) => Object.hasOwn(RECORD_OPTIONS, name);
  assertEquals(["window", "tee", "timeout", "pattern"].map(isOption), [
    ...[true, true, true, false],
  ]);
});

Deno.test("readRecordArguments() takes the words of a pipeline", () => {
  const { run } = readRecordArguments(words("--window=2 videotestsrc ! tee name=t ! fakesink"));
  assertEquals(run.source, { words: words("videotestsrc ! tee name=t ! fakesink") });
});

Deno.test("readRecordArguments() refuses a wrong command line", () => {
  assertStringIncludes(refused("a.gstp --window=0"), "--window takes a number of seconds");
  assertStringIncludes(refused("a.gstp --window=1e3"), "--window takes");
  assertStringIncludes(refused("a.gstp --window=2 --before=3"), "from 0 to 2");
  assertStringIncludes(refused("a.gstp --window=2 --max-clip=3"), "from 4 to 86400");
  assertStringIncludes(refused("a.gstp --window=2 --window=3"), "more than once");
  assertStringIncludes(refused("a.gstp --window"), "--window needs a value");
  assertStringIncludes(refused("a.gstp --tee="), "--tee needs a value");
  assertStringIncludes(refused("a.gstp --json=1"), "--json takes no value");
  assertStringIncludes(refused("a.gstp --container=avi"), "one of webm, mkv, mp4, mov, ts");
  assertStringIncludes(refused("a.gstp --max-files=0"), "a whole number from 1");
  assertStringIncludes(refused("a.gstp --max-bytes=20X"), "a size such as");
  assertStringIncludes(refused("a.gstp --max-age=soon"), "a time such as");
  assertStringIncludes(refused("a.gstp --max-age=7"), 'not "7": add a unit');
  assertStringIncludes(refused("a.gstp --max-bytes=20"), 'not "20": add a unit');
  assertStringIncludes(refused("a.gstp --max-bytes=20k"), "from 1M");
  assertStringIncludes(refused("a.gstp --max-ring-bytes=20"), 'not "20": add a unit');
  assertStringIncludes(refused("a.gstp --max-age=9s"), "shorter than a clip of 10 s");
  assertStringIncludes(refused("a.gstp --max-age=1h --min-age=2h"), "less than --min-age");
  assertStringIncludes(refused("a.gstp --min-age=2h"), "--min-age needs");
  assertStringIncludes(refused("a.gstp --listen=http://x"), "PORT, HOST:PORT");
  assertStringIncludes(refused("a.gstp --listen=127.0.0.1:99999"), "PORT, HOST:PORT");
});

Deno.test("readRecordArguments() limits the length of clips where there is a server", () => {
  const maxClipOf = (line: string) => readRecordArguments(words(line)).maxClipSec;
  assertEquals(maxClipOf("a.gstp"), Infinity);
  assertEquals(maxClipOf("a.gstp --listen=80"), 600);
  assertEquals(maxClipOf("a.gstp --listen=80 --window=400"), 800);
  assertEquals(maxClipOf("a.gstp --listen=80 --max-clip=3600"), 3600);
});

Deno.test("readRecordArguments() requires a token for other machines, of 16 characters or more", () => {
  assertStringIncludes(refused("a.gstp --listen=0.0.0.0:80"), "needs a token");
  assertStringIncludes(refused("a.gstp --listen=[::]:80"), "needs a token");
  assertStringIncludes(refused("a.gstp --listen=80 --token=short"), "at least 16 characters");
  Deno.env.set("GSTP_TOKEN", "from-the-environment");
  try {
    const { token } = readRecordArguments(words("a.gstp --listen=0.0.0.0:80"));
    assertEquals(token, "from-the-environment");
  } finally {
    Deno.env.delete("GSTP_TOKEN");
  }
});

Deno.test("readAddress() takes a port alone as one of the loopback interface", () => {
  assertEquals(readAddress("listen", "8080"), { hostname: "127.0.0.1", port: 8080 });
  assertEquals(readAddress("listen", "localhost:0"), { hostname: "localhost", port: 0 });
  assertEquals(readAddress("listen", "[::1]:81"), { hostname: "::1", port: 81 });
  assertEquals(originOf({ hostname: "::1", port: 81 }), "http://[::1]:81");
});

Deno.test("isLoopback() accepts names of this machine only", () => {
  for (const name of ["localhost", "127.0.0.1", "127.9.9.9", "::1"]) {
    assertEquals(isLoopback(name), true, name);
  }
  for (const name of ["0.0.0.0", "::", "192.168.0.1", "127.0.0.1.example.com", "localhost.evil"]) {
    assertEquals(isLoopback(name), false, name);
  }
});

Deno.test("bytesFrom(), readTime() and readCount() read numbers with units", () => {
  const readBytes = bytesFrom(1, "1B");
  assertEquals(["1B", "2k", "0.5M", "20G"].map((text) => readBytes("x", text)), [
    ...[1, 2000, 500_000, 20e9],
  ]);
  assertEquals(["9s", "90s", "2m", "12h", "7d"].map((text) => readTime("x", text)), [
    ...[9, 90, 120, 43_200, 604_800],
  ]);
  for (const text of ["", "0", "-1", "1.5", "x", "1e3", "0x10"]) {
    assertThrows(() => readCount("x", text), UsageError);
  }
  for (const text of ["", "0", "7", "-1k", "k", "1kk", "NaN", "Infinity", "1toString"]) {
    assertThrows(() => readBytes("x", text), UsageError);
    assertThrows(() => readTime("x", text), UsageError);
  }
});

Deno.test("formatBytes() formats up to three digits and a unit", () => {
  const texts = [0, 999, 1000, 33_333, 999_000, 84.5e9, 2e15].map(formatBytes);
  assertEquals(texts, ["0 B", "999 B", "1.0 kB", "33.3 kB", "999 kB", "84.5 GB", "2000 TB"]);
});

Deno.test("gstp record --help and --dry-run work without GStreamer", async () => {
  const env = { GSTP_LIBRARY_DIR: "/nonexistent" };
  const help = await gstp(["record", "--help"], { env });
  assertEquals([help.code, help.stderr], [0, ""]);
  for (const option of ["--tee", "--window", "--max-age", "--listen", "EXIT STATUS"]) {
    assertStringIncludes(help.stdout, option);
  }
  const args = words("record --dry-run - --window=2 -- --window=9");
  const dry = await gstp(args, { env, stdin: "fakesrc num-buffers={window} ! tee name=t" });
  assertEquals([dry.code, dry.stdout], [0, "fakesrc num-buffers=9 ! tee name=t\n"], dry.stderr);
});

Deno.test("gstp record refuses pipelines and folders that it cannot record", async () => {
  await using dir = await tempDir();
  await Deno.writeTextFile(`${dir.path}/file`, "");
  const source = "videotestsrc is-live=true ! ";
  const cases: [string, number, string][] = [
    ["", 2, "Missing pipeline"],
    [
      `--obs=a --ext=x.ts:f --proc=x.ts:f ${source}tee name=a ! fakesink`,
      2,
      "Unknown option --obs",
    ],
    [`${source}tee ! fakesink`, 2, "put ! tee name=t1"],
    [`--tee=x ${source}tee name=a ! fakesink`, 2, 'no tee named "x"; its tees are: a'],
    [
      `--out=${dir.path}/file ${source}tee name=a ! fakesink`,
      2,
      `Cannot write to the folder ${dir.path}`,
    ],
    [`--container=mp4 ${source}jpegenc ! tee name=a ! fakesink`, 2, 'Tee "a": '],
    [`--out=${dir.path} ${source}identity error-after=3 ! tee name=a ! fakesink`, 1, "GstIdentity"],
    ["nosuchelement ! fakesink", 1, "nosuchelement"],
  ];
  const results = await Promise.all(
    cases.map(([line]) =>
      gstp(["record", ...words(line)].filter((arg) => arg !== ""), { cwd: dir.path })
    ),
  );
  for (const [i, { code, stderr }] of results.entries()) {
    assertEquals(code, cases[i]![1], stderr);
    assertStringIncludes(stderr, cases[i]![2]);
    assertEquals(stderr.includes("    at "), false, stderr);
  }
});

Deno.test("readRecordArguments() takes several files, and names with addresses, for cameras", () => {
  const cameras = (line: string) => readRecordArguments(line.split(" ")).cameras;
  assertEquals(cameras("a/yard.gstp gate.gstp"), [
    { name: "yard", file: "a/yard.gstp" },
    { name: "gate", file: "gate.gstp" },
  ]);
  assertEquals(cameras("yard=rtsp://10.0.0.2/s1?x=1 hall=v4l2:/dev/video0 t=test: --window=2"), [
    { name: "yard", address: "rtsp://10.0.0.2/s1?x=1" },
    { name: "hall", address: "v4l2:/dev/video0" },
    { name: "t", address: "test:" },
  ]);
  // a pipeline
  for (const line of ["one.gstp", "rtspsrc location=rtsp://10.0.0.2/s1 ! tee", "- --window=2"]) {
    assertEquals(cameras(line), [], line);
  }
});
