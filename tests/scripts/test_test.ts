import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { ROOT } from "../../scripts/lib/paths.ts";
import { run, type RunResult } from "../../scripts/lib/run.ts";
import { countTests } from "../../scripts/ok.ts";
import { type Result, runFile } from "../../scripts/test.ts";
import { tempDir } from "../helpers/temp_dir.ts";

function runner(...args: string[]): Promise<RunResult> {
  return run(Deno.execPath(), ["run", "-A", `${ROOT}scripts/test.ts`, ...args]);
}

Deno.test("test.ts runs each file of a folder, counts failures, and repeats them at the end", async () => {
  await using dir = await tempDir();
  const report = `${dir.path}/report.xml`;
  await Deno.mkdir(`${dir.path}/inner`);
  await Deno.writeTextFile(`${dir.path}/good_test.ts`, 'Deno.test("good", () => {});');
  await Deno.writeTextFile(
    `${dir.path}/inner/bad_test.ts`,
    'Deno.test("bad", () => { throw new Error("on purpose"); });',
  );
  const { code, stdout } = await runner(`--junit-path=${report}`, dir.path);
  assertEquals(code, 1);
  assertMatch(stdout, /good_test.ts: ok/);
  assertMatch(stdout, /Failures:\n\n== .*bad_test.ts: FAILED.*on purpose/s);
  const counts = countTests(await Deno.readTextFile(report));
  assertEquals(counts, { passed: 1, failed: 1, skipped: 0 });
});

/** Runs the tests of a text, each with a limit of `sec` seconds. */
async function runTests(text: string, sec = 8): Promise<Result> {
  await using dir = await tempDir();
  const path = `${dir.path}/a_test.ts`;
  await Deno.writeTextFile(path, text);
  return await runFile(path, ["--no-check"], sec * 1000);
}

Deno.test("runFile() kills a file in which a test hangs for any reason, and names the test", async () => {
  const good = 'Deno.test("good", () => console.log("good ..."));\n';
  const hanging = {
    "the event loop": "while (true);",
    "a promise": "await new Promise((resolve) => setTimeout(resolve, 1e6));",
    "native code":
      'Deno.dlopen("libc.so.6", { pause: { parameters: [], result: "i32" } }).symbols.pause();',
    "a step": 'await t.step("inner", () => { console.log("said"); while (true); });',
  };
  const results = Object.entries(hanging).map(async ([name, code]) => {
    const { success, output } = await runTests(
      `${good}Deno.test("hangs in ${name}", async (t) => { void t; ${code} });\n${good}`,
    );
    assert(!success);
    assertStringIncludes(output, `hangs in "hangs in ${name}": killed after 8 s`);
  });
  await Promise.all(results);
});

Deno.test("runFile() kills a file that hangs before its first test", async () => {
  const { success, output } = await runTests('while (true);\nDeno.test("good", () => {});');
  assert(!success);
  assertStringIncludes(output, "hangs outside its tests: killed after 8 s");
});

Deno.test("runFile() limits the time of each test, including its steps", async () => {
  // the limit is less than three waits; what a wait leaves of it is for the start of the process
  const limitSec = 6;
  const wait = "new Promise((resolve) => setTimeout(resolve, 2200))";
  const tests = [1, 2, 3].map((i) => `Deno.test("test ${i}", () => ${wait});\n`).join("");
  const { success, output } = await runTests(tests, limitSec);
  assert(success, output);
  const steps = [1, 2, 3].map((i) => `await t.step("step ${i}", () => ${wait});`).join("");
  const late = await runTests(`Deno.test("steps", async (t) => { ${steps} });`, limitSec);
  assert(!late.success);
  assertStringIncludes(late.output, `hangs in "steps": killed after ${limitSec} s`);
});

/** A test that fails after `code` the first time that it runs. */
function failsOnce(folder: string, code: string): string {
  return `Deno.test("fails once", async () => {
    if (await Deno.stat("${folder}/again").catch(() => null)) return;
    await Deno.mkdir("${folder}/again");
    ${code}
    throw new Error("late");
  });`;
}

Deno.test("test.ts runs a file again alone that failed beside another, and says so", async () => {
  await using dir = await tempDir();
  await Deno.writeTextFile(`${dir.path}/a_test.ts`, failsOnce(dir.path, ""));
  await Deno.writeTextFile(`${dir.path}/b_test.ts`, 'Deno.test("good", () => {});');
  const { code, stdout } = await runner(dir.path);
  assertEquals(code, 0, stdout);
  assertMatch(stdout, /FAILED.*a_test.ts: again, alone.*: ok/s);
  assertMatch(stdout, /\n1 files failed beside another, and passed alone: .*a_test.ts\n/);
});

Deno.test("test.ts runs a file again that failed alone while the machine was stalled", async () => {
  await using dir = await tempDir();
  const stall = `if (!(await Deno.stat("${dir.path}/alone").catch(() => null))) {
      await Deno.remove("${dir.path}/again");
      await Deno.mkdir("${dir.path}/alone");
    } else {
      Deno.kill(Deno.ppid, "SIGSTOP");
      await new Promise((resolve) => setTimeout(resolve, 1000));
      Deno.kill(Deno.ppid, "SIGCONT");
    }`;
  await Deno.writeTextFile(`${dir.path}/a_test.ts`, failsOnce(dir.path, stall));
  await Deno.writeTextFile(`${dir.path}/b_test.ts`, 'Deno.test("good", () => {});');
  const { code, stdout } = await runner(dir.path);
  assertEquals(code, 0, stdout);
  assertMatch(stdout, /FAILED.*again, as the machine was stalled for \d+ ms.*: ok/s);
});
