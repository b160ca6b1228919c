/**
 * `gstp record` keeps its folder within limits.
 */
import { assert, assertEquals } from "@std/assert";
import type { Status } from "../../../cli/record/status.ts";
import { fileNames } from "../../helpers/file_names.ts";
import {
  checkExact,
  eventsOf,
  postRecord,
  readStatus,
  reportsOf,
  startRecording,
} from "../../helpers/recording_command.ts";
import { tempDir } from "../../helpers/temp_dir.ts";
import { until } from "../../helpers/wait.ts";

const CLIPS = 8;
const LEFT = 3;

Deno.test("gstp record removes the oldest clips, and never an open one", async () => {
  await using dir = await tempDir();
  const args = [
    "--window=0.4",
    "--before=0.1",
    "--after=0.1",
    `--max-files=${LEFT}`,
    "--min-age=0s",
    "--status=0.2",
  ];
  const { url, folder, stop } = await startRecording(dir.path, args);
  const paths: string[] = [];
  const names = () => fileNames(folder);
  // one that is open all the time counts for nothing, and stays
  await Deno.writeTextFile(`${folder}/other.mp4.part`, "video");
  await Deno.utime(`${folder}/other.mp4.part`, 0, 0);
  for (let clip = 1; clip <= CLIPS; clip++) {
    paths.push(...await postRecord(url));
    await until("the clip is complete and the folder within its limits", async () => {
      const { tees, clips } = await readStatus(url);
      return tees[0]!.totals.finished === clip && clips.count === Math.min(clip, LEFT);
    });
  }
  const { code, stdout } = await stop();
  assertEquals(code, 0);
  assertEquals(names(), [...paths.slice(-LEFT), "other.mp4.part"]);
  const removed = eventsOf(stdout).filter((event) => event.type === "removed");
  assertEquals(removed.map(({ name }) => name), paths.slice(0, -LEFT));
  assert(removed.every(({ reason, bytes }) => reason === "files" && bytes > 0));
  for (const report of reportsOf(stdout).slice(-LEFT)) await checkExact(report);
  const counts = stdout.split("\n").filter((line) => line.startsWith('{"type":"status"'))
    .map((line) => (JSON.parse(line) as Status).clips.count);
  assert(counts.length > 2 && Math.max(...counts) <= LEFT + 1, `${counts}`);
});
