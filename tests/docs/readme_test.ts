/**
 * The commands in the README and the pages of docs/ print what these say.
 */
import { assert, assertEquals } from "@std/assert";
import { COMMANDS } from "../../cli/commands/list.ts";
import { ROOT } from "../../scripts/lib/paths.ts";
import { run } from "../../scripts/lib/run.ts";
import { CLI } from "../helpers/cli.ts";
import { tempDir } from "../helpers/temp_dir.ts";

/** The pages with what they run, in the order in which it is run, and the names of their scripts. */
const PAGES: Record<string, string[]> = {
  "README.md": ["clip.ts"],
  "docs/command.md": [],
  "docs/scripts.md": ["background.ts", "foreground.ts", "frames.ts", "draw.ts", "errors.ts"],
  "docs/recording.md": ["verify.ts", "sound.ts", "encoded.ts"],
  "docs/record.md": [],
};

const pages = await Promise.all(
  Object.keys(PAGES).map((path) => Deno.readTextFile(`${ROOT}${path}`)),
);
const guide = pages.join("\n");
const scripts = Object.values(PAGES).flat();

/** The code blocks of a language. */
function blocks(language: string): string[] {
  return [...guide.matchAll(/^```(\w*)\n([^]*?)^```$/gm)]
    .filter(([, name]) => name === language).map(([, , text]) => text!);
}

/** The commands of a block, each with what it is to print. */
function commands(block: string): { command: string; expected: string }[] {
  return block.split(/^\$ /m).slice(1).map((text) => {
    const end = text.indexOf("\n");
    return { command: text.slice(0, end), expected: text.slice(end + 1).trimEnd() };
  });
}

/** Times, sizes, dates and generated names differ. */
function withoutMeasured(output: string): string {
  return output
    .replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "UUID")
    .replaceAll(/'[^']*\/UUID/g, "'FOLDER/UUID")
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.-]+Z/g, "DATE")
    .replaceAll(/(SIGUSR2 to) \d+/g, "$1 PID")
    .replaceAll(/[\d.]+ k?B\b/g, "N kB")
    .replaceAll(/(bytes|bitrate): \d+/g, "$1: N")
    .replaceAll(/\d+ (bytes|frames)/g, "N $1")
    .replaceAll(/(\d)\.\d+/g, "$1");
}

Deno.test("README and docs show what their commands print", async () => {
  await using dir = await tempDir();
  await Deno.copyFile(`${ROOT}pipeline.gstp`, `${dir.path}/pipeline.gstp`);
  const texts = blocks("ts");
  assertEquals(texts.length, scripts.length);
  for (const [i, script] of texts.entries()) {
    const text = script.replace("./mod.ts", new URL("../../mod.ts", import.meta.url).href);
    await Deno.writeTextFile(`${dir.path}/${scripts[i]}`, text);
  }

  const all = blocks("console").flatMap(commands);
  assert(all.length > 5);
  for (const { command, expected } of all) {
    const [, name] = /^cat (.*)$/.exec(command) ?? [];
    if (name !== undefined && name !== "pipeline.gstp") {
      await Deno.writeTextFile(`${dir.path}/${name}`, `${expected}\n`);
    }
    const line = command.replace("cli.ts", CLI).replace("recipes/", `${ROOT}recipes/`);
    const { stdout } = await run("bash", ["-c", `{ ${line}; } 2>&1`], { cwd: dir.path });
    assertEquals(withoutMeasured(stdout.trimEnd()), withoutMeasured(expected), command);
  }
});

Deno.test("the script in the foreground runs", async () => {
  const script = blocks("ts")[scripts.indexOf("foreground.ts")]!
    .replace("./mod.ts", new URL("../../mod.ts", import.meta.url).href);
  const { code, stdout } = await run(Deno.execPath(), ["run", "-A", "-"], { stdin: script });
  assertEquals([code, stdout], [0, "done\n"]);
});

Deno.test("README shows a picture of each command, and all pictures are there", async () => {
  const folders = Object.keys(PAGES).map((path) => path.slice(0, path.lastIndexOf("/") + 1));
  const pictures = pages.flatMap((text, i) =>
    [...text.matchAll(/^!\[[^\]]+\]\((.*)\)$/gm)].map(([, path]) => folders[i] + path!)
  );
  for (const path of pictures) assert((await Deno.stat(ROOT + path)).size > 0, path);
  for (const name of Object.keys(COMMANDS)) {
    assert(pages[0]!.includes(`**\`gstp ${name}`), name);
    assert(pictures.includes(`docs/images/${name}.svg`), name);
  }
});

/** What a link to a heading calls it, as GitHub does. */
function anchor(heading: string): string {
  return heading.toLowerCase().replaceAll(/[^\p{L}\p{N} _-]/gu, "").replaceAll(" ", "-");
}

Deno.test("links between the pages lead somewhere", async () => {
  const paths = [...Object.keys(PAGES), "docs/reliability.md", "docs/performance.md"];
  let links = 0;
  for (const path of paths) {
    const text = await Deno.readTextFile(ROOT + path);
    for (const [, link] of text.matchAll(/\]\((?!https?:)([^)\s]+)\)/g)) {
      const { pathname, hash } = new URL(link!, `file://${ROOT}${path}`);
      const target = await Deno.readTextFile(pathname);
      const anchors = [...target.matchAll(/^#+ (.*)$/gm)].map(([, heading]) => anchor(heading!));
      assert(hash === "" || anchors.includes(hash.slice(1)), `${path}: ${link}`);
      links++;
    }
  }
  assert(links > 50, `${links} links`);
});
