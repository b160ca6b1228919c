/**
 * Completion, and its scripts in the shells.
 */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { commandHelp } from "../../../cli/commands/help.ts";
import { type CommandName, COMMANDS, RUN } from "../../../cli/commands/list.ts";
import { loadCommand } from "../../../cli/commands/load.ts";
import { complete, type Completion } from "../../../cli/completion/complete.ts";
import { run } from "../../../scripts/lib/run.ts";
import { CLI, gstp } from "../../helpers/cli.ts";
import { tempDir } from "../../helpers/temp_dir.ts";

const TEXT = "videotestsrc pattern={pattern} num-buffers={out=5} ! fakesink name={timeout=sink}";

/** A folder with pipeline files, others, and the command as `gstp`. */
async function folderWithFiles() {
  const dir = await tempDir();
  await Promise.all(
    ["a.gstp", "my file.gstp"].map((name) => Deno.writeTextFile(`${dir.path}/${name}`, TEXT)),
  );
  await Deno.writeTextFile(`${dir.path}/broken.gstp`, "{");
  await Deno.writeTextFile(`${dir.path}/a.webm`, "");
  await Deno.mkdir(`${dir.path}/sub`);
  await Deno.mkdir(`${dir.path}/bin`);
  const command = `#!/bin/sh\nexec "${Deno.execPath()}" run -A "${CLI}" "$@"\n`;
  await Deno.writeTextFile(`${dir.path}/bin/gstp`, command, { mode: 0o755 });
  return dir;
}

function completionOf(line: string[]): Promise<Completion> {
  return complete(line, COMMANDS, RUN);
}

async function wordsFor(...line: string[]): Promise<string[]> {
  return (await completionOf(line)).candidates.map(({ word }) => word);
}

Deno.test("complete() offers commands and files first, and options after a dash", async () => {
  const first = await completionOf([""]);
  assertEquals(first.candidates.map(({ word }) => word), Object.keys(COMMANDS));
  assertEquals(first.files, "gstp");
  assertEquals(await wordsFor("insp"), ["inspect"]);
  assertEquals(await wordsFor("--ti"), ["--timeout="]);
  assert(!(await wordsFor("--timeout=3", "--")).includes("--timeout="));
  assertEquals((await completionOf(["--"])).files, undefined);
});

Deno.test("complete() offers the options that each command's help lists, and what it takes", async () => {
  for (const [name, command] of Object.entries(COMMANDS)) {
    const { help: prose } = await loadCommand(name as CommandName);
    const help = commandHelp(name, command, prose);
    const words = await wordsFor(name, "-");
    assert(words.includes("--help"), name);
    for (const [option] of help.matchAll(/^ +(?:-h, )?(--[a-z-]+)/gm)) {
      const text = option.trim().replace("-h, ", "");
      assert(words.some((word) => word.replace("=", "") === text), `${name} ${text}`);
    }
  }
  assertEquals(await wordsFor("completion", ""), ["bash", "zsh", "fish"]);
  assertEquals(await wordsFor("inspect", "vp8e"), ["vp8enc"]);
  assertEquals((await completionOf(["verify", ""])).files, "any");
  assertEquals(await completionOf(["doctor", ""]), { candidates: [], files: undefined });
  assertEquals(await wordsFor("record", "--tee=a", "--tee"), ["--tee="]);
});

Deno.test("complete() offers the placeholders of the file on the line", async () => {
  await using dir = await folderWithFiles();
  const file = `${dir.path}/a.gstp`;
  assertEquals(await wordsFor(file, "--p"), ["--proc=", "--pattern="]);
  assertEquals(await wordsFor(`--file=${file}`, "--pat"), ["--pattern="]);
  assertEquals(await wordsFor(`${dir.path}/my\\ file.gstp`, "--pat"), ["--pattern="]);
  assertEquals(await wordsFor(`'${dir.path}/my file.gstp'`, "--pat"), ["--pattern="]);
  assertEquals(await wordsFor(file, "--", ""), ["--pattern=", "--out=", "--timeout="]);
  assertEquals(await wordsFor(file, "--pattern=ball", "--pat"), []);
  // what is an option goes after --
  assertEquals(await wordsFor("graph", file, "--o"), ["--out="]);
  assertEquals(
    (await completionOf(["graph", file, "--o"])).candidates[0]!.description,
    "the file to write: .svg, or .dot for Graphviz's DOT language; defaults to SVG on " +
      "standard output",
  );
  assertEquals(await wordsFor(`${dir.path}/broken.gstp`, "--pat"), []);
  assertEquals(await wordsFor("missing.gstp", "--pat"), []);
  assertEquals(await wordsFor("inspect", file, "--pat"), []);
});

/** Completes the end of a line in bash; returns the words that it offers. */
async function inBash(line: string, folder: string): Promise<string[]> {
  const script = `
    source <(gstp completion bash)
    COMP_LINE=$1
    COMP_POINT=\${#COMP_LINE}
    # as readline does: split the line at blanks and at COMP_WORDBREAKS
    mapfile -t COMP_WORDS < <(grep -oE "=|(\\\\\\\\.|'[^']*'|[^ =])+" <<< "$COMP_LINE")
    [[ $COMP_LINE != *' ' || $COMP_LINE == *'\\ ' ]] || COMP_WORDS+=("")
    COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
    _gstp
    printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { code, stdout, stderr } = await run("bash", ["-c", script, "bash", line], {
    cwd: folder,
    env: { PATH: `${folder}/bin:${Deno.env.get("PATH")}` },
  });
  // compopt has nothing to work on outside of a completion that readline began
  assertEquals([code, stderr], [0, ""]);
  return stdout.split("\n").filter((word) => word !== "").sort();
}

Deno.test("bash completes commands, options, files and placeholders", async () => {
  await using dir = await folderWithFiles();
  const cases: Record<string, string[]> = {
    "gstp ver": ["verify"],
    "gstp a": ["a.gstp"],
    "gstp ": [
      ...[...Object.keys(COMMANDS), "help"],
      ...["a.gstp", "bin", "broken.gstp", "my file.gstp", "sub"],
    ].sort(),
    "gstp help rec": ["record", "recover"],
    "gstp graph --st": ["--state="],
    "gstp graph --state=null --o": ["--out="],
    "gstp graph --state=nu": [],
    "gstp a.gstp --pat": ["--pattern="],
    "gstp a.gstp --pattern=ball --time": ["--timeout="],
    "gstp a.gstp --pattern=ball -- ": ["--out=", "--timeout="],
    "gstp my\\ file.gstp --pat": ["--pattern="],
    "gstp verify a": ["a.gstp", "a.webm"],
    "gstp completion z": ["zsh"],
    "gstp inspect vp8e": ["vp8enc"],
  };
  const lines = Object.entries(cases);
  const found = await Promise.all(lines.map(([line]) => inBash(line, dir.path)));
  for (const [i, [line, expected]] of lines.entries()) assertEquals(found[i], expected, line);
});

/** Whether a shell is installed; prints a note if it is not. */
async function has(shell: string): Promise<boolean> {
  const isThere = await run(shell, ["--version"]).then(() => true, () => false);
  if (!isThere) console.log(`Completion is not tried in ${shell}, which is not installed`);
  return isThere;
}

Deno.test("zsh completes commands, options, files and placeholders", async () => {
  if (!await has("zsh")) return;
  await using dir = await folderWithFiles();
  // the completion functions of zsh need a terminal: these print their arguments
  const script = `
    compdef() { : }
    compadd() { while [[ $1 != -- ]]; do [[ $1 == -S ]] && print -r -- "no blank"; shift; done; shift; print -rl -- "$@" }
    _files() { print -r -- "files $*" }
    source <(gstp completion zsh)
    words=("$@")
    CURRENT=$#words
    _gstp`;
  const complete = async (...words: string[]) => {
    const { code, stdout, stderr } = await run("zsh", ["-fc", script, "zsh", "gstp", ...words], {
      cwd: dir.path,
      env: { PATH: `${dir.path}/bin:${Deno.env.get("PATH")}` },
    });
    assertEquals([code, stderr], [0, ""]);
    return stdout.split("\n").filter((line) => line !== "");
  };
  assertEquals(await complete("ver"), ["files -g *.gstp", "verify"]);
  assertEquals(await complete("a.gstp", "--pat"), ["no blank", "--pattern="]);
  assertEquals(await complete("verify", ""), ["files "]);
  assertEquals(await complete("verify", "--f"), ["--fast"]);
  assertEquals(await complete("verify", "--fa", ""), ["files "]);
});

Deno.test("fish completes commands, options, files and placeholders", async () => {
  if (!await has("fish")) return;
  await using dir = await folderWithFiles();
  const complete = async (line: string) => {
    const script = "gstp completion fish | source; complete -C $argv[1]";
    const { code, stdout, stderr } = await run("fish", ["-N", "-c", script, line], {
      cwd: dir.path,
      env: { PATH: `${dir.path}/bin:${Deno.env.get("PATH")}` },
    });
    assertEquals([code, stderr], [0, ""]);
    return stdout.split("\n").map((text) => text.split("\t")[0]!).filter((word) => word !== "");
  };
  assertEquals(await complete("gstp ver"), ["verify"]);
  assertStringIncludes((await complete("gstp a")).join(" "), "a.gstp");
  assertEquals(await complete("gstp a.gstp --pat"), ["--pattern="]);
  assertEquals(await complete("gstp verify --fa"), ["--fast"]);
});

Deno.test("gstp completion refuses other shells", async () => {
  const { code, stderr } = await gstp(["completion", "tcsh"]);
  assertEquals(code, 2);
  assertMatch(stderr, /The shell must be one of bash, zsh, fish/);
  assertEquals((await gstp(["completion", "bash", "zsh"])).code, 2);
});
