import { assertEquals } from "@std/assert";
import { lex } from "../../src/launch/lexer.ts";
import { readValue, splitAssignment, writeValue } from "../../src/launch/property_value.ts";
import { COUNT, randomText, SEED } from "../helpers/pipeline_texts.ts";
import { randomNumbers } from "../helpers/random.ts";

Deno.test("splitAssignment() splits at the first equals sign, without the blanks around it", () => {
  const cases: [assignment: string, name: string, value: string][] = [
    ["a=b", "a", "b"],
    ["a = b", "a", "b"],
    ["a\n=\t'b c'", "a", "'b c'"],
    ['c::a-b="d = e"', "c::a-b", '"d = e"'],
    ["a=", "a", ""],
    ["a==b", "a", "=b"],
  ];
  for (const [assignment, name, value] of cases) {
    assertEquals(splitAssignment(assignment), { name, value }, assignment);
  }
});

Deno.test("readValue() removes quotes and backslashes as gst_parse_launch() does", () => {
  const cases: [written: string, value: string][] = [
    ["a", "a"],
    ['"a b"', "a b"],
    ["'a b'", "'a b'"],
    ["a\\ b", "a b"],
    ["a\\\\b", "a\\b"],
    ['"a \\"b\\" \\\\"', 'a "b" \\'],
    ["a\\", "a"],
    ['a"b\\c"d', 'a"b\\c"d'],
  ];
  for (const [written, value] of cases) assertEquals(readValue(written), value, written);
});

Deno.test("writeValue() writes one token, which readValue() reads back", () => {
  const random = randomNumbers(SEED);
  for (let i = 0; i < COUNT * 10; i++) {
    const value = randomText(random);
    const written = writeValue(value);
    const tokens = lex(`location=${written} a="b"`);
    assertEquals(tokens.map(({ text }) => text), [`location=${written}`, 'a="b"'], value);
    const isSerialized = value === "NULL" || /^"|\\$/.test(value);
    if (!isSerialized) assertEquals(readValue(written), value);
  }
});
