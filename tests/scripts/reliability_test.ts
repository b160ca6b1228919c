import { assertEquals, assertThrows } from "@std/assert";
import { replaceBetween } from "../../scripts/lib/markdown.ts";
import { tableText } from "../../scripts/reliability.ts";

const ROWS = [
  { fault: "b|c", tries: 2, outcome: "reported", lost: "1 frame", test: "tests/faults/b_test.ts" },
  { fault: "z", tries: 1, outcome: "none", lost: "0 frames", test: "tests/faults/a_test.ts" },
  { fault: "a", tries: 3, outcome: "none", lost: "0 frames", test: "tests/faults/a_test.ts" },
];

Deno.test("tableText() orders rows by file, then as the tests ran", () => {
  assertEquals(
    tableText(ROWS),
    `| fault | tries | outcome  | lost     | test                                   |
| ----- | ----- | -------- | -------- | -------------------------------------- |
| z     | 1     | none     | 0 frames | [a_test.ts](../tests/faults/a_test.ts) |
| a     | 3     | none     | 0 frames | [a_test.ts](../tests/faults/a_test.ts) |
| b\\|c  | 2     | reported | 1 frame  | [b_test.ts](../tests/faults/b_test.ts) |`,
  );
});

Deno.test("replaceBetween() replaces the text between two markers", () => {
  const page = (text: string) =>
    `before\n\n<!-- end -->\n\n<!-- begin -->\n\n${text}\n\n<!-- end -->\n\nafter\n`;
  const replace = (page: string) => replaceBetween(page, "<!-- begin -->", "<!-- end -->", "new");
  assertEquals(replace(page("old")), page("new"));
  for (const lacking of ["before after", "<!-- begin -->", "<!-- end --> <!-- begin -->"]) {
    assertThrows(() => replace(lacking), RangeError, "lacks");
  }
});
