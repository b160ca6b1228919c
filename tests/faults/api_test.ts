/**
 * The public API with odd values and closed handles: nothing crashes, and errors name what is wrong.
 */
import { assertEquals, assertMatch } from "@std/assert";
import { runChild } from "../helpers/script.ts";
import { tempDir } from "../helpers/temp_dir.ts";
import { addRow } from "./table.ts";

Deno.test("the public API rejects odd values and closed handles by name", async () => {
  await using dir = await tempDir();
  const { code, stdout, stderr } = await runChild("api_walk.ts", [dir.path]);
  const last = stderr.trimEnd().split("\n").at(-1);
  assertEquals(code, 0, `${stdout}\nThe last call was ${last}`);
  assertMatch(stdout, /^\d{4,} calls, 0 faults\n$/);
  // GLib prints these for pointers to freed objects
  assertEquals(stderr.match(/-CRITICAL \*\*.*/g), null);
  addRow(import.meta.url, {
    fault: "odd values and closed handles for each argument of the public API",
    tries: parseInt(stdout),
    outcome: "rejected by name",
    lost: "nothing",
  });
});
