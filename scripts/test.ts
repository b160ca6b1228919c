/**
 * Runs test files, each in a process of its own that is killed when one of its tests hangs. As many files run at once as
 * the machine has cores.
 *
 *     deno task test [--junit-path=FILE] [OPTION of deno test...] [FILE|FOLDER...]
 *
 * Failures are printed again at the end. Live streams lose frames where they get no processor time: a file that failed while
 * another ran beside it runs again alone, and again if the machine is stalled meanwhile. The closing lines name these files.
 *
 * @module
 */
import { join } from "@std/path/join";
import { relative } from "@std/path/relative";
import { ROOT } from "./lib/paths.ts";
const PRELOAD = join(ROOT, "scripts/open_libraries.ts");
/** A test that takes longer hangs. The long form of the soak test takes five minutes. */
const LIMIT_MINUTES = Deno.env.get("GSTP_SOAK") === "long" ? 15 : 3;
/** How long to wait for the output of a process after its end. */
const LAST_OUTPUT_MS = 5000;
/** A line that `deno test` prints when a test begins or ends. */
const TEST_LINE = /^(\S.*?) \.\.\.(?: (ok|FAILED|ignored|cancelled).*)?$/;
// deno-lint-ignore no-control-regex
const COLORS = /\x1b\[[\d;]*m/g;
const JUNIT_OPTION = "--junit-path=";
/** Where more files than these fail, none runs again: they have a reason in common. */
const MAX_REPEATED = 10;
/** Live streams cannot be tested on a machine that is stalled for longer. */
const STALL_MS = 300;
/** How often a file runs alone at most, where the machine was stalled each time. */
const MAX_TRIES = 3;

/** The result of a file. */
export interface Result {
  /** Path of the file, relative to the repository's root. */
  path: string;
  /** Whether its tests passed. */
  success: boolean;
  /** Its output. */
  output: string;
  /** The file's part of a JUnit report. */
  suites: string;
  /** How long it ran. */
  seconds: number;
}

/** Lists the test files at or below a path in order, without those of dependencies. */
function testFiles(path: string): string[] {
  if (Deno.statSync(path).isFile) return [path];
  const entries = [...Deno.readDirSync(path)].sort((a, b) => a.name < b.name ? -1 : 1);
  const own = entries.filter(({ name }) => !name.startsWith(".") && name !== "node_modules");
  return own.flatMap(({ name, isDirectory }) =>
    isDirectory || name.endsWith("_test.ts") ? testFiles(join(path, name)) : []
  );
}

/** Removes a JUnit report and returns its `<testsuite>` elements; a process that was killed has written none. */
async function takeSuites(report: string): Promise<string> {
  const text = await Deno.readTextFile(report);
  await Deno.remove(report);
  const begin = text.indexOf("<testsuite ");
  return begin < 0 ? "" : text.slice(begin, text.lastIndexOf("</testsuites>"));
}

/** Follows which test is running by the output of `deno test`. */
class Progress {
  /** Name of the running test, or null. */
  running: string | null = null;
  #line = "";

  /** Adds output; returns whether a test has ended. */
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
 * @param limitMs How long one test may take.
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
    const where = progress.running === null ? "outside its tests" : `in "${progress.running}"`;
    verdict = `\nhangs ${where}: killed after ${limitMs / 1000} s\n`;
    child.kill("SIGKILL");
  };
  let timer = setTimeout(kill, limitMs);
  let hasEnded = false;
  const follow = (text: string) => {
    if (!progress.add(text) || hasEnded) return;
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
  hasEnded = true; // its last output may still be to come
  clearTimeout(timer);
  // children of a killed process may keep its output open
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

/** Measures the longest time for which this process was stalled. */
class StallWatch implements Disposable {
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

/** Runs a file alone, and again where it failed while the machine was stalled. */
async function runAlone(path: string, options: string[]): Promise<Result> {
  for (let tries = 1;; tries++) {
    using stall = new StallWatch();
    const result = await runFile(path, options);
    const longestMs = stall.longestMs();
    print(result);
    if (result.success || longestMs < STALL_MS || tries === MAX_TRIES) return result;
    console.log(`${path}: again, as the machine was stalled for ${Math.round(longestMs)} ms`);
  }
}

function print({ path, success, output, seconds }: Result): void {
  console.log(
    `\n== ${path}: ${success ? "ok" : "FAILED"} (${seconds.toFixed(1)} s)\n${output.trim()}`,
  );
}

/** Runs the files, several at once; prints the output of each when it ends. */
async function runFiles(paths: string[], options: string[]): Promise<Result[]> {
  const results: Result[] = [];
  const waiting = paths.values();
  const work = async () => {
    for (const path of waiting) {
      const result = await runFile(path, options);
      print(result);
      results.push(result);
    }
  };
  await Promise.all(Array.from({ length: navigator.hardwareConcurrency }, work));
  return results;
}

/** Runs the files that failed beside others again, alone; resolves with the results of all. */
async function repeatFailed(results: Result[], options: string[]): Promise<Result[]> {
  const failed = results.filter(({ success }) => !success);
  if (results.length === 1 || failed.length > MAX_REPEATED) return results;
  const repeated: Result[] = [];
  for (const { path } of failed) {
    console.log(`${path}: again, alone`);
    repeated.push(await runAlone(join(ROOT, path), options));
  }
  const passed = repeated.filter(({ success }) => success).map(({ path }) => path);
  if (passed.length > 0) {
    console.log(
      `\n${passed.length} files failed beside another, and passed alone: ${passed.join(", ")}`,
    );
  }
  return results.map((result) => repeated.find(({ path }) => path === result.path) ?? result);
}

if (import.meta.main) {
  const options = Deno.args.filter((arg) => arg.startsWith("-"));
  const named = Deno.args.filter((arg) => !arg.startsWith("-"));
  const paths = (named.length > 0 ? named : [ROOT]).flatMap(testFiles);
  const passedOn = options.filter((option) => !option.startsWith(JUNIT_OPTION));
  const results = await repeatFailed(await runFiles(paths, passedOn), passedOn);
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
    console.log("\nFailures:");
    failed.forEach(print);
    Deno.exit(1);
  }
}
