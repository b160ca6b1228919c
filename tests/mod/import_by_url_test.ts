import { assert, assertEquals, assertMatch } from "@std/assert";
import { ROOT } from "../../scripts/lib/paths.ts";
import { run } from "../../scripts/lib/run.ts";
import { serveCheckout } from "../helpers/serve_checkout.ts";
import { tempDir } from "../helpers/temp_dir.ts";

Deno.test("mod.ts plays a pipeline where it is imported by URL", async () => {
  await using server = serveCheckout();
  await using folder = await tempDir();
  const script = `${folder.path}/script.ts`;
  await Deno.mkdir(`${folder.path}/cache`);
  await Deno.writeTextFile(
    script,
    `import { Standalone } from "http://127.0.0.1:${server.addr.port}/mod.ts";
    const app = await Standalone.buildAndRun(
      "videotestsrc is-live=true ! fakesink sync=true",
      { background: true },
    );
    console.log(app.pipeline.state);
    await app.stop();
    console.log(app.pipeline.state);`,
  );
  const { code, stdout, stderr } = await run(Deno.execPath(), ["run", "-A", script], {
    cwd: folder.path,
    env: { DENO_DIR: `${folder.path}/cache` },
  });
  assertEquals([code, stdout], [0, "playing\nnull\n"], stderr);
});

/** A module in the output of `deno info --json`. */
interface Module {
  kind: string;
  specifier: string;
  error?: string;
  dependencies?: { specifier: string }[];
}

Deno.test("mod.ts imports nothing but relative files and what is built into Deno", async () => {
  const { code, stdout, stderr } = await run(Deno.execPath(), ["info", "--json", "mod.ts"], {
    cwd: ROOT,
  });
  assertEquals(code, 0, stderr);
  const { modules }: { modules: Module[] } = JSON.parse(stdout);
  assert(modules.length > 20);
  for (const { specifier, error, dependencies = [] } of modules) {
    assertEquals(error, undefined);
    assertMatch(specifier, /^(file|node):/);
    for (const dependency of dependencies) {
      assertMatch(dependency.specifier, /^(\.{1,2}\/|node:)/, specifier);
    }
  }
});
