/**
 * Runs tests, each file in a process of its own that is killed when one of its tests hangs, as many files at once as there
 * are cores.
 *
 *     deno task test [--junit-path=FILE] [OPTION of deno test...] [FILE|FOLDER...]
 *
 * What failed is printed once more at the end. Live streams lose frames while a shared machine gives no time to anyone:
 * a file that failed while this process did not get any either runs again, and the output says so.
 *
 * @module
 */
import { fromFileUrl, join, relative } from "@std/path";

const ROOT = fromFileUrl(new URL("../", import.meta.url));
const PRELOAD = join(ROOT, "scripts/open_libraries.ts");
/** A test that takes longer hangs; the long form of a soak run takes five minutes. */
const LIMIT_MINUTES = Deno.env.get("GSTP_SOAK") === "long" ? 15 : 3;
/** How long the last output of a process may take after its end. */
const LAST_OUTPUT_MS = 5000;
/** What `deno test` prints when a test begins, and when it ends. */
const TEST_LINE = /^(\S.*?) \.\.\.(?: (ok|FAILED|ignored|cancelled).*)?$/;
// deno-lint-ignore no-control-regex
const COLORS = /\x1b\[[\d;]*m/g;
const JUNIT_OPTION = "--junit-path=";
/** A machine that stands still for longer is not one that live streams can be tested on. */
const STANDSTILL_MS = 300;
/** How often a file runs on a machine that stood still each time it failed. */
const MAX_TRIES = 3;

/** What came of a file. */
export interface Result {
  /** From the repository's root. */
  path: string;
  /** Whether its tests passed. */
  success: boolean;
  /** What it printed. */
  output: string;
  /** The file's part of a JUnit report. */
  suites: string;
  /** How long it took. */
  seconds: number;
}

/** Paths of the files with tests at or below a path, in order, but for those of others. */
function testFiles(path: string): string[] {
  if (Deno.statSync(path).isFile) return [path];
  const entries = [...Deno.readDirSync(path)].sort((a, b) => a.name < b.name ? -1 : 1);
  const own = entries.filter(({ name }) => !name.startsWith(".") && name !== "node_modules");
  return own.flatMap(({ name, isDirectory }) =>
    isDirectory || name.endsWith("_test.ts") ? testFiles(join(path, name)) : []
  );
}

/** The `<testsuite>` elements of a JUnit report; none of a process that was killed. */
async function takeSuites(report: string): Promise<string> {
  const text = await Deno.readTextFile(report);
  await Deno.remove(report);
  const begin = text.indexOf("<testsuite ");
  return begin < 0 ? "" : text.slice(begin, text.lastIndexOf("</testsuites>"));
}

/** Follows which test is running by what `deno test` prints, whatever keeps its process busy. */
class Progress {
  /** The test's name; null where none is running. */
  running: string | null = null;
  #line = "";

  /** @returns Whether a test has ended. */
  add(text: string): boolean {
    const lines = (this.#line + text).split("\n");
    this.#line = lines.at(-1)!;
    let isEnd = false;
    for (const line of lines) {
      // steps are indented
      const [, name, end] = TEST_LINE.exec(line.replaceAll(COLORS, "")) ?? [];
      if (name === undefined) continue;
      this.running = end === undefined ? name : null;
      isEnd ||= end !== undefined;
    }
    return isEnd;
  }
}

/**
 * Runs the tests of a file.
 *
 * @param limitMs How long one of them may take.
 */
export async function runFile(
  path: string,
  options: string[] = [],
  limitMs = LIMIT_MINUTES * 60 * 1000,
): Promise<Result> {
  const report = await Deno.makeTempFile({ suffix: ".xml" });
  const started = performance.now();
  const child = new Deno.Command(Deno.execPath(), {
    args: ["test", "-A", `--preload=${PRELOAD}`, `--junit-path=${report}`, ...options, path],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const progress = new Progress();
  let output = "";
  let verdict = "";
  const kill = () => {
    const where = progress.running === null ? "outside of its tests" : `in "${progress.running}"`;
    verdict = `\nhangs ${where}: killed after ${limitMs / 1000} s\n`;
    child.kill("SIGKILL");
  };
  let timer = setTimeout(kill, limitMs);
  const follow = (text: string) => {
    if (!progress.add(text)) return;
    clearTimeout(timer);
    timer = setTimeout(kill, limitMs);
  };
  const read = async (stream: ReadableStream<Uint8Array<ArrayBuffer>>, see = (_: string) => {}) => {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      output += text;
      see(text);
    }
  };
  const reading = Promise.all([read(child.stdout, follow), read(child.stderr)]);
  const { success } = await child.status;
  clearTimeout(timer);
  // processes that a killed one has started may keep its output open
  const { promise: isLate, resolve } = Promise.withResolvers<void>();
  const patience = setTimeout(resolve, LAST_OUTPUT_MS);
  await Promise.race([reading, isLate]);
  clearTimeout(patience);
  return {
    path: relative(ROOT, path),
    success,
    output: output + verdict,
    suites: await takeSuites(report),
    seconds: (performance.now() - started) / 1000,
  };
}

/** Tells for how long at a stretch this process has got no time, at most. */
class Standstill implements Disposable {
  #longestMs = 0;
  #lastMs = performance.now();
  readonly #timer = setInterval(() => this.#look(), 50);

  #look(): void {
    const nowMs = performance.now();
    this.#longestMs = Math.max(this.#longestMs, nowMs - this.#lastMs - 50);
    this.#lastMs = nowMs;
  }

  longestMs(): number {
    this.#look();
    return this.#longestMs;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}

/** Runs a file, and again where it failed on a machine that stood still. */
async function runFairly(path: string, options: string[]): Promise<Result> {
  for (let tries = 1;; tries++) {
    using standstill = new Standstill();
    const result = await runFile(path, options);
    const longestMs = standstill.longestMs();
    if (result.success || longestMs < STANDSTILL_MS || tries === MAX_TRIES) return result;
    print(result);
    console.log(`${path}: once more, as the machine stood still for ${Math.round(longestMs)} ms`);
  }
}

function print({ path, success, output, seconds }: Result): void {
  console.log(
    `\n== ${path}: ${success ? "ok" : "FAILED"} (${seconds.toFixed(1)} s)\n${output.trim()}`,
  );
}

/** Runs the files, some at once; prints what each of them printed when it ends. */
async function runFiles(paths: string[], options: string[]): Promise<Result[]> {
  const results: Result[] = [];
  const waiting = paths.values();
  const work = async () => {
    for (const path of waiting) {
      const result = await runFairly(path, options);
      print(result);
      results.push(result);
    }
  };
  await Promise.all(Array.from({ length: navigator.hardwareConcurrency }, work));
  return results;
}

if (import.meta.main) {
  const options = Deno.args.filter((arg) => arg.startsWith("-"));
  const named = Deno.args.filter((arg) => !arg.startsWith("-"));
  const paths = (named.length > 0 ? named : [ROOT]).flatMap(testFiles);
  const results = await runFiles(
    paths,
    options.filter((option) => !option.startsWith(JUNIT_OPTION)),
  );
  const report = options.find((option) => option.startsWith(JUNIT_OPTION));
  if (report) {
    const suites = results.map(({ suites }) => suites).join("");
    await Deno.writeTextFile(
      report.slice(JUNIT_OPTION.length),
      `<testsuites>${suites}</testsuites>\n`,
    );
  }
  const failed = results.filter(({ success }) => !success);
  if (failed.length > 0) {
    console.log("\nWhat failed:");
    failed.forEach(print);
    Deno.exit(1);
  }
}
