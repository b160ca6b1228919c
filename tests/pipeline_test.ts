import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertInstanceOf,
  assertMatch,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  GstClosedError,
  GstError,
  GstParseError,
  GstTimeoutError,
  Pipeline,
  type State,
  VideoRecorder,
} from "../mod.ts";
import "../scripts/open_libraries.ts";
import { run } from "./helpers/run.ts";
import { runFile, runScript } from "./helpers/script.ts";
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
  const { code, stdout, stderr } = await runFile("parse_fuzz.ts", ["7", "3000"]);
  assertEquals(code, 0, stderr.slice(-500));
  assertMatch(stdout, /^\d+ pipelines, \d+ errors\n$/);
});

Deno.test("Pipeline.setState() resolves when the state is reached", async () => {
  await using pipeline = Pipeline.parse("videotestsrc ! fakesink sync=true");
  await pipeline.play();
  assertEquals(pipeline.state, "playing");
  await pipeline.pause();
  assertEquals(pipeline.state, "paused");
  await pipeline.setState("ready");
  assertEquals(pipeline.state, "ready");
  await pipeline.play();
  assertEquals(await pipeline.stop(), true);
  assertEquals(pipeline.state, "null");
});

Deno.test("Pipeline.isLive is true with a live source", async () => {
  for (const isLive of [true, false]) {
    for (const state of ["paused", "playing"] as const) {
      await using pipeline = Pipeline.parse(`videotestsrc is-live=${isLive} ! fakesink sync=true`);
      await pipeline.setState(state);
      assertEquals(pipeline.isLive, isLive);
    }
  }
});

Deno.test("Pipeline.setState() rejects for invalid states and times", async () => {
  await using pipeline = Pipeline.parse("fakesrc ! fakesink");
  for (const state of ["PLAYING", "", "constructor", undefined, 4]) {
    await assertRejects(
      () => pipeline.setState(state as State),
      RangeError,
      "state must be one of",
    );
  }
  await assertRejects(() => pipeline.play({ timeoutSec: -1 }), RangeError, "timeoutSec");
  await assertRejects(() => pipeline.play({ timeoutSec: NaN }), RangeError, "timeoutSec");
  await assertRejects(() => pipeline.stop({ timeoutSec: "1" as never }), TypeError, "timeoutSec");
  assertEquals(pipeline.state, "null");
});

Deno.test("Pipeline.setState() may be called during another call", async () => {
  await using pipeline = Pipeline.parse("videotestsrc ! fakesink sync=true");
  await Promise.all([pipeline.play(), pipeline.play(), pipeline.play()]);
  assertEquals(pipeline.state, "playing");
  const states = ["paused", "null", "playing", "ready", "paused", "playing"] as const;
  await Promise.allSettled(states.map((state) => pipeline.setState(state)));
  assertEquals(pipeline.state, "playing");
});

/** Pipelines that cannot play, with the parts of their errors. */
const START_ERRORS: [text: string, element: RegExp, domain: string, message: string][] = [
  [
    "filesrc location=/nonexistent/film ! fakesink",
    /GstFileSrc:filesrc\d+$/,
    "gst-resource-error-quark",
    "Resource not found",
  ],
  [
    "playbin uri=file:///nonexistent/film", // removes the source when that has failed
    /^\/GstPlayBin:playbin\d+\/GstURIDecodeBin:uridecodebin\d+\/GstFileSrc:source$/,
    "gst-resource-error-quark",
    "Resource not found",
  ],
  [
    "videotestsrc ! filesink location=/nonexistent/film",
    /GstFileSink:filesink\d+$/,
    "gst-resource-error-quark",
    'Could not open file "/nonexistent/film"',
  ],
  [
    "filesrc location=/proc/self/exe ! qtdemux ! fakesink",
    /GstQTDemux:qtdemux\d+$/,
    "gst-stream-error-quark",
    "qtdemux",
  ],
  [
    "fakesrc ! x264enc ! fakesink",
    /GstX264Enc:x264enc\d+$/,
    "gst-core-error-quark",
    "negotiation problem",
  ],
  [
    "fakesrc ! videoconvert ! fakesink",
    /GstFakeSrc:fakesrc\d+$/,
    "gst-stream-error-quark",
    "put videoconvert, videoscale or audioconvert between them",
  ],
  [
    "fakesrc ! fakesink state-error=null-to-ready",
    /GstFakeSink:fakesink\d+$/,
    "gst-core-error-quark",
    "state change failed",
  ],
  [
    "fakesrc ! fakesink state-error=paused-to-playing",
    /GstFakeSink:fakesink\d+$/,
    "gst-core-error-quark",
    "state change failed",
  ],
];

for (const [text, element, domain, message] of START_ERRORS) {
  Deno.test(`Pipeline.play() rejects for ${text}`, async () => {
    await using pipeline = Pipeline.parse(text);
    const error = await assertRejects(() => pipeline.play(), GstError, message);
    assertMatch(error.path!, element);
    assertStringIncludes(error.message, error.path!);
    assertEquals([error.domain, typeof error.code], [domain, "number"]);
    assertMatch(error.debug!, /\.c\(\d+\): /);
    await pipeline.stop();
    assertEquals(pipeline.state, "null");
  });
}

Deno.test("Pipeline.play() rejects after the timeout, and the pipeline can be stopped", async () => {
  await using pipeline = Pipeline.parse("appsrc ! fakesink");
  const error = await assertRejects(
    () => pipeline.play({ timeoutSec: 0.05 }),
    GstTimeoutError,
    "did not reach playing within 0.05 s",
  );
  assertInstanceOf(error, GstError);
  await pipeline.stop();
  assertEquals(pipeline.state, "null");
});

Deno.test("Pipeline.play() accepts timeouts that are longer than a timer's", async () => {
  for (const timeoutSec of [1e9, Infinity]) {
    await using pipeline = Pipeline.parse("videotestsrc ! fakesink sync=true");
    await pipeline.play({ timeoutSec });
  }
});

Deno.test("Pipeline.stop() ends a pending start", async () => {
  await using pipeline = Pipeline.parse("appsrc ! fakesink");
  const [playing] = await Promise.allSettled([pipeline.play(), pipeline.stop()]);
  assert(playing.status === "rejected");
  assertStringIncludes(playing.reason.message, "was stopped on its way to playing");
  assertEquals(pipeline.state, "null");
});

for (const [extension, elements] of [["mp4", "x264enc ! mp4mux"], ["webm", "vp8enc ! webmmux"]]) {
  Deno.test(`Pipeline.stop() finishes a .${extension} file downstream`, async () => {
    await using folder = await tempDir();
    const path = `${folder.path}/film.${extension}`;
    await using pipeline = Pipeline.parse(
      `videotestsrc ! video/x-raw,width=64,height=48 ! ${elements} ! filesink location=${path}`,
    );
    await pipeline.play();
    assertEquals(await pipeline.stop(), true);
    const args = ["-v", "error", "-count_packets", "-show_entries"];
    const entries = "format=duration:stream=nb_read_packets";
    const { stdout, stderr } = await run("ffprobe", [...args, entries, "-of", "json", path]);
    assertEquals(stderr, "");
    const { format, streams } = JSON.parse(stdout);
    const packets = Number(streams[0].nb_read_packets);
    assert(packets > 0);
    assertAlmostEquals(Number(format.duration), packets / 30, 0.04);
  });
}

Deno.test("Pipeline.stop() resolves with whether the end was reached", async () => {
  const failing = "videotestsrc ! video/x-raw,framerate=1000/1 ! identity error-after=50 ! " +
    "fakesink sync=true";
  for (
    const [text, type, isEnd] of [
      ["fakesrc num-buffers=3 ! fakesink", "eos", true],
      [failing, "error", false],
    ] as const
  ) {
    await using pipeline = Pipeline.parse(text);
    const messages = pipeline.bus.messages();
    await pipeline.play();
    for await (const message of messages) if (message.type === type) break;
    assertEquals(await pipeline.stop(), isEnd);
  }
});

/** Pipelines whose sources take EOS only after a minute, as a frame is waiting for its time. */
const SLOW = [
  "videotestsrc ! video/x-raw,framerate=1/60 ! fakesink sync=true",
  "videotestsrc ! video/x-raw,framerate=1/60 ! queue ! fakesink sync=true",
  "videotestsrc is-live=true ! video/x-raw,framerate=1/60 ! fakesink sync=true",
  "( videotestsrc ! video/x-raw,framerate=1/60 ! fakesink sync=true )",
];

for (const text of SLOW) {
  Deno.test(`Pipeline.stop() does not wait for ${text}`, async () => {
    await using pipeline = Pipeline.parse(text);
    for (let run = 0; run < 2; run++) {
      await pipeline.play();
      // the event loop must not block either
      const stopped = pipeline.stop({ timeoutSec: 0.1 });
      assertEquals(pipeline.state, "playing");
      assertEquals(await stopped, false);
      assertEquals(pipeline.state, "null");
    }
    await pipeline.play();
    const sent = pipeline.sendEos();
    await pipeline.close();
    await sent;
  });
}

Deno.test("Pipeline.stop() may be called twice, also at the same time", async () => {
  await using pipeline = Pipeline.parse("videotestsrc ! fakesink");
  await pipeline.play();
  assertEquals(await Promise.all([pipeline.stop(), pipeline.stop()]), [true, true]);
  assertEquals(await pipeline.stop(), true);
});

Deno.test("Pipeline.play() starts the pipeline again after stop()", async () => {
  await using pipeline = Pipeline.parse("videotestsrc num-buffers=20 ! fakesink");
  for (let run = 0; run < 3; run++) {
    const messages = pipeline.bus.messages();
    await pipeline.play();
    for await (const message of messages) if (message.type === "eos") break;
    assertEquals(await pipeline.stop(), true);
  }
});

Deno.test("Pipeline.sendEos() ends the stream once, even if it is called again", async () => {
  await using pipeline = Pipeline.parse("videotestsrc ! fakesink sync=true");
  const messages = pipeline.bus.messages();
  await pipeline.play();
  await Promise.all([pipeline.sendEos(), pipeline.sendEos()]);
  await pipeline.sendEos();
  for await (const message of messages) if (message.type === "eos") break;
  assertEquals(await pipeline.stop(), true);
});

Deno.test("Pipeline.sendEos() does nothing unless the pipeline is playing", async () => {
  await using pipeline = Pipeline.parse("videotestsrc ! fakesink sync=true");
  await pipeline.sendEos();
  await pipeline.pause();
  await pipeline.sendEos();
  const messages = pipeline.bus.messages();
  await pipeline.play();
  const { promise, resolve } = Promise.withResolvers<string>();
  setTimeout(resolve, 50, "playing");
  const eos = (async () => {
    for await (const message of messages) if (message.type === "eos") return "eos";
    return "closed";
  })();
  assertEquals(await Promise.race([eos, promise]), "playing");
  messages.return();
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
