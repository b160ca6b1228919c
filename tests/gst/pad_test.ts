import { assertEquals, assertThrows } from "@std/assert";
import { Pipeline } from "../../mod.ts";
import { nameOf } from "../../src/gst/object.ts";
import { withStaticPad } from "../../src/gst/pad.ts";
import "../../scripts/open_libraries.ts";

Deno.test("withStaticPad() returns what the function returns for the pad", async () => {
  await using pipeline = Pipeline.parse("fakesrc name=source ! fakesink");
  const { unsafeHandle } = pipeline.element("source");
  assertEquals(withStaticPad(unsafeHandle, "src", nameOf), "src");
  assertThrows(
    () => withStaticPad(unsafeHandle, "sink", nameOf),
    RangeError,
    'source has no pad "sink"',
  );
});
