/**
 * Tasks in another process.
 */
import { assertEquals, assertRejects } from "@std/assert";
import { FileWorker, WorkerError } from "../../../cli/worker/file_worker.ts";
import { outputOf } from "../../../scripts/lib/run.ts";
import { tempDir } from "../../helpers/temp_dir.ts";
import { until } from "../../helpers/wait.ts";

/** The IDs of the processes that this one, by any of its threads, has started. */
async function children(): Promise<string[]> {
  const tasks = await Array.fromAsync(Deno.readDir("/proc/self/task"));
  const lists = await Promise.all(tasks.map(({ name }) =>
    // a thread may have ended
    Deno.readTextFile(`/proc/self/task/${name}/children`).catch(() => "")
  ));
  return lists.join(" ").split(" ").filter((pid) => pid !== "");
}

Deno.test("FileWorker does tasks in one process, and in a new one after that has ended", async () => {
  await using dir = await tempDir();
  const path = `${dir.path}/2026-11-26T14-03-12.345Z_t.mkv.part`;
  await Deno.writeTextFile(path, "no film");
  await using worker = new FileWorker();
  const recover = () => worker.run({ command: "recover", path });
  assertEquals((await recover()).left.map(({ reason }) => reason), ["unreadable"]);
  const before = await children();
  assertEquals(before.length, 1);
  await recover();
  assertEquals(await children(), before);
  // as by Ctrl-C, which a terminal sends to all processes
  await outputOf("kill", ["-INT", ...before]);
  await until("it has ended", async () => (await children()).length === 0);
  await assertRejects(recover, WorkerError, "SIGINT");
  assertEquals((await recover()).left.length, 1);
  assertEquals((await children()).length, 1);
});

Deno.test("FileWorker can be disposed after its process has ended, and twice", async () => {
  const worker = new FileWorker();
  await worker.run({ command: "verify", path: "/nonexistent", options: {} });
  const pids = await children();
  await outputOf("kill", ["-INT", ...pids]);
  await until("it has ended", async () => (await children()).length === 0);
  await worker[Symbol.asyncDispose]();
  await worker[Symbol.asyncDispose]();
  await assertRejects(
    () => worker.run({ command: "verify", path: "/nonexistent", options: {} }),
    WorkerError,
    "stopped",
  );
});
