import { assertEquals, assertThrows } from "@std/assert";
import { cString, readCString, takeCString } from "../../ffi/cstring.ts";
import "../../scripts/open_libraries.ts";

/** Returns a pointer to bytes; the caller keeps them referenced. */
function pointerTo(bytes: Uint8Array<ArrayBuffer>): Deno.PointerObject {
  return Deno.UnsafePointer.of(bytes)!;
}

Deno.test("cString() encodes text as UTF-8 with a terminating NUL", () => {
  assertEquals(cString(""), new Uint8Array([0]));
  assertEquals(cString("aé\u{1F600}"), new Uint8Array([97, 195, 169, 240, 159, 152, 128, 0]));
});

Deno.test("cString() throws for anything that a C string cannot hold", () => {
  for (const text of ["\0", "a\0", "a\0b"]) assertThrows(() => cString(text), TypeError, "NUL");
  for (const text of ["\ud83d", "a\ude00b"]) {
    assertThrows(() => cString(text), TypeError, "Unicode");
  }
  for (const value of [undefined, null, 1, {}, [], new String("text")]) {
    assertThrows(() => cString(value as string), TypeError, "Expected a string");
  }
});

Deno.test("readCString() decodes what cString() encodes", () => {
  for (const text of ["", "ball", "aé\u{1F600}\n", "x".repeat(100_000)]) {
    const bytes = cString(text);
    assertEquals(readCString(pointerTo(bytes)), text);
  }
});

Deno.test("readCString() replaces bytes that are not UTF-8 with U+FFFD", () => {
  for (const [bytes, text] of [[[0xff], "\ufffd"], [[97, 0xc3, 98], "a\ufffdb"]] as const) {
    const kept = new Uint8Array([...bytes, 0]);
    assertEquals(readCString(pointerTo(kept)), text);
  }
});

Deno.test("takeCString() frees the string once, and returns null for null", () => {
  const freed: Deno.PointerValue[] = [];
  const glib = { g_free: (pointer: Deno.PointerValue) => void freed.push(pointer) };
  const bytes = cString("text");
  const pointer = pointerTo(bytes);
  assertEquals(takeCString(glib, pointer), "text");
  assertEquals(freed, [pointer]);
  assertEquals(takeCString(glib, null), null);
  assertEquals(freed.length, 1);
});
