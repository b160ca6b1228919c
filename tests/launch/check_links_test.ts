/**
 * Checks of links without GStreamer; tests/faults/links_test.ts has those with it.
 */
import { assertStringIncludes, assertThrows } from "@std/assert";
import { GstParseError } from "../../mod.ts";
import type { PadSide, PadSides } from "../../src/gst/element_factory.ts";
import { checkLinks } from "../../src/launch/check_links.ts";
import { lex } from "../../src/launch/lexer.ts";

const ONE_SINK = { areSeveral: false, areEndless: false, names: ["sink"] };
const ONE_SRC = { areSeveral: false, areEndless: false, names: ["src"] };
const side = (...names: string[]): PadSide => ({ areSeveral: true, areEndless: true, names });
const PADS: Record<string, PadSides> = {
  tee: { sink: ONE_SINK, src: side("src_%u") },
  funnel: { sink: side("sink_%u"), src: ONE_SRC },
  multiqueue: { sink: side("sink_%u"), src: side("src_%u") },
};

function check(text: string): void {
  checkLinks(lex(text), (factory) => PADS[factory] ?? { sink: ONE_SINK, src: ONE_SRC });
}

function messageOf(text: string): string {
  return assertThrows(() => check(text), GstParseError, "Cannot parse the pipeline: ").message;
}

Deno.test("checkLinks() takes links without a loop", () => {
  const texts = [
    "",
    "a ! b ! c",
    "tee name=t ! a ! funnel name=f t. ! b ! f.",
    "multiqueue name=m a ! m.sink_0 m.src_0 ! b ! m.sink_1 m.src_1 ! c",
    "( name=x a name=b ) c ! b. b. ! d",
    "a. ! b.",
    `a${" ! b".repeat(499)}`,
  ];
  for (const text of texts) check(text);
});

Deno.test("checkLinks() names the elements of a loop", () => {
  const texts: [text: string, names: string][] = [
    ["a name=b ! b.", "b"],
    ["a ! b ! a0. c ! a0. b0. ! d", "a, b, a0"],
    ["multiqueue name=m ! a ! m.", "m, a"],
    ["multiqueue name=m m.src_0 ! a ! m.sink_0", "a, m"],
    ["( name=b a ) ! c ! b.", "b, a, c"],
    ["file:///f name=s ! a ! s.", "s, a"],
    ["a ! b ! c ! d ! e ! f ! g ! h ! i ! a0.", "a, b, c, d, e, f, g, h ..."],
  ];
  for (const [text, names] of texts) {
    assertStringIncludes(messageOf(text), `its links close a loop through ${names}\n`, text);
  }
});

Deno.test("checkLinks() refuses pads of the wrong side, and links without end", () => {
  assertStringIncludes(
    messageOf("multiqueue name=m m.sink_0 ! a"),
    "m.sink_0 is a sink pad, but the link needs a src pad there",
  );
  assertStringIncludes(
    messageOf("a name=b c ! b.src"),
    "b.src is a src pad, but the link needs a sink pad there",
  );
  assertStringIncludes(
    messageOf("tee : funnel"),
    '":" links all pads of tee and funnel, which both make new pads without end',
  );
});

Deno.test("checkLinks() refuses what overflows a stack", () => {
  assertStringIncludes(messageOf(`a${" ! b".repeat(500)}`), "more than 500 elements one after");
  assertStringIncludes(messageOf("a ".repeat(10_001)), "more than 10000 elements");
});
