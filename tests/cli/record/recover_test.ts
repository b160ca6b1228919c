/**
 * `gstp record` recovers the clips of a killed run.
 */
import { assert, assertEquals } from "@std/assert";
import { words } from "../../../scripts/lib/run.ts";
import { PartFile } from "../../../src/storage/part_file.ts";
import { startGstp } from "../../helpers/cli.ts";
import { probeClip } from "../../helpers/ffprobe.ts";
import { fileNames } from "../../helpers/file_names.ts";
import { eventsOf } from "../../helpers/recording_command.ts";
import { writeRecord } from "../../helpers/own_clips.ts";
import { tempDir } from "../../helpers/temp_dir.ts";
import { until } from "../../helpers/wait.ts";

const SOURCE = "videotestsrc is-live=true pattern=snow ! " +
  "video/x-raw,width=160,height=120,framerate=30/1 ! tee name=t ! fakesink";

Deno.test("gstp record recovers the clips of a killed run, and starts in any case", async () => {
  await using dir = await tempDir();
  const args = ["record", "--json", "--window=0.5", "--after=60", `--out=${dir.path}`];
  const killed = startGstp([...args, ...words(SOURCE)]);
  await killed.until("SIGUSR2 to ");
  killed.kill("SIGUSR2");
  const [, name = ""] = /"name":"(\S+?)"/.exec(await killed.until('"type":"recording"')) ?? [];
  await until("there is something of the clip", async () => {
    return (await Deno.stat(`${dir.path}/${name}.part`)).size > 100_000;
  });
  killed.kill("SIGKILL");
  await killed.result;

  await Deno.writeTextFile(`${dir.path}/text.mkv.part`, "no film");
  await Deno.writeTextFile(`${dir.path}/download.webm.part`, "of a browser");
  writeRecord(`${dir.path}/text.mkv`);
  const open = await PartFile.reserve(`${dir.path}/open.mkv`);
  const next = startGstp([...args, ...words(SOURCE)]);
  await next.until("SIGUSR2 to ");
  await next.until('"type":"unrecovered"');
  next.kill("SIGTERM");
  const { code, stdout, stderr } = await next.result;
  assertEquals(code, 0, stderr);
  const events = eventsOf(stdout);
  const recovered = events.filter((event) => event.type === "recovered");
  assertEquals(recovered.map((event) => event.name), [name]);
  const [{ frames, bytes }] = recovered as [typeof recovered[0]];
  assert(frames > 1, `${frames}`);
  assertEquals((await probeClip(`${dir.path}/${name}`)).frames, frames);
  assertEquals((await Deno.stat(`${dir.path}/${name}`)).size, bytes);
  const left = events.filter((event) => event.type === "unrecovered");
  assertEquals(left.map(({ name, reason }) => [name, reason]), [["text.mkv.part", "unreadable"]]);
  const names = fileNames(dir.path);
  assertEquals(names, [name, "download.webm.part", "open.mkv.part", "text.mkv.part"]);
  await open.remove();
});
