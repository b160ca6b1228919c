/**
 * Processes that end in the middle of recordings: every clip is finished before.
 */
import { assertEquals, assertMatch } from "@std/assert";
import { fileNames } from "../helpers/file_names.ts";
import { interrupt, lostFrames } from "../helpers/interrupt.ts";
import { tempDir } from "../helpers/temp_dir.ts";
import { addRow } from "./table.ts";

/** Numbers of open clips. */
const COUNTS = [1, 4, 16];

/** Ends of the process, with their exit status. */
const ENDS: Record<string, number> = {
  ...{ SIGHUP: 129, SIGINT: 130, SIGTERM: 143 },
  ...{ exit: 7, throw: 1, reject: 1 },
};

for (const [end, status] of Object.entries(ENDS)) {
  Deno.test(`VideoRecorder finishes open clips at the end of the process: ${end}`, async () => {
    const lost = await Promise.all(COUNTS.map(async (count) => {
      await using dir = await tempDir();
      const { code, frames, stderr } = await interrupt(end, dir.path, count);
      assertEquals(code, status, stderr);
      const names = fileNames(dir.path);
      assertEquals(names.filter((name) => !/\.(webm|mkv)$/.test(name)), []);
      assertEquals(names.length, count);
      return await Promise.all(names.map((name) => lostFrames(`${dir.path}/${name}`, frames)));
    }));
    const most = Math.max(...lost.flat());
    assertEquals(most, 0);
    addRow(import.meta.url, {
      fault: `${end} while ${COUNTS.join(", ")} clips are open`,
      tries: lost.flat().length,
      outcome: "every clip is finished",
      lost: "0 frames",
    });
  });
}

Deno.test("exitTimeoutSec bounds the end of a process with a hanging encoder; other clips are finished", async () => {
  await Promise.all(["SIGTERM", "exit"].map(async (end) => {
    await using dir = await tempDir();
    const { code, stderr, frames } = await interrupt(end, dir.path, 3, { exitSec: 2 });
    assertEquals(code, ENDS[end]);
    assertMatch(stderr, new RegExp(`Cannot record .*${end}-0.webm: `));
    const names = fileNames(dir.path);
    const finished = names.filter((name) => !name.startsWith(`${end}-0`));
    assertEquals(finished, [`${end}-1.mkv`, `${end}-2.webm`]);
    for (const name of finished) assertEquals(await lostFrames(`${dir.path}/${name}`, frames), 0);
  }));
  addRow(import.meta.url, {
    fault: "SIGTERM or exit while one of 3 encoders hangs",
    tries: 2,
    outcome: "the process ends in time and names the clip; the others are finished",
    lost: "the hanging clip",
  });
});
