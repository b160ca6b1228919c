/**
 * Loading the commands and their libraries.
 */
import { assertEquals, assertMatch } from "@std/assert";
import { run } from "../../../scripts/lib/run.ts";
import { serveCheckout } from "../../helpers/serve_checkout.ts";
import { tempDir } from "../../helpers/temp_dir.ts";

Deno.test("gstp says what to do where neither JSR nor a cache is in reach", async () => {
  await using server = serveCheckout();
  await using dir = await tempDir();
  const cli = `http://127.0.0.1:${server.addr.port}/cli.ts`;
  const env = { DENO_DIR: `${dir.path}/cache`, JSR_URL: "http://127.0.0.1:1/" };
  for (const args of [["--version"], ["doctor"]]) {
    const { code, stdout, stderr } = await run(Deno.execPath(), ["run", "-A", cli, ...args], {
      cwd: dir.path,
      env,
    });
    assertEquals([code, stdout], [1, ""]);
    const lines = stderr.split("\n").filter((line) => !line.includes("Download"));
    assertMatch(lines.join("\n"), /^error: Cannot load .*@std\/cli.*jsr\.io.*`make setup`.*\n$/);
  }
});
