/**
 * Runs the tests of faults, each file in a process of its own that is killed when it hangs.
 *
 *     deno task test:faults [FILE...]
 *
 * @module
 */
import { fromFileUrl, join } from "@std/path";

const FOLDER = fromFileUrl(new URL("../tests/faults/", import.meta.url));
const PRELOAD = fromFileUrl(new URL("open_libraries.ts", import.meta.url));
/** The long form of a soak run takes five of them. */
const LIMIT_MINUTES = 15;

/** Paths of the files with tests, in order. */
function testFiles(): string[] {
  const names = [...Deno.readDirSync(FOLDER)].map(({ name }) => name);
  return names.filter((name) => name.endsWith("_test.ts")).sort().map((name) => join(FOLDER, name));
}

async function runFile(path: string): Promise<boolean> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["test", "-A", `--preload=${PRELOAD}`, path],
    stdin: "null",
  }).spawn();
  const timer = setTimeout(() => {
    console.error(`${path} hangs: killed after ${LIMIT_MINUTES} minutes`);
    child.kill("SIGKILL");
  }, LIMIT_MINUTES * 60 * 1000);
  const { success } = await child.status;
  clearTimeout(timer);
  return success;
}

const failed: string[] = [];
for (const path of Deno.args.length > 0 ? Deno.args : testFiles()) {
  if (!await runFile(path)) failed.push(path);
}
if (failed.length > 0) {
  console.error(`\nfailed:\n${failed.join("\n")}`);
  Deno.exit(1);
}
