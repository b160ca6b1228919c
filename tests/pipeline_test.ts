import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertInstanceOf,
  assertMatch,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { GstClosedError, GstError, GstParseError, Pipeline, VideoRecorder } from "../mod.ts";
import "../scripts/open_libraries.ts";
import { runChild, runScript } from "./helpers/script.ts";
import { tempDir } from "./helpers/temp_dir.ts";

Deno.test("Pipeline.parse() returns a stopped pipeline", async () => {
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

Deno.test("Pipeline.parse() does not wrap an element that is a pipeline itself", async () => {
  await using pipeline = Pipeline.parse("playbin name=player");
  assertEquals(pipeline.path, "/GstPlayBin:player");
});

Deno.test("Pipeline.parse() links by names, without additional elements", async () => {
  await using pipeline = Pipeline.parse(
    "fakesrc num-buffers=1 ! tee name=t queue name=q ! fakesink name=sink t. ! q.",
  );
  assertEquals(pipeline.elementNames().filter((name) => !/^(fakesrc\d+|t|q|sink)$/.test(name)), []);
  await pipeline.play();
});

/** Texts that cannot be parsed, with the messages and codes of their errors. */
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
  ["identity name=i ! i.", "its links close a loop through i", 3],
];

for (const [text, message, code] of PARSE_ERRORS) {
  Deno.test(`Pipeline.parse() throws for ${JSON.stringify(text)}`, () => {
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
  await using dir = await tempDir();
  // GStreamer without any plugin
  const env = {
    GST_PLUGIN_SYSTEM_PATH_1_0: dir.path,
    GST_PLUGIN_PATH_1_0: dir.path,
    GST_REGISTRY_1_0: `${dir.path}/registry`,
  };
  const { stdout } = await runScript(source, { env });
  assertEquals(stdout.split("\n"), [
    "Missing element: videotestsrc, x264enc, nosuchelement",
    "videotestsrc is in Debian's package gstreamer1.0-plugins-base: " +
    "sudo apt-get install gstreamer1.0-plugins-base",
    "x264enc is in Debian's package gstreamer1.0-plugins-ugly: " +
    "sudo apt-get install gstreamer1.0-plugins-ugly",
    "No Debian package is known for nosuchelement; " +
    "check its spelling with: gstp inspect --search=nosuchelement",
    "",
  ]);
});

Deno.test("Pipeline.parse() throws for anything that a C string cannot hold", () => {
  for (const text of [undefined, null, 5, {}, ["fakesrc"], Symbol("text")]) {
    assertThrows(() => Pipeline.parse(text as unknown as string), TypeError, "Expected a string");
  }
  assertThrows(() => Pipeline.parse("fakesrc ! \0 fakesink"), TypeError, "NUL");
  assertThrows(() => Pipeline.parse("fakesrc name=\ud83d ! fakesink"), TypeError, "Unicode");
});

Deno.test("Pipeline.parse() survives links between unknown names", () => {
  for (const text of ["a. ! b.", "a.src ! video/x-raw ! b.sink", "! a. ! b.", "b. ! tee !"]) {
    assertThrows(() => Pipeline.parse(text), GstParseError);
  }
});

Deno.test("Pipeline.parse() survives random texts", async () => {
  const { code, stdout, stderr } = await runChild("parse_fuzz.ts", ["7", "3000"]);
  assertEquals(code, 0, stderr.slice(-500));
  assertMatch(stdout, /^\d+ pipelines, \d+ errors\n$/);
});

Deno.test("Pipeline.runningTimeSec counts from the start of playing", async () => {
  await using pipeline = Pipeline.parse("videotestsrc is-live=true ! fakesink sync=true");
  assertEquals([pipeline.runningTimeSec, pipeline.runningTimeNs], [null, null]);
  await pipeline.play();
  const first = pipeline.runningTimeSec!;
  assert(first >= 0);
  assert(pipeline.runningTimeSec! >= first);
  assertEquals(typeof pipeline.runningTimeNs, "bigint");
});

Deno.test("Pipeline.positionSec and durationSec are null if they are unknown", async () => {
  await using pipeline = Pipeline.parse("videotestsrc num-buffers=45 ! fakesink");
  assertEquals([pipeline.positionSec, pipeline.durationSec], [null, null]);
  const messages = pipeline.bus.messages();
  await pipeline.play();
  assertEquals(pipeline.durationSec, 1.5);
  for await (const message of messages) if (message.type === "eos") break;
  assertAlmostEquals(pipeline.positionSec!, 1.5, 1e-6);
  await pipeline.setState("null");
  assertEquals(pipeline.positionSec, null);

  await using camera = Pipeline.parse("videotestsrc is-live=true ! fakesink");
  await camera.play();
  assertEquals(camera.durationSec, null);
});

Deno.test("Pipeline.element() returns elements by name, including those in bins", async () => {
  await using pipeline = Pipeline.parse(
    "videotestsrc name=s ! fakesink ( fakesrc ! fakesink name=inner ) fakesrc name=é",
  );
  assertEquals(pipeline.element("s").factoryName, "videotestsrc");
  assertMatch(pipeline.element("inner").path, /\/GstBin:bin\d+\/GstFakeSink:inner$/);
  assertEquals(pipeline.element("é").name, "é");
  assertStrictEquals(pipeline.element("s"), pipeline.element("s"));
});

Deno.test("Pipeline.element() throws an error that lists the names", async () => {
  await using pipeline = Pipeline.parse("videotestsrc name=s ! fakesink name=end");
  const error = assertThrows(() => pipeline.element("start"), RangeError);
  assertMatch(error.message, /^No element is named "start"; there are: (s, end|end, s)$/);
  assertThrows(() => pipeline.element(""), RangeError);
  assertThrows(() => pipeline.element("s\0"), TypeError);
  assertThrows(() => pipeline.element(undefined as never), TypeError);
});

Deno.test("Pipeline.close() may be called twice, in any state", async () => {
  for (const before of ["null", "ready", "paused", "playing"] as const) {
    const pipeline = Pipeline.parse("videotestsrc ! fakesink sync=true");
    await pipeline.setState(before);
    await Promise.all([pipeline.close(), pipeline.close(), pipeline.stop()]);
    await pipeline.close();
    assertEquals(pipeline.state, "null");
  }
});

Deno.test("Pipeline.close() rejects if an element fails to stop", async () => {
  const { code, stdout, stderr } = await runScript(`
    import { GstClosedError, Pipeline } from "./mod.ts";
    for (const change of ["playing-to-paused", "paused-to-ready", "ready-to-null"]) {
      const pipeline = Pipeline.parse("fakesrc ! fakesink state-error=" + change);
      await pipeline.play();
      await pipeline.close().catch((error) => console.log(error.path));
      try { pipeline.elementNames(); } catch (error) { console.log(error.name); }
    }
  `);
  assertEquals(code, 0, stderr);
  assertMatch(stdout, /^(\/GstPipeline:pipeline\d\/GstFakeSink:fakesink\d\nGstClosedError\n){3}$/);
});

Deno.test("Pipeline.close() makes further use throw GstClosedError", async () => {
  const pipeline = Pipeline.parse("videotestsrc name=source ! fakesink");
  const element = pipeline.element("source");
  await pipeline.play();
  await pipeline.close();
  const calls: Record<string, () => unknown> = {
    play: () => pipeline.play(),
    pause: () => pipeline.pause(),
    setState: () => pipeline.setState("ready"),
    sendEos: () => pipeline.sendEos(),
    element: () => pipeline.element("source"),
    attach: () => pipeline.attach({ path: "", onError: () => {}, close: () => Promise.resolve() }),
    elementNames: () => pipeline.elementNames(),
    watchProperties: () => pipeline.watchProperties(),
    runningTimeSec: () => pipeline.runningTimeSec,
    runningTimeNs: () => pipeline.runningTimeNs,
    positionSec: () => pipeline.positionSec,
    durationSec: () => pipeline.durationSec,
    unsafeHandle: () => pipeline.unsafeHandle,
    "element.setProperty": () => element.setProperty("pattern", "ball"),
    "element.getProperty": () => element.getProperty("pattern"),
    "element.caps": () => element.caps(),
    "element.factoryName": () => element.factoryName,
    "element.unsafeHandle": () => element.unsafeHandle,
  };
  for (const [name, call] of Object.entries(calls)) {
    await assertRejects(async () => await call(), GstClosedError, "closed", name);
  }
  assertEquals([pipeline.state, pipeline.isLive, element.name], ["null", false, "source"]);
  await pipeline.setState("null");
  await pipeline.stop();
  await pipeline.bus.flush();
});

Deno.test("Pipeline.close() makes new uses throw GstClosedError while it is pending", async () => {
  const pipeline = Pipeline.parse("videotestsrc ! tee name=t ! fakesink sync=true");
  await pipeline.play();
  const closed = pipeline.close();
  assertThrows(() => pipeline.element("t"), GstClosedError);
  assertThrows(
    () =>
      new VideoRecorder({
        pipeline,
        srcTeeName: "t",
        filenameGenerator: () => "/nonexistent/clip.webm",
        windowSizeSec: 1,
      }),
    GstClosedError,
  );
  await assertRejects(() => pipeline.play(), GstClosedError);
  await closed;
});

Deno.test("Pipeline survives random calls", async () => {
  const calls: ((pipeline: Pipeline) => unknown)[] = [
    (pipeline) => pipeline.play({ timeoutSec: 0.1 }),
    (pipeline) => pipeline.pause({ timeoutSec: 0.1 }),
    (pipeline) => pipeline.stop({ timeoutSec: 0.01 }),
    (pipeline) => pipeline.sendEos(),
    (pipeline) => pipeline.setState("ready"),
    (pipeline) => pipeline.bus.messages(),
    (pipeline) => pipeline.bus.flush(),
    (pipeline) => pipeline.watchProperties(),
    (pipeline) => pipeline.element("source").setProperty("pattern", "ball"),
    (pipeline) => pipeline.positionSec,
    (pipeline) => pipeline.close(),
  ];
  let seed = 1;
  for (let round = 0; round < 200; round++) {
    await using pipeline = Pipeline.parse("videotestsrc name=source ! queue ! fakesink sync=true");
    const pending: unknown[] = [];
    for (let call = 0; call < 8; call++) {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
      const work = calls[(seed >>> 8) % calls.length]!;
      pending.push((async () => await work(pipeline))());
      if (seed & 1) await null;
    }
    for (const result of await Promise.allSettled(pending)) {
      if (result.status === "rejected") assertInstanceOf(result.reason, GstError);
    }
  }
});
