import { assert, assertEquals, assertMatch } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { tempDir } from "../tests/helpers/temp_dir.ts";
import { countTests } from "./ok.ts";
import { runFile } from "./test.ts";

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

Deno.test("runFile() kills a file that hangs, and says so", async () => {
  await using dir = await tempDir();
  const path = `${dir.path}/hanging_test.ts`;
  await Deno.writeTextFile(path, 'Deno.test("hanging", () => { while (true); });');
  const { success, output } = await runFile(path, [], 3000);
  assert(!success);
  assertMatch(output, /hangs: killed after 3 s/);
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
