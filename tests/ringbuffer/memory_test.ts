/**
 * What hours of history cost.
 */
import { assert, assertEquals } from "@std/assert";
import { run, words } from "../../scripts/lib/run.ts";
import { tempDir } from "../helpers/temp_dir.ts";

const SCRIPT = new URL("../children/ring_memory.ts", import.meta.url).pathname;
const MIB = 1024;

/** Makes 70 s of 1080p30 in H.264 at 4 Mb/s. */
async function makeStream(folder: string): Promise<string> {
  const [part, stream] = [`${folder}/part.mkv`, `${folder}/stream.mkv`];
  const source = "-f lavfi -i testsrc2=size=1920x1080:rate=30 -vf noise=alls=12:allf=t -t 5";
  const encoder = "-c:v libx264 -preset ultrafast -g 60 -b:v 4M -maxrate 4M -bufsize 8M";
  for (
    const args of [
      [...words(`-v error ${source} ${encoder}`), part],
      [...words("-v error -stream_loop 13 -i"), part, ...words("-c copy"), stream],
    ]
  ) {
    const { code, stderr } = await run("ffmpeg", args);
    assertEquals({ code, stderr }, { code: 0, stderr: "" });
  }
  return stream;
}

Deno.test("a minute of 1080p30 at 4 Mb/s takes less than 64 MiB", async () => {
  await using dir = await tempDir();
  const stream = await makeStream(dir.path);
  const measure = async (windowSec: number) => {
    const args = ["run", "-A", "--v8-flags=--expose-gc", SCRIPT, stream, String(windowSec)];
    const { code, stdout, stderr } = await run(Deno.execPath(), args);
    assertEquals(code, 0, stderr);
    return JSON.parse(stdout) as { kib: number; fillSec: number; bytes: number; dropped: number };
  };
  const without = await measure(0);
  const ring = await measure(60);
  console.log(
    `${ring.fillSec} s in ${ring.bytes} bytes: ${
      ring.kib - without.kib
    } KiB above ${without.kib} KiB`,
  );
  assert(ring.fillSec >= 60, Deno.inspect(ring));
  assertEquals(ring.dropped, 0);
  assert(ring.bytes > 60 * 4e6 / 8, Deno.inspect(ring));
  assert(ring.kib - without.kib < 64 * MIB, Deno.inspect({ ring, without }));
});
