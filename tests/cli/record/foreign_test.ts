/**
 * `gstp record` in a folder that it shares with other programs.
 */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { words } from "../../../scripts/lib/run.ts";
import { gstp } from "../../helpers/cli.ts";
import { fileNames } from "../../helpers/file_names.ts";
import { readForeignFiles, writeForeignFiles } from "../../helpers/foreign_files.ts";
import {
  eventsOf,
  postRecord,
  readStatus,
  startRecording,
} from "../../helpers/recording_command.ts";
import { tempDir } from "../../helpers/temp_dir.ts";
import { until } from "../../helpers/wait.ts";

const CLIPS = 3;
const OLD = [20, 21, 22].map((day) => `2026-11-${day}T14-03-12.345Z_t.mp4`);

/** Writes clips that every limit removes. */
async function writeOldClips(folder: string): Promise<void> {
  for (const [i, name] of OLD.entries()) {
    await Deno.writeTextFile(`${folder}/${name}`, "video");
    await Deno.utime(`${folder}/${name}`, 1000 + i, 1000 + i);
  }
}

Deno.test("gstp record leaves all files of other programs as they are, whatever its limits", async () => {
  await using dir = await tempDir();
  const folder = `${dir.path}/clips`;
  await writeForeignFiles(folder);
  await writeOldClips(folder);
  const foreign = await readForeignFiles(folder);
  const { url, stop } = await startRecording(dir.path, [
    ...["--window=0.4", "--before=0.1", "--after=0.1"],
    ...["--max-files=1", "--max-bytes=1M", "--max-age=1h", "--min-age=0s"],
  ]);
  for (let clip = 1; clip <= CLIPS; clip++) {
    await postRecord(url);
    await until("the clip is complete and the folder within its limits", async () => {
      const { tees, clips } = await readStatus(url);
      return tees[0]!.totals.finished === clip && clips.count === 1;
    });
  }
  const { code, stdout } = await stop();
  assertEquals(code, 0);
  const removed = eventsOf(stdout).filter((event) => event.type === "removed");
  assertEquals(removed.length, OLD.length + CLIPS - 1);
  const others = eventsOf(stdout).map(({ type }) => type).filter((type) => /recovered$/.test(type));
  assertEquals(others, []);
  assertEquals(await readForeignFiles(folder), foreign);
});

Deno.test("gstp record removes nothing in a start that fails", async () => {
  await using dir = await tempDir();
  await writeOldClips(dir.path);
  const limits = ["--max-files=1", "--max-age=1h", "--min-age=0s", `--out=${dir.path}`];
  for (
    const [pipeline, status] of [
      ["videotestsrc ! tee name=t ! nosuchelement", 1],
      ["filesrc location=/nonexistent ! tee name=t ! fakesink", 1],
      ["videotestsrc ! fakesink", 2],
      ["videotestsrc ! tee name=t ! fakesink --tee=other", 2],
      ["videotestsrc num-buffers=3 ! tee name=t ! fakesink --container=avi", 2],
    ] as const
  ) {
    const { code, stderr } = await gstp(["record", ...limits, ...words(pipeline)]);
    assertEquals(code, status, `${pipeline}: ${stderr}`);
    assertEquals(fileNames(dir.path), OLD, pipeline);
  }
});

Deno.test("gstp record --dry-run lists what the limits would remove, and removes nothing", async () => {
  await using dir = await tempDir();
  await writeForeignFiles(dir.path);
  await writeOldClips(dir.path);
  const before = fileNames(dir.path);
  const source = words("videotestsrc ! tee name=t ! fakesink");
  const dryRun = ["record", "--dry-run", `--out=${dir.path}`];
  const { code, stdout, stderr } = await gstp([...dryRun, "--max-files=1", ...source]);
  assertEquals([code, stdout], [0, "videotestsrc ! tee name=t ! fakesink\n"]);
  const lines = OLD.slice(0, 2).map((name) =>
    `gstp: would remove ${dir.path}/${name} (5 B, limit: files)\n`
  );
  assertEquals(stderr, lines.join(""));
  const none = await gstp([...dryRun, "--max-files=9", ...source]);
  assertStringIncludes(none.stderr, "the limits would remove nothing");
  assertEquals(fileNames(dir.path), before);
});

Deno.test("gstp record --no-recover leaves .part files as they are", async () => {
  await using dir = await tempDir();
  const part = `${OLD[0]}.part`;
  await Deno.writeTextFile(`${dir.path}/${part}`, "no film");
  const source = words("videotestsrc num-buffers=9 ! tee name=t ! fakesink");
  const args = ["record", "--json", `--out=${dir.path}`];
  const left = await gstp([...args, "--no-recover", ...source]);
  assertEquals([left.code, eventsOf(left.stdout).map(({ type }) => type)], [0, ["armed"]]);
  const tried = await gstp([...args, ...source]);
  assertEquals(eventsOf(tried.stdout).map(({ type }) => type), ["armed", "unrecovered"]);
  assertEquals(fileNames(dir.path), [part]);
});
