/**
 * `deno task compile`. Deno fetches the runtime of executables, denort, from dl.deno.land. Where that cannot be reached, an
 * executable is made with another runtime: it does not run, but shows what is in it.
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { toFileUrl } from "@std/path/to-file-url";
import { Buffer } from "node:buffer";
import { LAZY_MODULES } from "../../../cli/npm/lazy_modules.ts";
import { SCRIPTS } from "../../../cli/completion/scripts.ts";
import config from "../../../deno.json" with { type: "json" };
import { ROOT } from "../../../scripts/lib/paths.ts";
import { outputOf, run, start, words } from "../../../scripts/lib/run.ts";
import { tempDir } from "../../helpers/temp_dir.ts";

const COMPILE_SEC = 150;
const [deno, ...ARGS] = words(config.tasks.compile.command);
/** Files that are no modules, and text modules: what Deno may leave out. */
const FOLDERS = ["cli/server/page", "cli/completion"];

/** Compiles to a path; resolves with whether the executable can run. */
async function compile(path: string): Promise<boolean> {
  const args = ARGS.map((arg) => arg === "gstp" ? path : arg);
  const options = { cwd: ROOT, timeoutSec: COMPILE_SEC };
  const { code, stderr } = await run(Deno.execPath(), args, options);
  if (code === 0) return true;
  assertStringIncludes(stderr, "dl.deno.land");
  await outputOf(Deno.execPath(), args, { ...options, env: { DENORT_BIN: Deno.execPath() } });
  return false;
}

Deno.test("deno task compile includes each module that is loaded when it is first needed", () => {
  assertEquals([deno, ARGS[0], ARGS.at(-1)], ["deno", "compile", "cli.ts"]);
  const included = ARGS.filter((_, i) => ARGS[i - 1] === "--include");
  assertEquals(
    included.map((path) => toFileUrl(ROOT + path).href).sort(),
    Object.values(LAZY_MODULES).map(({ url }) => url).sort(),
  );
});

Deno.test("deno task compile makes an executable with page, completion and libraries in it", async () => {
  await using dir = await tempDir();
  const path = `${dir.path}/gstp`;
  const canRun = await compile(path);
  const executable = Buffer.from(await Deno.readFile(path));
  const assertIn = async (file: string) =>
    assert(executable.includes(Buffer.from(await Deno.readFile(file))), `${file} is missing`);
  const files = FOLDERS.flatMap((folder) =>
    [...Deno.readDirSync(ROOT + folder)].map(({ name }) => `${folder}/${name}`)
  ).filter((file) => !file.endsWith(".ts"));
  assertEquals(files.length, 7);
  for (const file of files) await assertIn(ROOT + file);
  for (const { url } of Object.values(LAZY_MODULES)) {
    const info = await outputOf(Deno.execPath(), ["info", "--json", url]);
    const packages: { localPath: string }[] = Object.values(JSON.parse(info).npmPackages);
    assert(packages.length > 0);
    for (const { localPath } of packages) await assertIn(`${localPath}/package.json`);
  }
  if (canRun) await runExecutable(path, dir.path);
  else {console.log(
      "The executable is not run: dl.deno.land, which has its runtime, cannot be reached",
    );}
});

/** Runs the executable without Deno's cache. */
async function runExecutable(path: string, folder: string): Promise<void> {
  const options = { cwd: folder, env: { DENO_DIR: `${folder}/none` } };
  for (const [shell, script] of Object.entries(SCRIPTS)) {
    assertEquals(await outputOf(path, ["completion", shell], options), `${script.trimEnd()}\n`);
  }
  const graph = ["graph", ...words("fakesrc ! fakesink")];
  assertStringIncludes(await outputOf(path, graph, options), "</svg>");
  const pipeline = words("videotestsrc is-live=true ! tee name=t ! fakesink");
  const child = start(path, ["record", "--listen=0", "--window=0.3", ...pipeline], options);
  const output = await child.until("record with: ");
  const [, url] = /listening on (http:\S+)/.exec(output)!;
  assertStringIncludes(await (await fetch(url!)).text(), "<title>");
  child.kill("SIGTERM");
  assertEquals((await child.result).code, 0);
}
