import { assertEquals } from "@std/assert";
import {
  parseStructure,
  readFraction,
  readInt,
  readString,
  readUint64,
  structureName,
} from "../../src/gst/structure.ts";
import "../../scripts/open_libraries.ts";

const TEXT =
  'missing-plugin, type=(string)decoder, detail=(string)"caf\\303\\251", count=(int)-5, ' +
  "rendered=(guint64)18446744073709551615, framerate=(fraction)30000/1001;";

/** Reads with a function from {@link TEXT}. */
function read<T>(use: (structure: Deno.PointerObject) => T): T | null {
  return parseStructure(TEXT, use);
}

Deno.test("structureName() returns the name", () => {
  assertEquals(read(structureName), "missing-plugin");
});

Deno.test("readInt(), readUint64(), readFraction() and readString() read fields of their type", () => {
  assertEquals(read((structure) => readInt(structure, "count")), -5);
  assertEquals(read((structure) => readUint64(structure, "rendered")), 2n ** 64n - 1n);
  const rate = { numerator: 30000, denominator: 1001 };
  assertEquals(read((structure) => readFraction(structure, "framerate")), rate);
  assertEquals(read((structure) => readString(structure, "type")), "decoder");
  assertEquals(read((structure) => readString(structure, "detail")), "café");
});

Deno.test("readInt(), readUint64(), readFraction() and readString() return null for others", () => {
  for (const reader of [readInt, readUint64, readFraction, readString]) {
    assertEquals(read((structure) => reader(structure, "nosuch")), null);
  }
  assertEquals(read((structure) => readInt(structure, "rendered")), null);
  assertEquals(read((structure) => readUint64(structure, "count")), null);
  assertEquals(read((structure) => readFraction(structure, "type")), null);
  assertEquals(read((structure) => readString(structure, "framerate")), null);
});

Deno.test("parseStructure() returns null for text that is not a structure", () => {
  for (const text of ["", "a, b", "a, b=(int"]) assertEquals(parseStructure(text, () => 1), null);
});
