/**
 * Tees with video that browsers do not play.
 */
import { assertEquals, assertMatch } from "@std/assert";
import { extname } from "@std/path/extname";
import { startGstp } from "../../helpers/cli.ts";
import { codecOf } from "../../helpers/ffprobe.ts";
import { readNumbers, writeNumberedSource } from "../../helpers/numbered.ts";
import { range } from "../../helpers/range.ts";
import { eventsOf, postRecord, reportsOf, ringsFull } from "../../helpers/recording_command.ts";
import { tempDir } from "../../helpers/temp_dir.ts";

Deno.test("gstp record says that browsers do not play JPEG, and encodes it with --encoded", async () => {
  await using dir = await tempDir();
  const source = await writeNumberedSource(dir.path, 30, { teeName: "raw" });
  const file = `${dir.path}/camera.gstp`;
  await Deno.writeTextFile(
    file,
    `${source} raw. ! videoconvert ! jpegenc quality=95 ! tee name=t t. ! fakesink`,
  );
  const record = async (options: string[]) => {
    const folder = `${dir.path}/clips${options.join("")}`;
    const args = ["record", file, "--tee=t", "--listen=0", "--window=0.5", "--json", ...options];
    const child = startGstp([...args, `--out=${folder}`]);
    const url = /listening on (http:\S+)\//.exec(await child.until("record with: "))![1]!;
    await ringsFull(url);
    await postRecord(url);
    await child.until('"finished"');
    child.kill("SIGTERM");
    const { stdout } = await child.result;
    const [report] = reportsOf(stdout);
    const warnings = eventsOf(stdout).flatMap((event) =>
      event.type === "warning" ? [event.message] : []
    );
    const numbers = await readNumbers(report!.path);
    assertEquals(numbers, range(report!.frames, numbers[0]!));
    return { codec: await codecOf(report!.path), extension: extname(report!.path), warnings };
  };
  const [plain, encoded] = await Promise.all([record([]), record(["--encoded"])]);
  assertEquals([plain.codec, plain.extension], ["mjpeg", ".mkv"]);
  assertEquals(plain.warnings, [
    "t: browsers do not play image/jpeg, which is recorded as it is; " +
    "--encoded records video that they play",
  ]);
  assertEquals([encoded.codec, encoded.extension], ["h264", ".mp4"]);
  assertMatch(
    encoded.warnings.join(),
    /^The window of 0\.5 s at tee "t" is shorter than two groups/,
  );
});
