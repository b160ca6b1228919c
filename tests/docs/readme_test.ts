/**
 * The commands in the README and the pages of docs/ print what these say.
 */
import { assert, assertEquals } from "@std/assert";
import { toFileUrl } from "@std/path/to-file-url";
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
  "docs/recording.md": ["read.ts", "verify.ts", "sound.ts", "encoded.ts"],
  "docs/cameras.md": ["site.ts", "supervisor.ts"],
  "docs/record.md": [],
  "docs/install.md": [],
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

/** Makes a script import the library of this checkout. */
function withLibrary(script: string): string {
  return script.replace("./mod.ts", `${toFileUrl(ROOT)}mod.ts`);
}

/** The commands of a block, each with what it is to print. */
function commands(block: string): { command: string; expected: string }[] {
  return block.split(/^\$ /m).slice(1).map((text) => {
    const end = text.indexOf("\n");
    return { command: text.slice(0, end), expected: text.slice(end + 1).trimEnd() };
  });
}

/** Replaces what differs in every run: generated names, dates, process IDs, sizes and numbers of frames. */
function withoutGenerated(output: string): string {
  return output
    .replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "UUID")
    .replaceAll(/'[^']*\/UUID/g, "'FOLDER/UUID")
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.-]+Z/g, "DATE")
    .replaceAll(/ [\d.]+ +\/\S+(\/npm\/\S+\/)[\d.]+$/gm, " VERSION CACHE$1VERSION")
    .replaceAll(/(SIGUSR2 to) \d+/g, "$1 PID")
    .replaceAll(/[\d.]+ k?B\b/g, "N kB")
    .replaceAll(/(bytes|bitrate): \d+/g, "$1: N")
    .replaceAll(/\d+ (bytes|frames)/g, "N $1");
}

/** Seconds by which times may be later than expected: a busy machine wakes up a script late. */
const LATE_SEC = 1.5;
/** Seconds by which times may be earlier, or spans shorter: containers round times, and a frame may still be on its way. */
const EARLY_SEC = 0.2;

/** Replaces the times of an output by the expected ones, where they are close to these. */
function withExpectedTimes(output: string, expected: string): string {
  const number = /\d+(?:\.\d+)?/g;
  const numbers = expected.match(number)?.values();
  return output.replaceAll(number, (actual) => {
    const wanted: string = numbers?.next().value ?? actual;
    const isTime = `${actual} ${wanted}`.includes(".");
    const lateSec = Number(actual) - Number(wanted);
    return isTime && lateSec > -EARLY_SEC && lateSec < LATE_SEC ? wanted : actual;
  });
}

/** The file with the output of a command. */
const OUTPUT = "output.txt";

/** Makes a command runnable in a folder, however long it takes to start on a busy machine. */
function runnable(command: string): string {
  const isArmed = `until grep -q "record with" ${OUTPUT}; do sleep 0.1; done`;
  return command
    .replace("cli.ts", CLI)
    .replace("recipes/", `${ROOT}recipes/`)
    .replace("sleep 3; kill", `${isArmed}; sleep 2; kill`);
}

Deno.test("README and docs show what their commands print", async () => {
  await using dir = await tempDir();
  await Deno.copyFile(`${ROOT}pipeline.gstp`, `${dir.path}/pipeline.gstp`);
  const texts = blocks("ts");
  assertEquals(texts.length, scripts.length);
  for (const [i, script] of texts.entries()) {
    await Deno.writeTextFile(`${dir.path}/${scripts[i]}`, withLibrary(script));
  }

  const all = blocks("console").flatMap(commands);
  assert(all.length > 5);
  for (const { command, expected } of all) {
    const [, name] = /^cat (.*)$/.exec(command) ?? [];
    if (name !== undefined && name !== "pipeline.gstp") {
      await Deno.writeTextFile(`${dir.path}/${name}`, `${expected}\n`);
    }
    const script = `{ ${runnable(command)}; } > ${OUTPUT} 2>&1`;
    await run("bash", ["-c", script], { cwd: dir.path });
    const output = await Deno.readTextFile(`${dir.path}/${OUTPUT}`);
    // the examples run by the path of the checkout, which hints name
    const actual = withoutGenerated(output.trimEnd().replaceAll(`${ROOT}cli.ts`, "cli.ts"));
    const wanted = withoutGenerated(expected);
    assertEquals(withExpectedTimes(actual, wanted), wanted, command);
    const [, picture] = / (\S+\.png)$/.exec(command) ?? [];
    if (picture !== undefined) {
      assert((await Deno.stat(`${dir.path}/${picture}`)).size > 0, command);
    }
  }
});

Deno.test("withExpectedTimes() replaces times that are close, and nothing else", () => {
  const expected = "2 clips: 4.00 s from 1.033 s, 120 frames";
  assertEquals(withExpectedTimes("2 clips: 3.999 s from 1.1 s, 120 frames", expected), expected);
  assertEquals(withExpectedTimes("2 clips: 4 s from 2.033 s, 120 frames", expected), expected);
  const wrong = "3 clips: 3.8 s from 3 s, 119 frames";
  assertEquals(withExpectedTimes(wrong, expected), wrong);
});

Deno.test("the script in the foreground runs", async () => {
  const script = withLibrary(blocks("ts")[scripts.indexOf("foreground.ts")]!);
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
  const paths = [
    ...Object.keys(PAGES),
    "docs/reliability.md",
    "docs/performance.md",
    "docs/security.md",
  ];
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
