/**
 * A script anywhere imports gstp by URL, with nothing installed but GStreamer.
 */
import { assert, assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { run } from "./helpers/run.ts";
import { tempDir } from "./helpers/temp_dir.ts";

const ROOT = fromFileUrl(new URL("..", import.meta.url));

/** Serves the checkout on loopback. */
function serve(): Deno.HttpServer<Deno.NetAddr> {
  return Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    try {
      const file = await Deno.readTextFile(ROOT + new URL(request.url).pathname.slice(1));
      return new Response(file, { headers: { "content-type": "application/typescript" } });
    } catch {
      return new Response("not found", { status: 404 });
    }
  });
}

Deno.test("mod.ts plays a pipeline when imported by URL from an empty directory", async () => {
  await using dir = await tempDir();
  await using server = serve();
  const { port } = server.addr;
  await Deno.mkdir(`${dir.path}/empty`);
  await Deno.writeTextFile(
    `${dir.path}/empty/script.ts`,
    `import { Standalone } from "http://127.0.0.1:${port}/mod.ts";
     await Standalone.buildAndRun("videotestsrc num-buffers=5 ! fakesink");
     console.log("played");`,
  );
  const { code, stdout, stderr } = await run(Deno.execPath(), ["run", "-A", "script.ts"], {
    cwd: `${dir.path}/empty`,
    env: { DENO_DIR: `${dir.path}/cache` },
  });
  assertEquals({ code, stdout }, { code: 0, stdout: "played\n" }, stderr);
});

Deno.test("mod.ts imports relative files and node: built-ins only", async () => {
  const { stdout } = await run(Deno.execPath(), ["info", "--json", "mod.ts"], { cwd: ROOT });
  const { modules } = JSON.parse(stdout) as {
    modules: { specifier: string; dependencies?: { specifier: string }[] }[];
  };
  const specifiers = modules.flatMap(({ dependencies = [] }) =>
    dependencies.map(({ specifier }) => specifier)
  );
  assert(specifiers.length > 50);
  assertEquals(specifiers.filter((name) => !/^(\.\.?\/|node:)/.test(name)), []);
});
