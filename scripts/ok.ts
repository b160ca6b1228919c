/**
 * Runs every check, also after one that fails, and prints the totals of the test runs at the end.
 *
 * @module
 */

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

interface Step {
  name: string;
  args: string[];
  /** Whether the step writes a test report. */
  tests?: boolean;
}

const steps: Step[] = [
  { name: "format", args: ["fmt", "--check"] },
  { name: "lint", args: ["lint"] },
  { name: "types", args: ["task", "check"] },
  // those that "gstp record --listen" loads; @std comes from JSR or scripts/std, and is no part of the lock
  {
    name: "locked libraries",
    args: ["cache", "--lock=deno.lock", "--frozen", "cli/server/server.ts"],
  },
  { name: "documentation", args: ["doc", "--lint", "mod.ts", "cli.ts"] },
  { name: "publishing (dry run)", args: ["publish", "--dry-run", "--allow-dirty"] },
  { name: "examples", args: ["task", "test:doc"], tests: true },
  { name: "tests", args: ["task", "test"], tests: true },
];

/** A step that takes longer than this hangs. */
const STEP_LIMIT_MS = 60 * 60 * 1000;

/** Adds up the suites of a JUnit report. */
export function countTests(report: string): Counts {
  const counts: Counts = { passed: 0, failed: 0, skipped: 0 };
  const suites = report.matchAll(
    /<testsuite name="[^"]*" tests="(\d+)" disabled="(\d+)" errors="(\d+)" failures="(\d+)"/g,
  );
  for (const suite of suites) {
    const [tests = 0, disabled = 0, errors = 0, failures = 0] = suite.slice(1).map(Number);
    counts.failed += errors + failures;
    counts.skipped += disabled;
    counts.passed += tests - disabled - errors - failures;
  }
  return counts;
}

async function run(args: string[]): Promise<boolean> {
  const { success } = await new Deno.Command(Deno.execPath(), {
    args,
    env: { DENO_NO_UPDATE_CHECK: "1" },
    stdin: "null",
    stdout: "inherit",
    stderr: "inherit",
    signal: AbortSignal.timeout(STEP_LIMIT_MS),
  }).output();
  return success;
}

/** Runs the tests of a step; it fails without a report of at least one test that passed. */
async function runTests(args: string[]): Promise<[ok: boolean, counts: Counts]> {
  const report = await Deno.makeTempFile({ suffix: ".xml" });
  try {
    const success = await run([...args, `--junit-path=${report}`]);
    const counts = countTests(await Deno.readTextFile(report));
    return [success && counts.passed > 0, counts];
  } finally {
    await Deno.remove(report);
  }
}

if (import.meta.main) {
  const total: Counts = { passed: 0, failed: 0, skipped: 0 };
  const results: string[] = [];

  for (const { name, args, tests } of steps) {
    console.log(`\n== ${name}: deno ${args.join(" ")}`);
    const [ok, counts] = tests
      ? await runTests(args)
      : [await run(args), { passed: 0, failed: 0, skipped: 0 }];
    total.passed += counts.passed;
    total.skipped += counts.skipped;
    // a step can fail without a failing test, such as by a lint error
    total.failed += ok ? 0 : Math.max(counts.failed, 1);
    results.push(`${ok ? "ok    " : "FAILED"} ${name}`);
  }

  console.log(`\n${results.join("\n")}`);
  if (await Deno.stat(".std/assert").catch(() => undefined)) {
    console.log(
      "note   JSR could not be reached at setup: @std/* are the stand-ins in scripts/std",
    );
  }
  const skipped = total.skipped ? `, ${total.skipped} skipped` : "";
  console.log(`${total.passed} passed, ${total.failed} failed${skipped}`);
  Deno.exit(total.failed ? 1 : 0);
}
