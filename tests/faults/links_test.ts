/**
 * Links on which GStreamer crashes or hangs are rejected.
 */
import { assertEquals, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import { GstParseError, Pipeline } from "../../mod.ts";
import "../../scripts/open_libraries.ts";
import { runChild, runScript } from "../helpers/script.ts";
import { addRow } from "./table.ts";

/** Texts with the elements that the error names. GStreamer 1.22 crashes on most of them, at once or when they play. */
const LOOPS: [text: string, names: string][] = [
  ["tee name=t ! queue ! t. t. ! fakesink", "t, queue"],
  ["tee name=t t. ! queue ! t.", "t, queue"],
  ["tee ! queue ! tee0. tee0. ! fakesink", "tee, queue, tee0"],
  ["identity name=i ! i.", "i"],
  ["identity name=a identity name=b a.src ! b.sink b.src ! a.sink", "a, b"],
  ["fakesrc ! funnel name=f ! tee name=t t. ! queue ! f. t. ! fakesink", "f, t, queue"],
  ["compositor name=c ! video/x-raw ! tee name=t ! queue ! c. t. ! fakesink", "c, t, queue"],
  ["queue name=a ! input-selector name=b ! output-selector name=c ! a. c. ! b.", "a, b, c"],
  ["( identity name=a ) ! ( identity name=b ) ! a.", "bin, a, b"],
  ["( name=x tee name=t ! queue ) ! identity ! x. t. ! fakesink", "x, t, queue, identity"],
  ["multiqueue name=m ! queue ! m. m. ! fakesink", "m, queue"],
  ["multiqueue name=m m.src_0 ! queue ! m.sink_0", "queue, m"],
  ['playbin video-sink="tee name=t ! queue ! t. t. ! fakesink"', "t, queue"],
];

Deno.test("Pipeline.parse() rejects links that close a loop, and names the elements", () => {
  for (const [text, names] of LOOPS) {
    const error = assertThrows(() => Pipeline.parse(text), GstParseError);
    assertStringIncludes(error.message, `its links close a loop through ${names}\n`, text);
    assertEquals([error.domain, error.code], ["gst_parse_error", 3]);
  }
  addRow(import.meta.url, {
    fault: "links that close a loop",
    tries: LOOPS.length,
    outcome: "rejected, the elements are named",
    lost: "nothing",
  });
});

Deno.test("Pipeline.parse() accepts links that meet again without closing a loop", async () => {
  const texts = [
    "videotestsrc num-buffers=9 ! tee name=t t. ! queue ! funnel name=f t. ! queue ! f. f. ! fakesink",
    "multiqueue name=m videotestsrc num-buffers=9 ! m.sink_0 m.src_0 ! identity ! m.sink_1 m.src_1 ! fakesink",
    "( name=x identity name=i ) videotestsrc num-buffers=9 ! i. i. ! fakesink",
    'videotestsrc num-buffers=9 ! capsfilter caps="video/x-raw, format={I420, NV12}" ! tee name=t t. ! fakesink',
  ];
  for (const text of texts) {
    await using pipeline = Pipeline.parse(text);
    const messages = pipeline.bus.messages();
    await pipeline.play();
    for await (const { type } of messages) if (type === "eos") break;
  }
});

Deno.test("Pipeline.parse() rejects endless links, and too many elements", () => {
  const texts: [text: string, message: string][] = [
    ["tee : multiqueue", "all pads of tee and multiqueue"],
    ["tee name=t funnel name=f t. : f.", "all pads of t and f"],
    ["multiqueue name=m m.sink_0 ! fakesink", "m.sink_0 is a sink pad"],
    ["fakesrc name=s identity name=i s. ! i.src", "i.src is a src pad"],
    [`fakesrc${" ! identity".repeat(600)} ! fakesink`, "more than 500 elements one after"],
    [`fakesrc${" ! ( ( ( queue ) ) )".repeat(100)}`, "more than 500 elements one after"],
    [`${"( ".repeat(2000)}fakesrc${" )".repeat(2000)}`, "more than 500 elements one after"],
    ["fakesrc ! fakesink ".repeat(6000), "more than 10000 elements"],
    ["a. ! ".repeat(200_000), "more than 10000 elements"],
    ["(".repeat(1_000_000), "more than 10000 elements"],
  ];
  for (const [text, message] of texts) {
    const error = assertThrows(() => Pipeline.parse(text), GstParseError);
    assertStringIncludes(error.message, message, text.slice(0, 80));
  }
});

Deno.test("Pipeline.parse() survives pipelines within properties", async () => {
  const source = `
    import { Pipeline } from "./mod.ts";
    const texts = [
      ...["a. ! b.", "a. ! b. ! (", "identity name=i ! i.", "t. ! fakesink"],
      ...["a. : b.", "a. ! b. ) !", "# a. ! b. ) !"],
    ];
    for (const inner of texts) {
      try {
        Pipeline.parse(\`playbin video-sink="\${inner}"\`);
      } catch (error) {
        console.log(error.name);
      }
    }
  `;
  const { code, stdout, stderr } = await runScript(source);
  assertEquals({ code, stdout }, { code: 0, stdout: "GstParseError\n".repeat(7) }, stderr);
});

Deno.test("Pipeline.parse() survives elements linked at random", async () => {
  const count = 3000;
  const { code, stdout, stderr } = await runChild("link_fuzz.ts", ["7", String(count)]);
  assertEquals(code, 0, stderr.slice(-500));
  assertMatch(stdout, /^\d\d+ parsed, \d+ refused\n$/);
  addRow(import.meta.url, {
    fault: "elements that are linked at random, including loops",
    tries: count,
    outcome: "parsed and run, or rejected",
    lost: "nothing",
  });
});
