/**
 * Observing an element with the user's modules.
 */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { type RunResult, words } from "../../../scripts/lib/run.ts";
import { gstp, startGstp } from "../../helpers/cli.ts";
import { tempDir } from "../../helpers/temp_dir.ts";

/** No more frames than the queue holds: none is lost on a slow machine. */
const PIPELINE = "videotestsrc is-live=true num-buffers=4 ! " +
  "video/x-raw,format=GRAY8,width=32,height=24,framerate=10/1 ! identity name=here ! fakesink";

const EXTRACTORS = `
export const size = (frame) => [Math.round(frame.runningTimeSec * 10), frame.bytes.length];
export async function odd({ runningTimeSec }) {
  await null;
  const number = Math.round(runningTimeSec * 10);
  if (number % 2 > 0) throw new RangeError("odd");
  return number;
}
export const notAFunction = { extract() {} };
export default (frame) => frame.video.width;
`;
const PROCESSORS = `
export function print(data: unknown) { console.log(JSON.stringify(data)); }
export const fail = (data: any) => data.nothing.there;
export const slow = () => new Promise((resolve) => setTimeout(resolve, 60_000));
`;

/** Runs the pipeline with modules beside it, which the options name. */
async function observe(options: string, text = PIPELINE): Promise<RunResult & { folder: string }> {
  await using dir = await tempDir();
  await writeModules(dir.path);
  const result = await gstp([...words(text), ...words(options)], { cwd: dir.path });
  return { ...result, folder: dir.path };
}

async function writeModules(folder: string): Promise<void> {
  await Deno.writeTextFile(`${folder}/ext.js`, EXTRACTORS);
  await Deno.mkdir(`${folder}/more`);
  await Deno.writeTextFile(`${folder}/more/proc.ts`, PROCESSORS);
  await Deno.writeTextFile(`${folder}/broken.ts`, "\nthrow new Error('no good');\n");
  await Deno.writeTextFile(`${folder}/syntax.ts`, "export const = 5;\n");
}

/** The errors that a command printed. */
function errorLines(stderr: string): string[] {
  return stderr.split("\n").filter((line) => line.startsWith("error: "));
}

Deno.test("gstp passes each frame to the extractor, and its result to the processor", async () => {
  const { code, stdout, stderr } = await observe(
    "--obs=here --ext=ext.js:size --proc=more/proc.ts:print",
  );
  assertEquals(code, 0, stderr);
  const lines = stdout.trim().split("\n").map((line) => JSON.parse(line));
  assertEquals(lines, Array.from({ length: 4 }, (_, i) => [i, 32 * 24]));
  assertMatch(
    stderr,
    /^gstp: observed 4 frames at here, dropped 0; processed 4 results, dropped 0$/m,
  );
});

Deno.test("gstp observes an element of a file, with a default export", async () => {
  await using dir = await tempDir();
  await writeModules(dir.path);
  const file =
    "videotestsrc num-buffers={obs} ! video/x-raw,width=48 ! identity name={ext} ! fakesink sync=true";
  await Deno.writeTextFile(`${dir.path}/a.gstp`, file);
  const options =
    "--obs=e --ext=./ext.js:default --proc=more/proc.ts:print a.gstp -- --obs=3 --ext=e";
  const { code, stdout, stderr } = await gstp(words(options), { cwd: dir.path });
  assertEquals([code, stdout], [0, "48\n48\n48\n"], stderr);
});

Deno.test("gstp reports where the user's code failed, once for each place, and continues", async () => {
  const { code, stderr, folder } = await observe(
    "--obs=here --ext=ext.js:odd --proc=more/proc.ts:fail",
  );
  assertEquals(code, 0, stderr);
  const lines = errorLines(stderr).sort();
  assertEquals(lines.length, 2, stderr);
  assertMatch(
    lines[0]!.replace(folder, ""),
    /^error: .*\/ext\.js:6:\d+: the extractor failed: RangeError: odd$/,
  );
  assertMatch(lines[1]!, /\/more\/proc\.ts:3:\d+: the processor failed: TypeError: Cannot read/);
  assertStringIncludes(stderr, "processed 2 results, dropped 0; errors: 4");
  assertEquals(stderr.includes("    at "), false, stderr);
});

Deno.test("gstp -v prints the stack of an error", async () => {
  const { stderr } = await observe("-v --obs=here --ext=ext.js:odd --proc=more/proc.ts:print");
  assertMatch(stderr, /RangeError: odd\n {4}at odd \(file:.*ext\.js:6:\d+\)/);
});

Deno.test("gstp --obs-fatal stops at the first error of the user's code", async () => {
  const { code, stderr } = await observe(
    "--obs=here --ext=ext.js:odd --proc=more/proc.ts:print --obs-fatal",
  );
  assertEquals(code, 1, stderr);
  assertStringIncludes(stderr, "gstp: the extractor failed: finishing");
  assertMatch(stderr, /errors: 1$/m);
});

Deno.test("gstp does not wait for a processor that never returns", async () => {
  await using dir = await tempDir();
  await writeModules(dir.path);
  const args = [
    ...words(PIPELINE),
    ...words("--obs=here --ext=ext.js:size --proc=more/proc.ts:slow"),
  ];
  const child = startGstp(args, { cwd: dir.path });
  await child.until("end of stream");
  child.kill("SIGINT");
  const { code, stderr } = await child.result;
  assertEquals(code, 0, stderr);
  assertStringIncludes(
    stderr,
    "observed 4 frames at here, dropped 0; processed 1 results, dropped 3",
  );
});

Deno.test("gstp refuses wrong elements and modules before the pipeline starts", async () => {
  const refused: [string, string][] = [
    ["--obs=nosuch --ext=ext.js:size --proc=more/proc.ts:print", 'No element is named "nosuch"'],
    ["--obs=fakesink0 --ext=ext.js:size --proc=more/proc.ts:print", "has no source pad"],
    [
      "--obs=here --ext=nosuch.js:size --proc=more/proc.ts:print",
      "--ext: cannot load nosuch.js: Module not found",
    ],
    ["--obs=here --ext=broken.ts:size --proc=more/proc.ts:print", "broken.ts:2:"],
    ["--obs=here --ext=syntax.ts:size --proc=more/proc.ts:print", "--ext: cannot load syntax.ts"],
    ["--obs=here --ext=ext.js:size --proc=more/proc.ts:nosuch", "exports fail, print, slow"],
    [
      "--obs=here --ext=ext.js:notAFunction --proc=more/proc.ts:print",
      "must be a function, and is an object",
    ],
    ["--obs=here --ext=ext.js --proc=more/proc.ts:print", "--ext takes MODULE:EXPORT"],
    ["--obs=here --ext=ext.js:size --proc=:print", "--proc takes MODULE:EXPORT"],
  ];
  await Promise.all(refused.map(async ([options, text]) => {
    const { code, stderr } = await observe(options);
    assertEquals(code, 2, stderr);
    assertStringIncludes(stderr, text);
    assertEquals(stderr.includes("playing"), false, stderr);
  }));
});

Deno.test("gstp --dry-run loads no modules", async () => {
  const { code, stdout } = await observe("--dry-run --obs=x --ext=nosuch.js:a --proc=nosuch.js:b");
  assertEquals(code, 0);
  assert(stdout.includes("identity name=here"));
});
