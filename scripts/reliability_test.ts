import { assertEquals, assertThrows } from "@std/assert";
import { tableText, withTable } from "./reliability.ts";

const ROWS = [
  { fault: "b|c", tries: 2, outcome: "told", lost: "1 frame", test: "tests/faults/b_test.ts" },
  { fault: "z", tries: 1, outcome: "none", lost: "0 frames", test: "tests/faults/a_test.ts" },
  { fault: "a", tries: 3, outcome: "none", lost: "0 frames", test: "tests/faults/a_test.ts" },
];

Deno.test("tableText() orders by file, then as the tests ran", () => {
  assertEquals(
    tableText(ROWS),
    `| fault | tries | outcome | lost | test |
| --- | --- | --- | --- | --- |
| z | 1 | none | 0 frames | [a_test.ts](../tests/faults/a_test.ts) |
| a | 3 | none | 0 frames | [a_test.ts](../tests/faults/a_test.ts) |
| b\\|c | 2 | told | 1 frame | [b_test.ts](../tests/faults/b_test.ts) |`,
  );
});

Deno.test("withTable() changes what is between the marks", () => {
  const page = (text: string) =>
    `before\n\n<!-- table: deno task faults:table -->\n\n${text}\n\n<!-- end of table -->\n\nafter\n`;
  assertEquals(withTable(page("old"), "new"), page("new"));
  assertThrows(() => withTable("before after", "new"), Error, "lacks");
});
