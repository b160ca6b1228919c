/**
 * Finishing clips when the process ends.
 */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { runScript } from "../helpers/script.ts";

Deno.test("a recorder that fails at the end of the process does not keep the others from finishing", async () => {
  const { code, stdout, stderr } = await runScript(`
    import { finishAtExit } from "./src/recorder/graceful_exit.ts";
    const handler = (name, fails) => ({
      exitMs: () => 100,
      close: () => Promise.resolve(),
      endNow: () => { if (fails) throw new Error("closed"); },
      finishNow: () => { if (fails) throw new Error("closed"); console.log(name, "is finished"); },
    });
    finishAtExit(handler("first", true));
    finishAtExit(handler("second", false));
  `);
  assertEquals([code, stdout], [0, "second is finished\n"], stderr);
  assertStringIncludes(stderr, "A clip could not be finished: Error: closed");
});
