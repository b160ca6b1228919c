/**
 * Names of clips that another process has taken.
 */
import { assertEquals, assertRejects } from "@std/assert";
import { readRecordArguments } from "../../../cli/args/record_arguments.ts";
import { ClipFolder } from "../../../cli/record/clip_folder.ts";
import { Events } from "../../../cli/record/events.ts";
import { TeeRecorder } from "../../../cli/record/tee_recorder.ts";
import { PartFile } from "../../../src/storage/part_file.ts";
import { RecordingError } from "../../../mod.ts";
import { runLive } from "../../helpers/recording.ts";
import { tempDir } from "../../helpers/temp_dir.ts";
import { until } from "../../helpers/wait.ts";

/** A folder that gives these names to its clips. */
async function folderNaming(dir: string, events: Events, names: string[]): Promise<ClipFolder> {
  const folder = await ClipFolder.create(dir, undefined, events);
  folder.newPath = () => `${dir}/${names.shift()}`;
  return folder;
}

Deno.test("TeeRecorder.record() takes another name if another process has taken one, and loses no frames", async () => {
  await using dir = await tempDir();
  await using app = await runLive();
  const events = new Events();
  using folder = await folderNaming(dir.path, events, ["a.mp4", "b.mp4", "a.mp4", "a.mp4"]);
  const errors: string[] = [];
  events.listen((event) => event.type === "failed" && errors.push(event.error));
  const reports = Promise.withResolvers<string[]>();
  events.listen((event) =>
    event.type === "finished" && reports.resolve([event.name, ...event.report.shortfalls])
  );
  const recorder = new TeeRecorder("t", [{ tee: "t", mediaType: "video/x-raw" }], {
    counters: new Map(),
    ...{ pipeline: app.pipeline, folder, events, scratch: dir.path },
    options: readRecordArguments(["--window=2", "--before=0.3", "--after=0.2", "a.gstp"]),
    onFailure: (error) => errors.push(error.message),
  });
  await until("the ring is full", () => recorder.status().ring.fillSec >= 1);
  const other = await PartFile.reserve(`${dir.path}/a.mp4`);
  assertEquals(await recorder.record({}, "key"), "b.mp4");
  assertEquals(await reports.promise, ["b.mp4"]);
  assertEquals(errors, []);
  // once is enough
  await assertRejects(() => recorder.record({}, "key"), RecordingError, "a.mp4");
  assertEquals(errors.length, 1);
  await other.remove();
});
