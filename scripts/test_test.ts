import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { tempDir } from "../tests/helpers/temp_dir.ts";
import { countTests } from "./ok.ts";
import { type Result, runFile } from "./test.ts";

const RUNNER = fromFileUrl(new URL("test.ts", import.meta.url));

async function runner(...args: string[]): Promise<{ code: number; text: string }> {
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", RUNNER, ...args],
    env: { NO_COLOR: "1" },
  }).output();
  return { code, text: new TextDecoder().decode(stdout) };
}

Deno.test("test.ts runs each file of a folder, counts what failed, and says it again at the end", async () => {
  await using dir = await tempDir();
  const report = `${dir.path}/report.xml`;
  await Deno.mkdir(`${dir.path}/inner`);
  await Deno.writeTextFile(`${dir.path}/good_test.ts`, 'Deno.test("good", () => {});');
  await Deno.writeTextFile(
    `${dir.path}/inner/bad_test.ts`,
    'Deno.test("bad", () => { throw new Error("as told"); });',
  );
  const { code, text } = await runner(`--junit-path=${report}`, dir.path);
  assertEquals(code, 1);
  assertMatch(text, /good_test.ts: ok/);
  assertMatch(text, /What failed:\n\n== .*bad_test.ts: FAILED.*as told/s);
  const counts = countTests(await Deno.readTextFile(report));
  assertEquals(counts, { passed: 1, failed: 1, skipped: 0 });
});

/** Runs tests that may take three seconds each. */
async function runTests(text: string): Promise<Result> {
  await using dir = await tempDir();
  const path = `${dir.path}/a_test.ts`;
  await Deno.writeTextFile(path, text);
  return await runFile(path, ["--no-check"], 3000);
}

Deno.test("runFile() kills a file whose test hangs, whatever keeps it busy, and names it", async () => {
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
    assertStringIncludes(output, `hangs in "hangs in ${name}": killed after 3 s`);
  });
  await Promise.all(results);
});

Deno.test("runFile() kills a file that hangs before its first test", async () => {
  const { success, output } = await runTests('while (true);\nDeno.test("good", () => {});');
  assert(!success);
  assertStringIncludes(output, "hangs outside of its tests: killed after 3 s");
});

Deno.test("runFile() gives each test its time, and each step a part of it", async () => {
  const wait = "new Promise((resolve) => setTimeout(resolve, 1200))";
  const tests = [1, 2, 3].map((i) => `Deno.test("test ${i}", () => ${wait});\n`).join("");
  const { success, output } = await runTests(tests);
  assert(success, output);
  const steps = [1, 2, 3].map((i) => `await t.step("step ${i}", () => ${wait});`).join("");
  const late = await runTests(`Deno.test("steps", async (t) => { ${steps} });`);
  assert(!late.success);
  assertStringIncludes(late.output, 'hangs in "steps": killed after 3 s');
});

Deno.test("test.ts runs a file again that failed while the machine stood still", async () => {
  await using dir = await tempDir();
  const path = `${dir.path}/held_up_test.ts`;
  await Deno.writeTextFile(
    path,
    `Deno.test("held up", async () => {
      if (await Deno.stat("${dir.path}/again").catch(() => null)) return;
      await Deno.mkdir("${dir.path}/again");
      Deno.kill(Deno.ppid, "SIGSTOP");
      await new Promise((resolve) => setTimeout(resolve, 1000));
      Deno.kill(Deno.ppid, "SIGCONT");
      throw new Error("late");
    });`,
  );
  const { code, text } = await runner(path);
  assertEquals(code, 0, text);
  assertMatch(text, /FAILED.*once more, as the machine stood still for \d+ ms.*: ok/s);
});
