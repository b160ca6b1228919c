import { assert, assertEquals, assertMatch } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { tempDir } from "../tests/helpers/temp_dir.ts";
import { countTests } from "./ok.ts";
import { runFile } from "./test.ts";

const RUNNER = fromFileUrl(new URL("test.ts", import.meta.url));

Deno.test("test.ts runs each file of a folder, counts what failed, and says it again at the end", async () => {
  await using dir = await tempDir();
  const report = `${dir.path}/report.xml`;
  await Deno.mkdir(`${dir.path}/inner`);
  await Deno.writeTextFile(`${dir.path}/good_test.ts`, 'Deno.test("good", () => {});');
  await Deno.writeTextFile(
    `${dir.path}/inner/bad_test.ts`,
    'Deno.test("bad", () => { throw new Error("as told"); });',
  );
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", RUNNER, `--junit-path=${report}`, dir.path],
    env: { NO_COLOR: "1" },
  }).output();
  const text = new TextDecoder().decode(stdout);
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
