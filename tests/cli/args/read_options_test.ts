/**
 * Parsing options by a table.
 */
import { assertEquals, assertThrows } from "@std/assert";
import type { OptionTable } from "../../../cli/args/option.ts";
import { readOptions } from "../../../cli/args/read_options.ts";
import { readCount, readText } from "../../../cli/args/units.ts";
import { UsageError } from "../../../cli/args/usage_error.ts";
import { words } from "../../../scripts/lib/run.ts";

const TABLE = {
  verbose: { letter: "v", description: "a switch" },
  count: { letter: "c", placeholder: "N", read: readCount, description: "a setting" },
  tee: { placeholder: "NAME", read: readText, isRepeatable: true, description: "repeatable" },
} satisfies OptionTable;

function refused(line: string): string {
  return assertThrows(() => readOptions(words(line), TABLE), UsageError).message;
}

Deno.test("readOptions() returns the values of the options, and the other words", () => {
  const { values, words: rest } = readOptions(
    words("a --tee=x -v --tee y --count 3 b=c -- --count=4"),
    TABLE,
  );
  // the table determines the types
  const typed: { verbose: boolean; count: number | undefined; tee: string[] } = values;
  assertEquals(typed, { verbose: true, count: 3, tee: ["x", "y"] });
  assertEquals(rest, ["a", "b=c", "--count=4"]);
  assertEquals(readOptions([], TABLE), {
    values: { verbose: false, count: undefined, tee: [] },
    words: [],
  });
});

Deno.test("readOptions() refuses options that are not in the table, and wrong values", () => {
  assertEquals(refused("--other=1"), "Unknown option --other");
  assertEquals(refused("--toString"), "Unknown option --toString");
  assertEquals(refused("-x"), "Unknown option -x");
  // the parser keeps the words under this name
  assertEquals(refused("-_ x"), "Unknown option -_");
  assertEquals(refused("--_=1"), "Unknown option --_");
  for (const key of ["__proto__.x", "constructor.prototype.x", "_.x"]) {
    assertEquals(refused(`--${key}=1`), `Unknown option --${key}`);
  }
  for (const line of ["-v=1", "-v5", "-v./x", "-v-"]) {
    assertEquals(refused(line), "--verbose takes no value");
  }
  assertEquals(refused("--verbose=1"), "--verbose takes no value");
  assertEquals(refused("--count"), "--count needs a value: --count=N");
  assertEquals(refused("--tee="), "--tee needs a value: --tee=NAME");
  assertEquals(refused("--count=1 --count=2"), "--count is given more than once");
  assertEquals(refused("--count=x"), '--count takes a whole number from 1, not "x"');
});
