/**
 * The records that recorders write beside their clips.
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import process from "node:process";
import { type ClipRecord, readClip } from "../../mod.ts";
import { recordPathOf } from "../../src/storage/clip_record.ts";
import { exists } from "../../src/storage/file_system.ts";
import { fileNames } from "../helpers/file_names.ts";
import { recorderOf, ringFull, runLive } from "../helpers/recording.ts";
import { tempDir } from "../helpers/temp_dir.ts";
import { until } from "../helpers/wait.ts";

/** The number of calls that fit in a record, and some more. */
const CALLS = 30;

async function readRecord(path: string): Promise<ClipRecord> {
  return JSON.parse(await Deno.readTextFile(recordPathOf(path)));
}

Deno.test("record() writes a clip record: recording, then finished with the report", async () => {
  await using dir = await tempDir();
  await using app = await runLive();
  const path = `${dir.path}/a.webm`;
  await using recorder = recorderOf(app.pipeline, path);
  await ringFull(app.pipeline);
  const first = await recorder.record();
  const open = await readRecord(path);
  assertEquals([open.gstp, open.clip, open.state], [1, "a.webm", "recording"]);
  assertEquals([open.tees, open.mediaTypes], [["t"], ["video/x-raw"]]);
  assertEquals([open.startedAt, open.report, open.error], [null, null, null]);
  for (let i = 1; i < CALLS; i++) await recorder.record();
  const report = await first.finished;
  const { record } = (await readClip(path))!;
  assertEquals([record?.state, record?.createdAt], ["finished", open.createdAt]);
  assertEquals(record?.startedAt, report.startedAt.toISOString());
  assertEquals(record?.bytes, (await Deno.stat(path)).size);
  const { calls, callCount, ...written } = record!.report!;
  const { start, end, duration, frames, dropped, requested, shortfalls } = report;
  assertEquals(written, { start, end, duration, frames, dropped, requested, shortfalls });
  assertEquals([callCount, report.calls.length], [CALLS, CALLS]);
  assertEquals(calls, [...report.calls.slice(0, 10), ...report.calls.slice(-10)]);
});

Deno.test("record() writes in the clip record why a clip failed", async () => {
  await using dir = await tempDir();
  await using app = await runLive();
  const path = `${dir.path}/a.webm`;
  await using recorder = recorderOf(app.pipeline, path);
  await ringFull(app.pipeline);
  const { finished } = await recorder.record();
  await Deno.writeTextFile(path, "in the way");
  const error = await finished.then(() => null, (error: Error) => error);
  assert(error !== null);
  const record = await readRecord(path);
  assertEquals([record.state, record.error], ["failed", error.message]);
  assertEquals(fileNames(dir.path), ["a.webm", "a.webm.part"]);
});

Deno.test("record() replaces the record of a clip that is gone, and leaves other files alone", async () => {
  await using dir = await tempDir();
  await using app = await runLive();
  const path = `${dir.path}/a.webm`;
  await using recorder = recorderOf(app.pipeline, path);
  await ringFull(app.pipeline);
  await (await recorder.record()).finished;
  const { createdAt } = await readRecord(path);
  await Deno.remove(path);
  await (await recorder.record()).finished;
  assert((await readRecord(path)).createdAt > createdAt);

  await Deno.remove(path);
  await Deno.writeTextFile(recordPathOf(path), '{"title":"mine"}');
  const warnings: string[] = [];
  const onWarning = ({ message }: Error) => void warnings.push(message);
  process.on("warning", onWarning);
  const report = await (await recorder.record()).finished;
  await until("the warning is emitted", () => warnings.length > 0);
  process.off("warning", onWarning);
  assertEquals(report.shortfalls, []);
  assertMatch(warnings.join(), /Cannot write the record of .*a\.webm/);
  assertEquals(await Deno.readTextFile(recordPathOf(path)), '{"title":"mine"}');
});

Deno.test("record() writes no clip record if clipRecords is false, nor for a snapshot", async () => {
  await using dir = await tempDir();
  await using app = await runLive();
  const path = `${dir.path}/a.webm`;
  await using recorder = recorderOf(app.pipeline, path, { clipRecords: false });
  await ringFull(app.pipeline);
  await (await recorder.record()).finished;
  await recorder.snapshot(`${dir.path}/b.png`);
  assertEquals(exists(recordPathOf(path)), false);
  assertEquals(exists(recordPathOf(`${dir.path}/b.png`)), false);
  assertEquals(await readClip(path), null);
});
