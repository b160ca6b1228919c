import { assertEquals } from "@std/assert";
import { countTests } from "../../scripts/ok.ts";

Deno.test("countTests() adds up the suites of a report", () => {
  const report = `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="deno test" tests="7" failures="2" errors="0" time="0.024">
    <testsuite name="./a_test.ts" tests="4" disabled="1" errors="0" failures="1">
        <testcase name="&lt;testsuite tests=&quot;9&quot;" classname="./a_test.ts" time="0.017">
            <failure message="no">&lt;testsuite name=&quot;x&quot; tests=&quot;9&quot;</failure>
        </testcase>
    </testsuite>
    <testsuite name="./b_test.ts" tests="3" disabled="0" errors="1" failures="0">
    </testsuite>
</testsuites>`;
  assertEquals(countTests(report), { passed: 4, failed: 2, skipped: 1 });
  assertEquals(countTests(""), { passed: 0, failed: 0, skipped: 0 });
});
