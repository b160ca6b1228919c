/**
 * Descriptions of elements, compared with those of gst-inspect-1.0.
 */
import { assert, assertEquals, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import { GstError, inspectElement, installedElements } from "../../mod.ts";
import { run } from "../../scripts/lib/run.ts";
import { gstp } from "../helpers/cli.ts";
import { runChild } from "../helpers/script.ts";

/** Returns the lines that gst-inspect-1.0 prints for each property of an element, by name. */
async function inspected(element: string): Promise<Map<string, string>> {
  const { stdout } = await run("gst-inspect-1.0", ["--no-colors", element]);
  const all = stdout.slice(stdout.indexOf("Element Properties:"))
    .replace(/\n\n(Element (Signals|Actions)|Children:)[^]*/, "");
  return new Map(
    all.split(/\n {2}(?=[\w-]+ *: )/).slice(1).map((text) => [/^[\w-]+/.exec(text)![0], text]),
  );
}

Deno.test("inspectElement() returns what gst-inspect-1.0 prints", async () => {
  for (const element of ["x264enc", "queue", "fakesink", "compositor", "videotestsrc", "qtmux"]) {
    const expected = await inspected(element);
    const { properties } = inspectElement(element);
    assertEquals(properties.map(({ name }) => name), [...expected.keys()], element);
    for (const { name, ...property } of properties) {
      const text = expected.get(name)!;
      assertStringIncludes(text, property.description);
      assertEquals(property.readable, text.includes("readable"), text);
      assertEquals(property.writable, text.includes(", writable"), text);
      assertEquals(property.controllable, text.includes("controllable"), text);
      assertEquals(property.changeableIn === "playing", /PAUSED or PLAYING state/.test(text), text);
      const [, min, max, value] =
        /Integer(?:64)?\. Range: (\S+) - (\S+) Default: (\S+)/.exec(text) ?? [];
      if (min !== undefined) {
        assertEquals(
          [property.min, property.max, property.default].map(String),
          [min, max, value],
          text,
        );
      }
      const [, choice] = /Enum .* Default: .*"(.*)"/.exec(text) ?? [];
      if (choice !== undefined) assertEquals(property.default, choice, text);
      const nicks = [...text.matchAll(/\n +\((?:0x)?-?[\da-f]+\): (\S+) +- (.*)/g)];
      assertEquals(
        property.choices.map(({ nick, description }) => [nick, description]),
        nicks.map(([, nick, description]) => [nick, description]),
        text,
      );
      assertEquals(property.combinable, / Flags "/.test(text), text);
    }
  }
});

Deno.test("inspectElement() returns ranges of floats and fractions", () => {
  const find = (element: string, name: string) => {
    const property = inspectElement(element).properties.find((one) => one.name === name)!;
    return [property.type, property.min, property.max, property.default];
  };
  assertEquals(find("volume", "volume"), ["gdouble", 0, 10, 1]);
  assertEquals(find("audioecho", "intensity"), ["gfloat", 0, 1, 0]);
  assertEquals(find("rawvideoparse", "framerate"), ["GstFraction", "0/1", "2147483647/1", "25/1"]);
});

Deno.test("inspectElement() returns pad templates", () => {
  const { pads } = inspectElement("matroskademux");
  const video = pads.find(({ name }) => name === "video_%u")!;
  assertEquals([video.direction, video.presence], ["src", "sometimes"]);
  const [sink, src] = inspectElement("tee").pads;
  assertEquals(sink, { name: "sink", direction: "sink", presence: "always", caps: "ANY" });
  assertEquals(src, { name: "src_%u", direction: "src", presence: "request", caps: "ANY" });
});

Deno.test("inspectElement() throws if there is no such element", () => {
  const { message } = assertThrows(() => inspectElement("x264"), GstError);
  assertMatch(message, /no element "x264"/);
  assertThrows(() => inspectElement(5 as unknown as string), TypeError);
});

Deno.test("inspectElement() describes every installed element", async () => {
  const { code, stdout, stderr } = await runChild("inspect_all.ts");
  assertEquals(code, 0, stderr);
  assertEquals(/.*gst_value_serialize.*/.exec(stderr)?.[0], undefined);
  const [elements, properties] = stdout.trim().split(" ").map(Number);
  assertEquals(elements, installedElements().length);
  assert(elements! > 100 && properties! > 5 * elements!, stdout);
});

Deno.test("gstp inspect prints an element", async () => {
  const { code, stdout } = await gstp(["inspect", "vp8enc"]);
  assertEquals(code, 0);
  assertStringIncludes(stdout, "vp8enc - On2 VP8 Encoder\n");
  assertStringIncludes(stdout, "\n  end-usage=vbr\n      Rate control mode\n");
  assertMatch(stdout, /\n {2}cpu-used=0\n.*\n {6}integer, -16 to 16\n/);
  assertMatch(stdout, /\n {2}src \(src, always\)\n {6}video\/x-vp8, profile=\{/);
});

Deno.test("gstp inspect lists and searches elements", async () => {
  const found = await gstp(["inspect", "--search=h264", "--json"]);
  const names = JSON.parse(found.stdout).map(({ name }: { name: string }) => name);
  assert(names.includes("h264parse") && !names.includes("vp8enc"), found.stdout);
  const all = await gstp(["inspect"]);
  assertEquals(all.stdout.trimEnd().split("\n").length, installedElements().length);
  const none = await gstp(["inspect", "--search=nosuchword"]);
  assertEquals([none.code, none.stdout], [1, ""]);
});

Deno.test("gstp inspect prints JSON, with 64-bit numbers", async () => {
  const { stdout } = await gstp(["inspect", "--json", "queue"]);
  const { properties } = JSON.parse(stdout);
  const time = properties.find(({ name }: { name: string }) => name === "max-size-time");
  assertEquals([time.default, time.max], [1e9, "18446744073709551615"]);
});

Deno.test("gstp inspect rejects wrong arguments and unknown elements", async () => {
  for (const line of [["a", "b"], ["a", "--search=b"], ["--search"], ["--nosuchoption"]]) {
    const { code, stderr } = await gstp(["inspect", ...line]);
    assertEquals(code, 2, stderr);
  }
  const missing = await gstp(["inspect", "nosuchelement"]);
  assertEquals(missing.code, 1);
  assertStringIncludes(missing.stderr, 'There is no element "nosuchelement"');
});
