import { assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import { GstClosedError, Pipeline, type PropertyValue } from "../../mod.ts";
import "../../scripts/open_libraries.ts";
import { runScript } from "../helpers/script.ts";

const PIPELINE = "videotestsrc name=source ! capsfilter name=filter ! fakesink name=sink " +
  "filesrc name=file ! rawvideoparse name=parse ! fakesink " +
  "audiotestsrc ! volume name=volume ! fakesink " +
  "x264enc name=encoder appsrc name=appsrc playbin name=player compositor name=mixer " +
  "avwait name=avwait";

/** Values to set, and what is read after that. */
const VALUES: [
  path: string,
  value: string | number | bigint | boolean,
  expected: PropertyValue,
][] = [
  ["source.pattern", "ball", "ball"],
  ["source.pattern", "Moving ball", "ball"],
  ["source.pattern", 0, "smpte"],
  ["source.num-buffers", 5, 5],
  ["source.num-buffers", " 7", 7],
  ["source.num-buffers", -1, -1],
  ["source.num-buffers", 2147483647, 2147483647],
  ["source.is-live", true, true],
  ["source.is-live", "no", false],
  ["source.foreground-color", 4294967295, 4294967295],
  ["source.foreground-color", "0xff00ff00", 0xff00ff00],
  ["source.timestamp-offset", 2n ** 53n + 1n, 2n ** 53n + 1n],
  ["source.timestamp-offset", "9223372036854775807", 2n ** 63n - 1n],
  ["appsrc.max-bytes", 2n ** 64n - 1n, 2n ** 64n - 1n],
  ["file.blocksize", -1, 4294967295],
  ["volume.volume", 0.25, 0.25],
  ["volume.volume", "1e1", 10],
  ["file.location", `/tmp/a b!c"d\\e'f é\u{1F600}.webm`, `/tmp/a b!c"d\\e'f é\u{1F600}.webm`],
  ["file.location", "! fakesink", "! fakesink"],
  ["filter.caps", "video/x-raw,width=64", "video/x-raw, width=(int)64"],
  ["filter.caps", "ANY", "ANY"],
  ["parse.framerate", "30000/1001", "30000/1001"],
  ["parse.framerate", 25, "25/1"],
  ["encoder.tune", "zerolatency+fastdecode", "Fast decode+Zero latency"],
  ["encoder.speed-preset", "ultrafast", "ultrafast"],
];

Deno.test("Element.setProperty() sets values of every type, and getProperty() returns them", async () => {
  await using pipeline = Pipeline.parse(PIPELINE);
  for (const [path, value, expected] of VALUES) {
    const [name, property] = path.split(".") as [string, string];
    const element = pipeline.element(name);
    element.setProperty(property, value);
    assertEquals(element.getProperty(property), expected, `${path}=${value}`);
  }
});

/** Values that are rejected, and why. */
const REFUSED: [path: string, value: unknown, why: string][] = [
  ["source.pattern", "nosuch", "does not take"],
  ["source.pattern", "", "does not take"],
  ["source.pattern", 999, "does not take"],
  ["source.num-buffers", "many", "does not take"],
  ["source.num-buffers", "", "does not take"],
  ["source.num-buffers", 1.5, "does not take"],
  ["source.num-buffers", NaN, "does not take"],
  ["source.num-buffers", "5 ! fakesink", "does not take"],
  ["source.num-buffers", -2, "out of range"],
  ["source.num-buffers", 2 ** 31, "does not take"],
  ["source.foreground-color", 2 ** 32, "does not take"],
  ["source.foreground-color", -2, "does not take"],
  ["source.timestamp-offset", 2n ** 63n, "does not take"],
  ["appsrc.max-bytes", 2n ** 64n, "does not take"],
  ["source.is-live", "perhaps", "does not take"],
  ["source.parent", "sink", "does not take"],
  ["volume.volume", 11, "out of range"],
  ["volume.volume", NaN, "out of range"],
  ["volume.volume", Infinity, "out of range"],
  ["filter.caps", 'video/x-raw,format="', "does not take"],
  ["parse.framerate", "1/0", "does not take"],
  ["sink.stats", "x", "cannot be written"],
  ["source.nosuch", 1, 'has no property "nosuch"'],
  ["source.", 1, 'has no property ""'],
];

Deno.test("Element.setProperty() throws if a property does not accept a value, and does not change it", async () => {
  await using pipeline = Pipeline.parse(PIPELINE);
  for (const [path, value, why] of REFUSED) {
    const [name, property] = path.split(".") as [string, string];
    const element = pipeline.element(name);
    const read = () => why.startsWith("has no") ? null : element.getProperty(property);
    const before = read();
    assertThrows(() => element.setProperty(property, value as string), RangeError, why, path);
    assertEquals(read(), before, path);
  }
});

Deno.test("Element.setProperty() throws for values of other types, and names and texts with a NUL", async () => {
  await using pipeline = Pipeline.parse(PIPELINE);
  const source = pipeline.element("source");
  for (const value of [null, undefined, {}, ["ball"], Symbol("ball"), () => "ball"]) {
    assertThrows(() => source.setProperty("pattern", value as string), TypeError, "pattern");
  }
  for (const text of ["\0", "a\0b", "\ud83d"]) {
    assertThrows(() => pipeline.element("file").setProperty("location", text), TypeError);
    assertThrows(() => source.setProperty("pattern", text), TypeError);
    assertThrows(() => source.setProperty(text, 1), TypeError);
    assertThrows(() => source.getProperty(text), TypeError);
  }
  assertThrows(() => source.setProperty(5 as never, 1), TypeError);
});

Deno.test("Element.getProperty() returns names of objects, text of structures, and null for no value", async () => {
  await using pipeline = Pipeline.parse(PIPELINE);
  const read = (path: string) => {
    const [name, property] = path.split(".") as [string, string];
    return pipeline.element(name).getProperty(property);
  };
  assertEquals(read("source.name"), "source");
  assertMatch(String(read("source.parent")), /^pipeline\d+$/);
  assertEquals(read("player.video-sink"), null);
  assertEquals(read("player.uri"), null);
  assertEquals(read("sink.last-sample"), null);
  assertEquals(read("avwait.end-timecode"), null);
  assertEquals(
    read("sink.stats"),
    "application/x-gst-base-sink-stats, average-rate=(double)0, dropped=(guint64)0, " +
      "rendered=(guint64)0;",
  );
});

Deno.test("Element.getProperty() throws for unknown and write-only properties", async () => {
  await using pipeline = Pipeline.parse(PIPELINE);
  const parse = pipeline.element("parse");
  assertThrows(() => parse.getProperty("nosuch"), RangeError, 'parse has no property "nosuch"');
  assertThrows(() => parse.getProperty("colorimetry"), RangeError, "cannot be read");
});

Deno.test("Element.setProperty() works while the pipeline is playing", async () => {
  await using pipeline = Pipeline.parse(
    "videotestsrc name=source ! videoconvert ! fakesink sync=true",
  );
  await pipeline.play();
  const source = pipeline.element("source");
  for (const pattern of ["snow", "ball", "smpte"]) {
    source.setProperty("pattern", pattern);
    assertEquals(source.getProperty("pattern"), pattern);
  }
});

Deno.test("Element.caps() returns what a pad has negotiated", async () => {
  await using pipeline = Pipeline.parse(
    "videotestsrc name=source ! video/x-raw,format=I420,width=64,height=48,framerate=30/1 ! " +
      "fakesink name=sink",
  );
  const [source, sink] = [pipeline.element("source"), pipeline.element("sink")];
  assertEquals(source.caps(), null);
  await pipeline.pause();
  const caps = source.caps();
  assertMatch(caps!, /^video\/x-raw, format=\(string\)I420, width=\(int\)64, height=\(int\)48/);
  assertEquals(sink.caps("sink"), caps);
  assertThrows(() => sink.caps(), RangeError, 'sink has no pad "src"');
  assertThrows(() => sink.caps(""), RangeError);
  assertThrows(() => sink.caps("sink\0"), TypeError);
});

Deno.test("Element has a name, a path and a factory name", async () => {
  await using pipeline = Pipeline.parse("( name=box videotestsrc name=source ! fakesink )");
  const source = pipeline.element("source");
  assertEquals(source.name, "source");
  assertEquals(source.path, `${pipeline.path}/GstBin:box/GstVideoTestSrc:source`);
  assertEquals(source.factoryName, "videotestsrc");
  assertEquals(pipeline.element("box").factoryName, "bin");
});

Deno.test("Element.release() makes further use throw GstClosedError", async () => {
  await using pipeline = Pipeline.parse("videotestsrc name=source ! fakesink");
  const source = pipeline.element("source");
  source.release();
  source.release();
  await assertRejects(async () => await source.getProperty("pattern"), GstClosedError);
});

Deno.test("Element.setProperty() and Pipeline.parse() survive deeply nested lists", async () => {
  const { code, stdout, stderr } = await runScript(`
    import { Pipeline } from "./mod.ts";
    await using pipeline = Pipeline.parse("capsfilter name=filter");
    for (const bracket of ["{", "<", "[", "("]) {
      const caps = "video/x-raw,format=" + bracket.repeat(200_000);
      for (const use of [
        () => pipeline.element("filter").setProperty("caps", caps),
        () => Pipeline.parse("fakesrc ! " + caps + " ! fakesink"),
      ]) {
        try { use(); } catch (error) { console.log(error.name); }
      }
    }
  `);
  assertEquals([code, stdout], [0, "RangeError\nGstParseError\n".repeat(4)], stderr);
});

Deno.test("Element.mediaType() returns what containersFor() takes, and distinguishes MP3 from AAC", async () => {
  const caps = {
    "audio/mpeg, mpegversion=1": "audio/mpeg,mpegversion=1",
    "audio/mpeg": "audio/mpeg,mpegversion=4",
    "video/x-raw": "video/x-raw(memory:SystemMemory),format=I420",
  };
  const branches = Object.values(caps).map((text, i) => `fakesrc ! ${text} ! fakesink name=s${i}`);
  await using pipeline = Pipeline.parse(branches.join(" "));
  assertEquals(pipeline.element("s0").mediaType("sink"), null);
  await pipeline.pause();
  const found = branches.map((_, i) => pipeline.element(`s${i}`).mediaType("sink"));
  assertEquals(found, Object.keys(caps));
  assertThrows(() => pipeline.element("s0").mediaType(), RangeError, 'has no pad "src"');
});
