/**
 * Memory of long rings.
 */
import { assert, assertEquals } from "@std/assert";
import { words } from "../../scripts/lib/run.ts";
import { ffmpeg } from "../helpers/ffmpeg.ts";
import { runChild } from "../helpers/script.ts";
import { tempDir } from "../helpers/temp_dir.ts";

/** In KiB. */
const MIB = 1024;

/** Makes a file with 70 s of 1080p30 in H.264 at 4 Mbit/s. */
async function makeStream(folder: string): Promise<string> {
  const [part, stream] = [`${folder}/part.mkv`, `${folder}/stream.mkv`];
  const source = "-f lavfi -i testsrc2=size=1920x1080:rate=30 -vf noise=alls=12:allf=t -t 5";
  const encoder = "-c:v libx264 -preset ultrafast -g 60 -b:v 4M -maxrate 4M -bufsize 8M";
  await ffmpeg([...words(`${source} ${encoder}`), part]);
  await ffmpeg([...words("-stream_loop 13 -i"), part, ...words("-c copy"), stream]);
  return stream;
}

Deno.test("RingBuffer holds a minute of 1080p30 at 4 Mbit/s in less than 64 MiB", async () => {
  await using dir = await tempDir();
  const stream = await makeStream(dir.path);
  const measure = async (windowSec: number) => {
    const args = [stream, String(windowSec)];
    const { code, stdout, stderr } = await runChild("ring_memory.ts", args, { exposeGc: true });
    assertEquals(code, 0, stderr);
    return JSON.parse(stdout) as { kib: number; fillSec: number; bytes: number; dropped: number };
  };
  const without = await measure(0);
  const ring = await measure(60);
  const addedKib = ring.kib - without.kib;
  console.log(`${ring.fillSec} s in ${ring.bytes} bytes: ${without.kib} + ${addedKib} KiB`);
  assert(ring.fillSec >= 60, Deno.inspect(ring));
  assertEquals(ring.dropped, 0);
  assert(ring.bytes > 60 * 4e6 / 8, Deno.inspect(ring));
  assert(addedKib < 64 * MIB, Deno.inspect({ ring, without }));
});
