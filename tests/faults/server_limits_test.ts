/**
 * The server of `gstp record` under more connections than the process may have.
 */
import { assertEquals, assertLess } from "@std/assert";
import { ROOT } from "../../scripts/lib/paths.ts";
import { type Running, start } from "../../scripts/lib/run.ts";
import { COMMAND } from "../helpers/cli.ts";
import {
  checkExact,
  postRecord,
  readStatus,
  reportsOf,
  startRecording,
} from "../helpers/recording_command.ts";
import { tempDir } from "../helpers/temp_dir.ts";
import { until } from "../helpers/wait.ts";
import { addRow } from "./table.ts";

const isWindows = Deno.build.os === "windows";

/** Starts a command that may have so many descriptors. */
function startLimited(descriptors: number, args: readonly string[]): Running {
  return start("sh", ["-c", `ulimit -n ${descriptors} && exec "$@"`, "sh", ...args]);
}

/** The number of descriptors of a process; 0 where the system does not say. */
function countDescriptors(pid: number): number {
  return Deno.build.os === "linux" ? [...Deno.readDirSync(`/proc/${pid}/fd`)].length : 0;
}

for (const [descriptors, count] of [[1024, 1200], [160, 200]] as const) {
  Deno.test({
    name: `gstp record with ${descriptors} descriptors records under ${count} idle connections`,
    ignore: isWindows,
    async fn() {
      await using dir = await tempDir();
      const run = await startRecording(
        dir.path,
        ["--window=1"],
        (args) => startLimited(descriptors, [...COMMAND, ...args]),
      );
      const { port } = new URL(run.url);
      const clients: Deno.TcpConn[] = [];
      const connectAll = async () => {
        while (clients.length < count) {
          clients.push(await Deno.connect({ hostname: "127.0.0.1", port: Number(port) }));
        }
      };
      await postRecord(run.url);
      await connectAll();
      await postRecord(run.url);
      assertLess(countDescriptors(run.child.pid), descriptors / 2);
      const page = await fetch(run.url);
      assertEquals(page.status, 200);
      await page.body?.cancel();
      await until("the clips are complete", async () => {
        const [tee] = (await readStatus(run.url)).tees;
        return tee!.totals.finished > 0 && tee!.openClips.length === 0;
      });
      clients.forEach((client) => client.close());
      assertEquals(
        (await fetch(run.url).then((page) => page.text())).startsWith("<!DOCTYPE"),
        true,
      );
      const { code, stdout, stderr } = await run.stop();
      assertEquals(code, 0, stderr);
      const reports = reportsOf(stdout);
      // the second call may extend the first clip
      assertEquals(reports.flatMap(({ calls }) => calls).length, 2);
      for (const report of reports) await checkExact(report);
      addRow(import.meta.url, {
        fault: `${count} idle connections to gstp record's server, of ${descriptors} descriptors`,
        tries: count,
        outcome: "the oldest are closed for new ones; the clip is exact, the page answers",
        lost: "0 frames",
      });
    },
  });
}

Deno.test({
  name: "gstp record's server accepts connections again after descriptors ran out",
  ignore: isWindows,
  async fn() {
    const args = [Deno.execPath(), "run", "-A", `${ROOT}tests/children/exhausted.ts`];
    const child = startLimited(128, args);
    const [, port] = /port (\d+)/.exec(await child.until("port "))!;
    // accepting it fails
    using _early = await Deno.connect({ hostname: "127.0.0.1", port: Number(port) });
    child.kill("SIGUSR2");
    await child.until("closed");
    let answer = "";
    await until("the server answers", async () => {
      answer = await fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(500) })
        .then((response) => response.text(), () => "");
      return answer !== "";
    });
    assertEquals(answer, "ok");
    child.kill("SIGKILL");
    await child.result;
  },
});
