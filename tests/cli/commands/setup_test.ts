/**
 * `gstp setup`, with npm and without.
 */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { LAZY_MODULES } from "../../../cli/npm/lazy_modules.ts";
import { ROOT } from "../../../scripts/lib/paths.ts";
import { outputOf, run, start, words } from "../../../scripts/lib/run.ts";
import { CLI } from "../../helpers/cli.ts";
import { tempDir } from "../../helpers/temp_dir.ts";

Deno.test("after gstp setup, gstp record --listen and gstp graph need no network", async () => {
  await using dir = await tempDir();
  const options = { cwd: dir.path, env: { DENO_DIR: `${dir.path}/cache` } };
  const setup = ["run", "--no-prompt", "-P=setup", `--config=${ROOT}deno.json`, CLI, "setup"];
  const printed = await outputOf(Deno.execPath(), setup, options);
  for (const { neededBy, packages } of Object.values(LAZY_MODULES)) {
    assertStringIncludes(printed, `for ${neededBy}:\n`);
    for (const specifier of packages) {
      const [, name] = /^npm:(.+)@/.exec(specifier)!;
      assertMatch(printed, new RegExp(`^  ${name} \\d+\\.\\d+\\.\\d+ +${dir.path}/cache/.*`, "m"));
    }
  }

  const cached = ["run", "-A", "--cached-only", CLI];
  const pipeline = words("videotestsrc is-live=true ! tee name=t ! fakesink");
  const recording = ["record", "--listen=0", "--window=0.3", ...pipeline];
  const child = start(Deno.execPath(), [...cached, ...recording], options);
  const output = await child.until("record with: ");
  const [, url] = /listening on (http:\S+)/.exec(output)!;
  assertStringIncludes(await (await fetch(url!)).text(), "<title>");
  child.kill("SIGTERM");
  assertEquals((await child.result).code, 0);

  const graph = ["graph", ...words("fakesrc ! fakesink")];
  assertStringIncludes(await outputOf(Deno.execPath(), [...cached, ...graph], options), "</svg>");
});

Deno.test("gstp setup fails without npm", async () => {
  await using dir = await tempDir();
  const env = { DENO_DIR: `${dir.path}/cache`, NPM_CONFIG_REGISTRY: "http://127.0.0.1:1" };
  const { code, stdout, stderr } = await run(Deno.execPath(), ["run", "-A", CLI, "setup"], { env });
  assertEquals([code, stdout], [1, ""]);
  assertMatch(
    stderr,
    /^error: Cannot load the libraries for gstp record --listen: .* for package "\S+": .*127\.0\.0\.1:1.*\nCheck that npm can be reached, and run this again\. Where .* DENO_TLS_CA_STORE=system\.\n$/m,
  );
});

/** A module in the output of `deno info --json`. */
interface Module {
  specifier: string;
  dependencies?: { specifier: string }[];
}

Deno.test("LAZY_MODULES lists every module of the command that uses npm, with its packages", async () => {
  for (const { url, packages } of Object.values(LAZY_MODULES)) {
    const { modules }: { modules: Module[] } = JSON.parse(
      await outputOf(Deno.execPath(), ["info", "--json", url]),
    );
    const imported = modules.flatMap(({ dependencies = [] }) => dependencies)
      .flatMap(({ specifier }) => /^npm:(?:@[^/]+\/)?[^/]+/.exec(specifier) ?? []);
    assertEquals([...new Set(imported)].sort(), [...packages].sort(), url);
  }

  // whatever else the command loads by a variable is a module of the user
  const grep = ["-rlE", "--include=*.ts", '\\bimport\\([^"]', "cli"];
  const byVariable = (await outputOf("grep", grep, { cwd: ROOT })).trim().split("\n");
  assertEquals(byVariable.sort(), ["cli/npm/lazy_modules.ts", "cli/observe/load_function.ts"]);
});

Deno.test("commands that load packages name a missing permission, and do not send users to npm", async () => {
  const flags = ["run", "--no-prompt", "--allow-ffi", "--allow-env", "--allow-write", CLI];
  const lines = ["setup", "graph fakesrc ! fakesink"];
  for (const line of lines) {
    const { code, stderr } = await run(Deno.execPath(), [...flags, ...words(line)]);
    assertEquals(code, 2, stderr);
    assertMatch(
      stderr,
      /^error: Deno does not permit this\. Requires read access to .*, run again with the --allow-read flag\n$/,
    );
  }
});
