/**
 * The arithmetic and the output of the measurements, and whether all of them run. The tests do not judge the results.
 */
import { assert, assertEquals, assertGreater, assertLess, assertThrows } from "@std/assert";
import { replaceMarked } from "../../bench/document.ts";
import { plotText } from "../../bench/plot.ts";
import { alternate, rowOf } from "../../bench/rounds.ts";
import { growthOf, type Section } from "../../bench/section.ts";
import { figure, fitLine, median, ratio } from "../../bench/statistics.ts";
import { digits, goalsText, tableText } from "../../bench/table.ts";
import { markdownTable } from "../../scripts/lib/markdown.ts";
import { ROOT } from "../../scripts/lib/paths.ts";
import { run } from "../../scripts/lib/run.ts";

Deno.test("median(), figure() and ratio() summarize passes", () => {
  assertEquals(median([9, 1, 5]), 5);
  assertEquals(median([4, 2]), 4);
  assertThrows(() => median([]), RangeError);
  assertEquals(figure([3, 1, 2]), { median: 2, low: 1, high: 3 });
  // twice as much in each round, though the rounds differ
  assertEquals(ratio([20, 2, 200], [10, 1, 100]), { median: 2, low: 2, high: 2 });
});

Deno.test("fitLine() fits a line by least squares", () => {
  assertEquals(fitLine([{ x: 1, y: 5 }, { x: 2, y: 7 }, { x: 4, y: 11 }]), { base: 3, slope: 2 });
  assertEquals(fitLine([{ x: 0, y: 0 }, { x: 1, y: 3 }, { x: 2, y: 0 }]), { base: 1, slope: 0 });
  assertEquals(fitLine([{ x: 3, y: 7 }]), { base: 7, slope: 0 });
});

Deno.test("alternate() measures subjects in turn, rowOf() compares them with the first", async () => {
  const order: string[] = [];
  const subject = (name: string, value: number) => () => {
    order.push(name);
    return Promise.resolve({ cpu: value + order.length });
  };
  const passes = await alternate({ a: subject("a", 9), b: subject("b", 18) }, 2);
  assertEquals(order.join(""), "abab");
  assertEquals(passes, { a: [{ cpu: 10 }, { cpu: 12 }], b: [{ cpu: 20 }, { cpu: 22 }] });
  const row = rowOf(passes, "cpu", "one", 1);
  assertEquals(row.cells["a"], { value: { median: 12, low: 10, high: 12 } });
  assertEquals(row.cells["b"]!.ratio, { median: 2, low: 22 / 12, high: 2 });
  assertEquals(growthOf([row, { ...row, size: 3 }], "b"), { base: 22, slope: 0 });
});

Deno.test("tableText() aligns columns and prints ratios with their spread", () => {
  assertEquals([3, 0.1234, 9.996, 99.96].map(digits), ["3", "0.12", "10.0", "100"]);
  const flat = { median: 2, low: 2, high: 2 };
  const cells = { a: { value: { median: 2, low: 1, high: 3.5 } }, b: { value: flat, ratio: flat } };
  const table = { quantity: "CPU", of: "n", rows: [{ label: "8", size: 8, cells }] };
  assertEquals(
    tableText(table),
    [
      "CPU:",
      "",
      "| n   | a             | b          |",
      "| --- | ------------- | ---------- |",
      "| 8   | 2 (1 to 3.50) | 2: 2 times |",
    ].join("\n"),
  );
  assertEquals(markdownTable(["a"], []), "| a   |\n| --- |");
  const goal = { what: "x", limit: 1.2, unit: " ms" };
  const lines = goalsText([{ ...goal, measured: 1.2 }, { ...goal, measured: 1.3 }]).split("\n");
  assertEquals(lines.slice(2).map((line) => line.includes("yes")), [true, false]);
});

Deno.test("replaceMarked() replaces the text between the markers of a name", () => {
  const document = "a\n<!-- bench: x -->\n\nold\n\n<!-- bench: end -->\nb\n";
  const expected = document.replace("old", "new");
  assertEquals(replaceMarked(document, "x", "new"), expected);
  assertEquals(replaceMarked(expected, "x", "new"), expected);
  const empty = "<!-- bench: x -->\n\n<!-- bench: end -->\n";
  assertEquals(replaceMarked(empty, "x", "new"), replaceMarked(expected, "x", "new").slice(2, -2));
  assertThrows(() => replaceMarked(document, "y", "new"), RangeError, "y");
});

Deno.test("plotText() draws larger costs higher, and larger sizes farther to the right", () => {
  const points = [{ x: 1, y: figure([1]) }, { x: 64, y: figure([100]) }];
  const svg = plotText({ title: "a<b", xLabel: "x", yLabel: "y", curves: [{ name: "c", points }] });
  assert(svg.includes("<title>a&lt;b</title>"));
  const [, x1, y1, x2, y2] = /<path d="M([\d.]+) ([\d.]+) L([\d.]+) ([\d.]+)"/.exec(svg)!.map(
    Number,
  );
  assertLess(x1!, x2!);
  assertGreater(y1!, y2!);
});

Deno.test("deno task bench --quick --json runs all measurements", async () => {
  const { code, stdout, stderr } = await run("deno", ["task", "bench", "--quick", "--json"], {
    cwd: ROOT,
    timeoutSec: 180,
  });
  assertEquals(code, 0, stderr);
  const sections: Section[] = JSON.parse(stdout);
  const names = ["command", "armed", "recording", "latency", "memory", "frames"];
  assertEquals(sections.map(({ name }) => name), names);
  for (const { tables } of sections) {
    for (const { quantity, rows } of tables) {
      assertGreater(rows.length, 0, quantity);
      for (const { label, cells } of rows) {
        for (const [subject, { value }] of Object.entries(cells)) {
          assert(Number.isFinite(value.median), `${quantity}, ${label}, ${subject}`);
        }
      }
    }
  }
  const goals = sections.flatMap(({ goals }) => goals);
  assert(goals.every(({ measured }) => Number.isFinite(measured)), Deno.inspect(goals));
  // a thread per recorder, or JavaScript per frame, would show even in a quick run
  const threads = goals.find(({ what }) => what.startsWith("Threads"))!;
  assertEquals(threads.measured, 0);
  const [cpu] = sections.find(({ name }) => name === "armed")!.tables;
  const { "gstp, recorders": recorders, "a loop that pulls": loop } = cpu!.rows[0]!.cells;
  assertLess(recorders!.value.median, loop!.value.median);
});
