/**
 * `gstp record` in folders that other users can read or write.
 */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { words } from "../../../scripts/lib/run.ts";
import { gstp, startGstp } from "../../helpers/cli.ts";
import { fileNames } from "../../helpers/file_names.ts";
import { tempDir } from "../../helpers/temp_dir.ts";

const isRoot = Deno.uid() === 0;
/** The user nobody, and its group. */
const NOBODY = 65_534;
const SOURCE = words("videotestsrc num-buffers=9 ! tee name=t ! fakesink");
const LIVE = words(
  "videotestsrc is-live=true ! video/x-raw,width=64,height=48 ! tee name=t ! fakesink",
);

/** The permissions of a file or folder, in octal. */
async function modeOf(path: string): Promise<string> {
  return ((await Deno.stat(path)).mode! & 0o777).toString(8);
}

for (const [option, folderMode, fileMode] of [[null, "700", "600"], ["--group", "750", "640"]]) {
  Deno.test(`gstp record ${option ?? ""} gives clips the mode ${fileMode}`, async () => {
    await using dir = await tempDir();
    const folder = `${dir.path}/new/clips`;
    const options = ["--window=0.3", "--container=webm", ...(option ? [option] : [])];
    const child = startGstp(["record", "--json", `--out=${folder}`, ...options, ...LIVE]);
    await child.until("SIGUSR2 to ");
    child.kill("SIGUSR2");
    await child.until('"type":"finished"');
    child.kill("SIGTERM");
    const { code, stderr } = await child.result;
    assertEquals(code, 0, stderr);
    assertEquals(await modeOf(folder), folderMode);
    const names = [...Deno.readDirSync(folder)].map(({ name }) => name);
    assertEquals(names.length, 2, `${names}`);
    for (const name of names) assertEquals(await modeOf(`${folder}/${name}`), fileMode, name);
  });
}

Deno.test({
  name: "gstp record refuses a folder that other users may write to, unless it is accepted",
  ignore: !isRoot,
  fn: async () => {
    await using dir = await tempDir();
    const folder = `${dir.path}/clips`;
    const cases: [prepare: () => Promise<void>, reason: string][] = [
      [() => Deno.chmod(folder, 0o777), "can be written to by all users"],
      [() => Deno.chown(folder, NOBODY, NOBODY), "belongs to another user (65534)"],
      [async () => {
        await Deno.chown(folder, 0, NOBODY);
        await Deno.chmod(folder, 0o770);
      }, "can be written to by another group (65534)"],
    ];
    for (const [prepare, reason] of cases) {
      await Deno.mkdir(folder, { mode: 0o700 });
      await prepare();
      const refused = await gstp(["record", `--out=${folder}`, ...SOURCE]);
      assertEquals(refused.code, 2, refused.stderr);
      assertStringIncludes(refused.stderr, `The folder ${folder} ${reason}`);
      assertEquals(fileNames(folder), []);
      const accepted = await gstp(["record", "--shared-folder", `--out=${folder}`, ...SOURCE]);
      assertEquals(accepted.code, 0, accepted.stderr);
      await Deno.remove(folder, { recursive: true });
    }
    // a link of another user, to a folder that is this user's own
    await Deno.mkdir(folder, { mode: 0o700 });
    await Deno.symlink(folder, `${dir.path}/link`);
    await new Deno.Command("chown", { args: ["-h", `${NOBODY}`, `${dir.path}/link`] }).output();
    const linked = await gstp(["record", `--out=${dir.path}/link`, ...SOURCE]);
    assertEquals(linked.code, 2);
    assertStringIncludes(linked.stderr, "belongs to another user (65534)");
  },
});

Deno.test("recovery follows no link that another user of the folder has put there", async () => {
  await using dir = await tempDir();
  const folder = `${dir.path}/clips`;
  await Deno.mkdir(folder);
  const precious = `${dir.path}/precious`;
  await Deno.mkdir(precious);
  const name = "2026-11-26T14-03-12.345Z_t.mkv";
  await Deno.writeTextFile(`${precious}/${name}`, "precious");
  await Deno.symlink(precious, `${folder}/.recovered`);
  await Deno.symlink(precious, `${folder}/.repaired`);
  // what can be recovered, and beside it links of the names that a clip gets on its way
  const source = words(
    `-q videotestsrc num-buffers=30 ! jpegenc ! matroskamux ! filesink location=${folder}/${name}.part`,
  );
  await new Deno.Command("gst-launch-1.0", { args: source }).output();
  await Deno.symlink(`${precious}/${name}`, `${folder}/${name}.json`);
  await Deno.symlink(`${precious}/${name}`, `${folder}/${name}.json.new`);
  const { code, stdout, stderr } = await gstp(["recover", folder]);
  assertEquals(code, 0, stderr);
  assertStringIncludes(stdout, `${name}: 1.0 s, 30 frames`);
  assertEquals(await Deno.readTextFile(`${precious}/${name}`), "precious");
  assertEquals(fileNames(precious), [name]);
  // a .part that is a link is none
  await Deno.symlink(`${precious}/${name}`, `${folder}/2026-11-26T14-03-13.345Z_t.mkv.part`);
  const linked = await gstp(["recover", folder]);
  assertEquals([linked.code, linked.stdout], [0, ""]);
});
