import { assert, assertEquals, assertThrows } from "@std/assert";
import { cString } from "../../ffi/cstring.ts";
import { gst } from "../../ffi/gst.ts";
import { GstParseError, Pipeline } from "../../mod.ts";
import "../../scripts/open_libraries.ts";
import { parseBin } from "../../src/launch/parse_launch.ts";

Deno.test("parseBin() makes ghost pads of the pads that are not linked", () => {
  const bin = gst().gst_object_ref_sink(parseBin("identity name=a queue name=b a. ! b."));
  try {
    for (const name of ["sink", "src"]) {
      const pad = gst().gst_element_get_static_pad(bin, cString(name));
      assert(pad !== null, name);
      gst().gst_object_unref(pad);
    }
    // those in front of text with references
    assertEquals(gst().gst_bin_get_by_name(bin, cString("gstp-guard-1")), null);
    assertEquals(gst().gst_bin_get_by_name(bin, cString("gstp-guard-2")), null);
  } finally {
    gst().gst_object_unref(bin);
  }
});

Deno.test("parseBin() refuses a bracket that closes no bin", () => {
  // GStreamer 1.22 crashes on some of them
  for (const text of ["a. ! b. ) !", "a. ! b. # (\n ) !", ") a. ! b. (", "fakesink )"]) {
    assertThrows(() => parseBin(text), GstParseError, 'a ")" closes no bin', text);
  }
});

Deno.test("Pipeline.parse() ignores comments within lines", async () => {
  // GStreamer 1.22 parses them, and crashes on the last three
  const texts = [
    "fakesrc # source\n ! # ! tee !\n fakesink name=a#b",
    "fakesrc # (\n ! fakesink name=a#b",
    'fakesrc # playbin video-sink="a. ! b."\n ! fakesink name=a#b',
    "# tee name=t ! queue ! t. t. ! fakesink\nfakesrc ! fakesink name=a#b",
    "fakesrc ! # caps\n video/x-raw ! fakesink name=a#b # a. ! b. ) !",
  ];
  for (const text of texts) {
    await using pipeline = Pipeline.parse(text);
    const factories = pipeline.elementNames().map((name) => pipeline.element(name).factoryName);
    const ends = factories.filter((name) => name !== "capsfilter");
    assertEquals(ends.sort(), ["fakesink", "fakesrc"], text);
  }
});

Deno.test("Pipeline.parse() refuses links in a comment in the value of a property", () => {
  const text = 'playbin video-sink="fakesink # a. ! b. ) !"';
  assertThrows(() => Pipeline.parse(text), GstParseError, "a comment in the value of a property");
});
