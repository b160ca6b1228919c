/**
 * Help, versions and dry runs.
 */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { COMMANDS } from "../../../cli/commands/list.ts";
import { ROOT } from "../../../scripts/lib/paths.ts";
import { run } from "../../../scripts/lib/run.ts";
import { gstp } from "../../helpers/cli.ts";
import { tempDir } from "../../helpers/temp_dir.ts";

/** GStreamer cannot be opened with this. */
const NO_GSTREAMER = { env: { GSTP_LIBRARY_DIR: "/nonexistent" } };

/** Options that the help must list. */
const OPTIONS = [
  ...["--file", "--timeout", "--dry-run", "-v", "-m", "-q", "--version", "--"],
  ...["--obs=ELEMENT", "--ext=MODULE:EXPORT", "--proc=MODULE:EXPORT", "--obs-fatal"],
];

Deno.test("gstp prints its help without GStreamer", async () => {
  const { code, stdout, stderr } = await gstp(["--help"], NO_GSTREAMER);
  assertEquals([code, stderr], [0, ""]);
  for (const option of OPTIONS) {
    assertStringIncludes(stdout, option);
  }
  assertStringIncludes(stdout, "exit status");
});

Deno.test("gstp COMMAND --help prints a manual page without GStreamer", async () => {
  const { stdout: all } = await gstp(["--help"], NO_GSTREAMER);
  await Promise.all(
    Object.entries(COMMANDS).map(async ([name, { summary }]) => {
      const { code, stdout, stderr } = await gstp([name, "--help"], NO_GSTREAMER);
      assertEquals([code, stderr], [0, ""], name);
      assertStringIncludes(stdout, `NAME\n  gstp ${name} - `);
      assertStringIncludes(stdout, `\n\nUSAGE\n  gstp ${name} `);
      for (const part of ["DESCRIPTION", "EXIT STATUS", "EXAMPLES"]) {
        assertStringIncludes(stdout, `\n\n${part}\n  `, name);
      }
      const tooLong = stdout.split("\n").filter((line) => line.length > 80);
      assertEquals(tooLong, [], name);
      assertMatch(all, new RegExp(`\n  ${name} +${summary}\n`));
    }),
  );
});

Deno.test("gstp help prints what --help prints", async () => {
  const cases: [help: string[], option: string[]][] = [
    [["help"], ["--help"]],
    [["help", "help"], ["--help"]],
    [["help", "record"], ["record", "--help"]],
    [["help", `${ROOT}pipeline.gstp`], [`${ROOT}pipeline.gstp`, "--help"]],
  ];
  for (const [help, option] of cases) {
    const { code, stdout, stderr } = await gstp(help, NO_GSTREAMER);
    assertEquals([code, stderr], [0, ""]);
    assertEquals(stdout, (await gstp(option, NO_GSTREAMER)).stdout);
  }
  const unknown = await gstp(["help", "recrod"]);
  assertEquals(unknown.code, 2);
  assertStringIncludes(unknown.stderr, 'Unknown command "recrod". Did you mean record?');
});

Deno.test("gstp --help FILE lists the placeholders without GStreamer", async () => {
  const stdin = "# {comment}\nvideotestsrc pattern={pattern} num-buffers={count=5} " +
    "! fakesink name={timeout=sink} ! {rest:raw=fakesink}";
  const { code, stdout } = await gstp(["-", "--help"], { ...NO_GSTREAMER, stdin });
  assertEquals(code, 0);
  const list = stdout.slice(stdout.indexOf("standard input takes:"));
  assertEquals(
    list.trimEnd(),
    [
      "standard input takes:",
      "  --pattern=VALUE     required",
      "  --count=VALUE       default: 5",
      "  -- --timeout=VALUE  default: sink",
      "  --rest=VALUE        default: fakesink (taken as pipeline text)",
    ].join("\n"),
  );
});

Deno.test("gstp --help FILE reports that a file has no placeholders", async () => {
  const { stdout } = await gstp(["-", "--help"], { stdin: "videotestsrc ! fakesink" });
  assertStringIncludes(stdout, "standard input has no placeholders");
});

Deno.test("gstp --version prints the versions of gstp, Deno and GStreamer", async () => {
  const config = JSON.parse(await Deno.readTextFile(`${ROOT}deno.json`));
  const { code, stdout } = await gstp(["--version"]);
  assertEquals(code, 0);
  assertStringIncludes(stdout, `gstp ${config.version}\nDeno ${Deno.version.deno}\n`);
  assertMatch(stdout, /GStreamer \d+\.\d+\.\d+\n$/);
});

Deno.test("gstp --version works without GStreamer", async () => {
  const { code, stdout } = await gstp(["--version"], NO_GSTREAMER);
  assertEquals(code, 0);
  assertStringIncludes(stdout, "GStreamer not found");
});

Deno.test("gstp --dry-run prints the final pipeline without GStreamer", async () => {
  const stdin = "# source\nvideotestsrc\n  pattern={pattern}\n! fakesink\n";
  const { code, stdout, stderr } = await gstp(["--dry-run", "-", "--pattern=ball"], {
    ...NO_GSTREAMER,
    stdin,
  });
  assertEquals([code, stderr], [0, ""]);
  assertEquals(stdout, "videotestsrc\n  pattern=ball\n! fakesink\n");
});

Deno.test("gstp --dry-run joins words as gst-launch-1.0 does", async () => {
  const { stdout } = await gstp(["--dry-run", "filesrc", "location=a b", "!", "fakesink"]);
  assertEquals(stdout, "filesrc location=a\\ b ! fakesink\n");
});

Deno.test("gstp explains how to install GStreamer if it is missing", async () => {
  const { code, stderr } = await gstp(["videotestsrc", "!", "fakesink"], NO_GSTREAMER);
  assertEquals(code, 1);
  assertStringIncludes(stderr, "error: Cannot open gstreamer-1.0");
  assertStringIncludes(stderr, "/nonexistent/libgstreamer-1.0");
  assertEquals(stderr.includes("    at "), false, stderr);
});

Deno.test("gstp names a missing permission", async () => {
  const denied = (flags: string[]) =>
    run(Deno.execPath(), [
      "run",
      "--no-prompt",
      ...flags,
      `${ROOT}cli.ts`,
      `${ROOT}pipeline.gstp`,
      "--pattern=ball",
    ]);
  const withoutRead = await denied([]);
  assertEquals(withoutRead.code, 2);
  assertStringIncludes(withoutRead.stderr, "--allow-read");
  const withoutFfi = await denied(["--allow-read"]);
  assertEquals(withoutFfi.code, 2);
  assertStringIncludes(withoutFfi.stderr, "--allow-ffi");
  assertEquals(withoutFfi.stderr.includes("    at "), false, withoutFfi.stderr);
});

Deno.test("gstp can be installed and run from anywhere", async () => {
  await using dir = await tempDir();
  const flags = ["-gAf", "--root", dir.path, "-c", `${ROOT}deno.json`, "-n", "gstp"];
  const installed = await run(Deno.execPath(), ["install", ...flags, `${ROOT}cli.ts`]);
  assertEquals(installed.code, 0, installed.stderr);
  const gstp = (args: string[], cwd: string) => run(`${dir.path}/bin/gstp`, args, { cwd });
  const { code, stderr } = await gstp(
    ["videotestsrc", "num-buffers=1", "!", "fakesink"],
    dir.path,
  );
  assertEquals(code, 0, stderr);
  // hints name it as it is called, even in the checkout
  for (const cwd of [dir.path, ROOT]) {
    const wrong = await gstp(["doctor", "x"], cwd);
    assertStringIncludes(wrong.stderr, "Run `gstp doctor --help` for usage.");
  }
});

Deno.test("cli.ts runs as an executable", async () => {
  await using dir = await tempDir();
  const { code, stdout } = await run(`${ROOT}cli.ts`, ["--version"], { cwd: dir.path });
  assertEquals(code, 0);
  assertStringIncludes(stdout, "gstp ");
});
