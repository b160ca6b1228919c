/**
 * The reports of clips in events, status and lists.
 */
import { assertEquals } from "@std/assert";
import { clipReport } from "../../../cli/record/clip_report.ts";
import {
  eventsOf,
  postRecord,
  readStatus,
  startRecording,
} from "../../helpers/recording_command.ts";
import { REPORT } from "../../helpers/record_status.ts";
import { tempDir } from "../../helpers/temp_dir.ts";
import { until } from "../../helpers/wait.ts";

const countTo = (count: number) => Array.from({ length: count }, (_, i) => i);

Deno.test("clipReport() has the first ten calls, the last ten, and their number", () => {
  const callsOf = (count: number) => clipReport({ ...REPORT, calls: countTo(count) });
  const short = callsOf(20);
  assertEquals([short.calls, short.callCount], [countTo(20), 20]);
  const long = callsOf(64_920);
  const last = countTo(10).map((i) => 64_910 + i);
  assertEquals([long.calls, long.callCount], [[...countTo(10), ...last], 64_920]);
});

Deno.test("gstp record's events, status and list of clips do not grow with the calls", async () => {
  await using dir = await tempDir();
  const args = ["--window=0.5", "--after=4", "--max-calls=100", "--status=1"];
  const { url, stop } = await startRecording(dir.path, args);
  for (let call = 1; call <= 25; call++) await postRecord(url);
  await until("the clip is complete", async () => (await readStatus(url)).clips.count === 1);
  const { clips } = await (await fetch(`${url}/clips`)).json();
  const { lastClip } = (await readStatus(url)).tees[0]!;
  const { stdout } = await stop();
  const finished = eventsOf(stdout).filter((event) => event.type === "finished");
  const reports = [clips[0].report, lastClip!.report, ...finished.map(({ report }) => report)];
  assertEquals(
    reports.map(({ calls, callCount }) => [calls.length, callCount]),
    [[20, 25], [20, 25], [20, 25]],
  );
});
