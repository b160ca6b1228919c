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

/** The content types in the table of docs/scripts.md, by whether Deno takes them for TypeScript. */
const TYPES = {
  works: [
    ...[
      "application/typescript",
      "text/typescript",
      "application/x-typescript",
      "text/plain",
      null,
    ],
    ...["video/mp2t", "video/vnd.dlna.mpeg-tts", "application/octet-stream"],
  ],
  fails: [
    ...["text/javascript", "application/javascript", "text/html", "text/vnd.trolltech.linguist"],
  ],
};

/** Imports mod.ts from a server, with Deno's options; resolves with the first error, with the host of the docs. */
async function importFrom(type: string | null, options: string[]): Promise<string | undefined> {
  await using server = serveCheckout(type);
  await using folder = await tempDir();
  const host = `127.0.0.1:${server.addr.port}`;
  const script = `import { formatTemplate } from "http://${host}/mod.ts";
  console.log(formatTemplate("a {b}", { b: "c" }));`;
  await Deno.writeTextFile(`${folder.path}/script.ts`, script);
  const args = [
    "run",
    "--no-prompt",
    ...options.map((one) => one.replace("HOST", host)),
    "script.ts",
  ];
  const { code, stdout, stderr } = await run(Deno.execPath(), args, {
    cwd: folder.path,
    env: { DENO_DIR: `${folder.path}/cache` },
  });
  if (code === 0) assertEquals(stdout, "a c\n");
  return /^error: .*$/m.exec(stderr)?.[0].replaceAll(host, "example.com:443");
}

Deno.test("mod.ts can be imported with the content types that docs/scripts.md names", async () => {
  const page = await Deno.readTextFile(`${ROOT}docs/scripts.md`);
  const rows = page.split("\n").filter((line) => /^\| .*\| +(works|fails)/.test(line)).join("\n");
  for (const type of TYPES.works) {
    assertEquals(await importFrom(type, ["--allow-import=HOST"]), undefined, `${type}`);
    assertMatch(rows, new RegExp(type === null ? ", none .*works" : `\`${type}\`.*works`));
  }
  for (const type of TYPES.fails) {
    const error = await importFrom(type, ["--allow-import=HOST"]);
    assert(error !== undefined && page.includes(`\`\`\`\n${error}\n\`\`\``), `${type}: ${error}`);
    assertMatch(rows, new RegExp(`\`${type}\`.*fails`));
  }
});

Deno.test("mod.ts can be imported only with the permission that docs/scripts.md names", async () => {
  const page = await Deno.readTextFile(`${ROOT}docs/scripts.md`);
  const error = await importFrom("text/plain", []);
  assert(error !== undefined && page.includes(`\`\`\`\n${error}\n\`\`\``), error);
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
