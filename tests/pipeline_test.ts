import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { GstParseError, Pipeline } from "../mod.ts";
import "../scripts/open_libraries.ts";
import { runFile, runScript } from "./helpers/script.ts";

Deno.test("Pipeline.parse() makes a pipeline that is stopped", async () => {
  await using pipeline = Pipeline.parse("videotestsrc name=source ! fakesink name=sink");
  assertEquals(pipeline.state, "null");
  assertMatch(pipeline.path, /^\/GstPipeline:pipeline\d+$/);
  assertEquals(pipeline.elementNames().toSorted(), ["sink", "source"]);
});

Deno.test("Pipeline.parse() puts a lone element or bin into a pipeline", async () => {
  for (const text of ["fakesink name=only", "( name=only fakesrc ! fakesink )"]) {
    await using pipeline = Pipeline.parse(text);
    assertMatch(pipeline.element("only").path, /^\/GstPipeline:pipeline\d+\/\w+:only$/);
  }
});

Deno.test("Pipeline.parse() takes an element that is a pipeline itself as it is", async () => {
  await using pipeline = Pipeline.parse("playbin name=player");
  assertEquals(pipeline.path, "/GstPlayBin:player");
});

Deno.test("Pipeline.parse() keeps links between names, and adds nothing for them", async () => {
  await using pipeline = Pipeline.parse(
    "fakesrc num-buffers=1 ! tee name=t queue name=q ! fakesink name=sink t. ! q.",
  );
  assertEquals(pipeline.elementNames().filter((name) => !/^(fakesrc\d+|t|q|sink)$/.test(name)), []);
  await pipeline.play();
});

/** Texts that are no pipelines, with what their errors say and are. */
const PARSE_ERRORS: [text: string, message: string, code: number][] = [
  ["", "empty pipeline", 6],
  [" \n\t", "empty pipeline", 6],
  ["fakesrc !", "syntax error", 0],
  ["! fakesink", "syntax error", 0],
  ["fakesrc ! ! fakesink", "syntax error", 0],
  ["( fakesrc ! fakesink", "syntax error", 0],
  ["()", "empty bin", 5],
  ['fakesrc ! "fakesink', "syntax error", 0],
  ["nosuchelement ! fakesink", "Missing element: nosuchelement\n", 1],
  ["nosuch1 ! nosuch2 ! nosuch1", "Missing element: nosuch1, nosuch2\n", 1],
  ["fakesrc ! nosuchname.", "No sink-element named", 1],
  ["fakesrc nosuchproperty=1 ! fakesink", 'no property "nosuchproperty" in element "fakesrc"', 2],
  ["fakesrc num-buffers=many ! fakesink", '"num-buffers" in element "fakesrc" to "many"', 4],
  ["videotestsrc ! audioconvert ! fakesink", "could not link videotestsrc", 3],
  ["fakesrc ! fakesink name=a a. ! fakesink", "could not link a", 3],
  ["identity name=i ! i.", "could not link i to i", 3],
];

for (const [text, message, code] of PARSE_ERRORS) {
  Deno.test(`Pipeline.parse() refuses ${JSON.stringify(text)}`, () => {
    const error = assertThrows(() => Pipeline.parse(text), GstParseError, message);
    assertEquals([error.domain, error.code], ["gst_parse_error", code]);
  });
}

Deno.test("Pipeline.parse() names the Debian package of a missing element", async () => {
  const source = `
    import { Pipeline } from "./mod.ts";
    try {
      Pipeline.parse("videotestsrc ! x264enc ! nosuchelement");
    } catch (error) {
      console.log(error.message);
    }
  `;
  const folder = await Deno.makeTempDir();
  // GStreamer without any plugin
  const env = {
    GST_PLUGIN_SYSTEM_PATH_1_0: folder,
    GST_PLUGIN_PATH_1_0: folder,
    GST_REGISTRY_1_0: `${folder}/registry`,
  };
  const { stdout } = await runScript(source, { env });
  await Deno.remove(folder, { recursive: true });
  assertEquals(stdout.split("\n"), [
    "Missing element: videotestsrc, x264enc, nosuchelement",
    "videotestsrc is in Debian's package gstreamer1.0-plugins-base: " +
    "sudo apt-get install gstreamer1.0-plugins-base",
    "x264enc is in Debian's package gstreamer1.0-plugins-ugly: " +
    "sudo apt-get install gstreamer1.0-plugins-ugly",
    "No Debian package is known here for nosuchelement; " +
    "check its spelling with: gst-inspect-1.0 | grep nosuchelement",
    "",
  ]);
});

Deno.test("Pipeline.parse() takes text that C can hold, and nothing else", () => {
  for (const text of [undefined, null, 5, {}, ["fakesrc"], Symbol("text")]) {
    assertThrows(() => Pipeline.parse(text as unknown as string), TypeError, "Expected a string");
  }
  assertThrows(() => Pipeline.parse("fakesrc ! \0 fakesink"), TypeError, "NUL");
  assertThrows(() => Pipeline.parse("fakesrc name=\ud83d ! fakesink"), TypeError, "Unicode");
});

Deno.test("Pipeline.parse() survives links between names of nothing", () => {
  for (const text of ["a. ! b.", "a.src ! video/x-raw ! b.sink", "! a. ! b.", "b. ! tee !"]) {
    assertThrows(() => Pipeline.parse(text), GstParseError);
  }
});

Deno.test("Pipeline.parse() survives texts of any pieces in any order", async () => {
  const { code, stdout, stderr } = await runFile("parse_fuzz.ts", ["7", "3000"]);
  assertEquals(code, 0, stderr.slice(-500));
  assertMatch(stdout, /^\d+ pipelines, \d+ errors\n$/);
});
