import { assertEquals, assertStringIncludes } from "@std/assert";
import { screenOf, terminalSvg } from "../../scripts/terminal_picture.ts";

Deno.test("screenOf() returns the lines that a terminal shows at the end", async () => {
  const output = "$ status\r\n10 %\r\x1b[K\x1b[32m100 %\x1b[0m\r\nlonger than ten\r\n\r\n";
  assertEquals(await screenOf(output, 10), ["$ status", "100 %", "longer tha", "n ten"]);
});

Deno.test("terminalSvg() draws each line as text, commands in another color", () => {
  const svg = terminalSvg("a < b", ["$ echo '<&>'", "<&>"]);
  assertStringIncludes(svg, "<title>a &lt; b</title>");
  assertEquals([...svg.matchAll(/<text [^>]*>([^<]*)</g)].map(([, text]) => text), [
    "$ echo '&lt;&amp;&gt;'",
    "&lt;&amp;&gt;",
  ]);
  assertEquals(svg.match(/fill="#7ee787"/g)?.length, 1);
});
