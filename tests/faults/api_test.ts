/**
 * Everything that mod.ts exports, called with values that make no sense and with handles that are closed: nothing ends
 * the process, and what is wrong is said by name.
 */
import { assertEquals, assertMatch } from "@std/assert";
import { runChild } from "../helpers/script.ts";
import { tempDir } from "../helpers/temp_dir.ts";
import { addRow } from "./table.ts";

Deno.test("the public API refuses odd values and closed handles, and survives them", async () => {
  await using dir = await tempDir();
  const { code, stdout, stderr } = await runChild("api_walk.ts", [dir.path]);
  const last = stderr.trimEnd().split("\n").at(-1);
  assertEquals(code, 0, `${stdout}\nThe last call was ${last}`);
  assertMatch(stdout, /^\d{4,} calls, 0 faults\n$/);
  // C tells of pointers to what is freed
  assertEquals(stderr.match(/-CRITICAL \*\*.*/g), null);
  addRow(import.meta.url, {
    fault: "odd values and closed handles, for each argument of the public API",
    tries: parseInt(stdout),
    outcome: "refused by name",
    lost: "nothing",
  });
});
