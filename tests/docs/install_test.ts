/**
 * The page on services, and the packages in the README.
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { evaluateFeatures } from "../../src/inspect/installation.ts";
import { ROOT } from "../../scripts/lib/paths.ts";
import { run, start, words } from "../../scripts/lib/run.ts";
import { COMMAND_LINE } from "../helpers/cli.ts";
import { fileNames } from "../helpers/file_names.ts";
import { tempDir } from "../helpers/temp_dir.ts";

const page = await Deno.readTextFile(`${ROOT}docs/install.md`);
const unit = /^```ini\n([^]*?)^```$/m.exec(page)![1]!;

async function hasCommand(name: string): Promise<boolean> {
  return (await run("sh", ["-c", `command -v ${name}`])).code === 0;
}

Deno.test("README lists the packages of all features, of the recipes and of the demo", async () => {
  const readme = await Deno.readTextFile(`${ROOT}README.md`);
  const [, list = ""] = /apt-get install ((?:[^\n]*\\\n)*[^\n]*)\n/.exec(readme) ?? [];
  const installed = words(list.replaceAll("\\", " "));
  const features = evaluateFeatures(() => false).flatMap(({ missing }) => missing)
    .flatMap(({ debianPackage }) => debianPackage ?? []);
  const setup = await Deno.readTextFile(`${ROOT}scripts/setup.sh`);
  const demo = words(/^demo_packages="(.*)"$/m.exec(setup)![1]!);
  const needed = new Set([...features, ...demo, "npm"]);
  assert(needed.size > 5);
  assertEquals([...needed].filter((name) => !installed.includes(name)), []);
  assertMatch(readme, /^sudo npm install -g deno$/m);
});

Deno.test("systemd accepts the unit", async () => {
  if (!await hasCommand("systemd-analyze")) {
    console.log("The unit is not verified: there is no systemd-analyze");
    return;
  }
  await using dir = await tempDir();
  const path = `${dir.path}/gstp.service`;
  // a command that exists here
  await Deno.writeTextFile(path, unit.replace("/usr/local/bin/gstp", "/bin/sh"));
  const { code, stdout, stderr } = await run("systemd-analyze", ["verify", path]);
  assertEquals([code, stdout, stderr], [0, "", ""]);
});

Deno.test("the unit has what the page explains, and lets JavaScript be compiled", () => {
  const set = new Map(
    unit.split("\n").flatMap((line) => {
      const [, name, value] = /^(\w+)=(.*)$/.exec(line) ?? [];
      return name === undefined ? [] : [[name, value!] as const];
    }),
  );
  assertEquals([set.get("User"), set.get("UMask")], ["gstp", "0077"]);
  assertMatch(set.get("SystemCallFilter")!, /@pkey/);
  assertEquals(set.has("MemoryDenyWriteExecute"), false);
  const explained = [...page.matchAll(/^\| `(\w+)=/gm)].map(([, name]) => name!);
  assert(explained.length > 5);
  assertEquals(explained.filter((name) => !set.has(name)), []);
});

Deno.test("with the umask of the unit, clips and their folder are the user's alone", async () => {
  await using dir = await tempDir();
  const pipeline = "videotestsrc is-live=true ! tee name=t ! fakesink";
  const command = `umask 0077; exec ${COMMAND_LINE} record --window=0.3 ${pipeline}`;
  const child = start("sh", ["-c", command], { cwd: dir.path });
  await child.until("record with: ");
  child.kill("SIGUSR2");
  await child.until("finished: ");
  child.kill("SIGTERM");
  assertEquals((await child.result).code, 0);
  const modeOf = (path: string) => Deno.statSync(path).mode! & 0o777;
  const folder = `${dir.path}/clips`;
  assertEquals(modeOf(folder), 0o700);
  const clips = fileNames(folder);
  assertEquals(clips.map((name) => modeOf(`${folder}/${name}`)), clips.map(() => 0o600));
  assert(clips.length > 0);
});
