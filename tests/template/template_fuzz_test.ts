/**
 * Templates against GStreamer: whatever a value holds, the pipeline keeps its elements, and a property gets the value
 * unchanged. Values come from the corpus and from a seeded generator.
 */
import { assert, assertEquals, assertGreater } from "@std/assert";
import { run } from "../../scripts/lib/run.ts";
import { formatTemplate, TemplateError, type TemplateValue } from "../../src/template/template.ts";
import CORPUS from "../corpus/template_values.json" with { type: "json" };
import { COUNT, parseAll, PIECES, randomText, SEED } from "../helpers/pipeline_texts.ts";
import { randomNumbers } from "../helpers/random.ts";

/** Pieces that are not refused on their own where there is no property. */
const WORD_PIECES = PIECES.filter((piece) => /^[A-Za-z0-9_+.:,/%=-]+$/.test(piece));

function randomValues(seed: number, pieces = PIECES): string[] {
  const random = randomNumbers(seed);
  return Array.from({ length: COUNT }, () => randomText(random, pieces));
}

/** The pipeline's text, or null where a value is refused. */
function tryFormat(text: string, values: Record<string, TemplateValue>): string | null {
  try {
    return formatTemplate(text, values);
  } catch (error) {
    assert(error instanceof TemplateError, `not a TemplateError: ${error}`);
    return null;
  }
}

Deno.test("formatTemplate() lets any value arrive at a property unchanged", async () => {
  const places: [text: string, arrives: (value: string) => string][] = [
    ["filesink name=e location={v}", (v) => v],
    ["filesink location={v} name=e", (v) => v],
    ["filesink location\n=\t{v}\nname=e", (v) => v],
    ['filesink name=e location="{v}"', (v) => v],
    ["filesink name=e location='{v}'", (v) => `'${v}'`],
    ["filesink name=e location={v}/clip.webm", (v) => `${v}/clip.webm`],
    ['filesink name=e location="/tmp/{v}/clip {v}.webm"', (v) => `/tmp/${v}/clip ${v}.webm`],
    ['filesink name=e location="{v} \\"{v}\\" \\\\."', (v) => `${v} "${v}" \\.`],
    ["filesink name=e location=a\\ \\{v}\\\\b", (v) => `a ${v}\\b`],
    ["filesink name=e location={v}\\ ", (v) => `${v} `],
    ["filesink name=e location={v}{v}", (v) => v + v],
    ['filesink name=e location=a"b\\{v}"c\\d', (v) => `a"b\\${v}"cd`],
    ['filesink name=e location=a"b\\"{v}\\c"d', (v) => `a"b\\"${v}\\c"d`],
    ["filesink location={v}\\\nname=e", (v) => v],
    ['filesink name=e location="{v} "queue', (v) => `${v} `],
  ];
  const wanted = places.flatMap(([place, arrives]) =>
    [...CORPUS, ...randomValues(SEED)].map((v) => {
      // a value that did not end at its quote would go on to the next one
      const text = formatTemplate(`tee name=t ! ${place}\nt. ! filesink name=f location="f"`, {
        v,
      });
      return { place, text, arrives: arrives(v) };
    })
  );
  const outcomes = await parseAll(
    wanted.map(({ text }) => ({ text, read: [["e", "location"], ["f", "location"]] })),
  );
  for (const [i, { place, text, arrives }] of wanted.entries()) {
    const factories = ["filesink", "filesink", ...place.includes("queue") ? ["queue"] : [], "tee"];
    assertEquals(outcomes[i], { factories, values: [arrives, "f"] }, text);
  }
});

Deno.test("formatTemplate() sets properties of every type", async () => {
  const types: [element: string, property: string, value: TemplateValue, arrives: unknown][] = [
    ["videotestsrc", "pattern", "ball", "ball"],
    ["videotestsrc", "pattern", "Moving ball", "ball"],
    ["videotestsrc", "pattern", 18, "ball"],
    ["videotestsrc", "num-buffers", "5", 5],
    ["videotestsrc", "num-buffers", -1, -1],
    ["videotestsrc", "is-live", true, true],
    ["videotestsrc", "is-live", "false", false],
    ["videotestsrc", "foreground-color", "0xff00ff00", 0xff00ff00],
    ["audiotestsrc", "freq", 440.5, 440.5],
    ["capsfilter", "caps", "video/x-raw,width=320", "video/x-raw, width=(int)320"],
    ["capsfilter", "caps", " video/x-raw, width=320", "video/x-raw, width=(int)320"],
    [
      "capsfilter",
      "caps",
      'video/x-raw(memory:NVMM), format={NV12, I420}, name="a \\"b\\" ! c"',
      'video/x-raw(memory:NVMM), format=(string){ NV12, I420 }, name=(string)"a\\ \\"b\\"\\ \\!\\ c"',
    ],
    ["videorate", "max-rate", 30, 30],
    ["playbin", "video-sink", "autovideosink", "autovideosink0"],
  ];
  const outcomes = await parseAll(types.map(([element, property, value]) => ({
    text: formatTemplate(`fakesink ${element} name=e ${property}={v}`, { v: value }),
    read: [["e", property]],
  })));
  for (const [i, [element, property, value, arrives]] of types.entries()) {
    const outcome = outcomes[i]!;
    const got = "values" in outcome ? outcome.values[0] : outcome.error;
    assertEquals(got, arrives, `${element} ${property}=${value}`);
  }
});

Deno.test("formatTemplate() adds no element and no property outside of properties", async () => {
  const places: [place: string, elements: number][] = [
    ["fakesrc name=c ! {v} ! filesink name=e", 3],
    ["filesink name=e fakesrc name=c ! {v}", 3],
    ["{v} ! filesink name=e fakesrc name=c", 3],
    ["fakesrc name=c {v} ! filesink name=e", 3],
    ["fakesrc name=c ! filesink name=e {v}", 3],
    ["fakesrc name=c ! {v}{v} ! filesink name=e", 3],
    ["fakesrc name=c ! queue{v} ! filesink name=e", 3],
    ["fakesrc name=c ! {v},width=320 ! filesink name=e", 3],
    ["fakesrc name=c ! video/{v} ! filesink name=e", 3],
    ["fakesrc name=c ! video/x-raw{v} ! filesink name=e", 3],
    ["fakesrc name=c ! video/x-raw,width={v} ! filesink name=e", 3],
    ["fakesrc name=c ! video/x-raw, width=320, format={{{v}}} ! filesink name=e", 3],
    ["fakesrc name=c tee name=t {v}. ! filesink name=e", 3],
    ["fakesrc name=c tee name=t t{v}. ! filesink name=e", 3],
    ["fakesrc name=c tee name=t t.{v} ! filesink name=e", 3],
    ["fakesrc name=c ! .{v} filesink name=e", 2],
    ["fakesrc name=c ! {v}.( filesink name=e )", 3],
    ["fakesrc name=c ! filesink name=e queue {v}=1", 3],
    ["fakesrc name=c # {v}\n! filesink name=e", 2],
  ];
  const values = [
    ...[...CORPUS, "x", "30", "I420", "src", "fakesink", "pipeline"],
    ...[...randomValues(SEED + 1), ...randomValues(SEED + 2, WORD_PIECES)],
  ];
  const wanted = places.flatMap(([place, elements]) =>
    values
      .map((v) => ({ text: tryFormat(place, { v }), elements, place }))
      .filter(hasText)
  );
  const outcomes = await parseAll(
    wanted.map(({ text }) => ({ text, read: [["c", "num-buffers"], ["e", "location"]] })),
  );
  const parsed = new Set<string>();
  for (const [i, { text, elements, place }] of wanted.entries()) {
    const outcome = outcomes[i]!;
    if ("error" in outcome) continue;
    parsed.add(place);
    assertEquals(outcome.factories.length, elements, text);
    assertEquals(outcome.values, [-1, null], text);
  }
  assertGreater(parsed.size, 12);
});

Deno.test("formatTemplate() adds no element wherever a placeholder stands", async () => {
  const pipelines = [
    "videotestsrc num-buffers=1 name=a ! video/x-raw, width=16, format={{I420, NV12}} ! tee name=t " +
    't. ! queue ! filesink location="/tmp/a b" t.src_1 ! fakesink',
    "( name=b fakesrc ! queue max-size-time = 0 ) ! bin.( identity name='i' ) ! " +
    'filesink location=a\\ b\\\\c name="o \\"12\\" \\\\." playbin uri="file:///x"',
  ];
  const random = randomNumbers(SEED + 3);
  const wanted = Array.from({ length: COUNT * 10 }, () => {
    const pipeline = pipelines[random(pipelines.length)]!;
    const at = random(pipeline.length + 1);
    const place = pipeline.slice(0, at) + "{v}" + pipeline.slice(at);
    const v = random(3) === 0
      ? CORPUS[random(CORPUS.length)]!
      : randomText(random, random(2) === 0 ? WORD_PIECES : PIECES);
    // where a word is needed, an element's name is the least
    const least = tryFormat(place, { v: "" }) ?? tryFormat(place, { v: "identity" });
    return { text: tryFormat(place, { v }), least: least ?? "" };
  }).filter(hasText);
  const outcomes = await parseAll(wanted.map(({ text }) => ({ text, read: [] })));
  const expected = await parseAll(wanted.map(({ least }) => ({ text: least, read: [] })));
  let compared = 0;
  for (const [i, { text }] of wanted.entries()) {
    const [outcome, least] = [outcomes[i]!, expected[i]!];
    if ("error" in outcome || "error" in least) continue;
    compared++;
    assertEquals(outcome.factories.length, least.factories.length, text);
  }
  assertGreater(compared, COUNT);
});

Deno.test("formatTemplate() knows the properties that hold an element", async () => {
  const properties = await elementProperties();
  assert(properties.has("video-sink") && properties.has("muxer"), [...properties].join());
  for (const property of properties) {
    assertEquals(tryFormat(`a ${property}={v}`, { v: "b ! c" }), null, property);
  }
});

/** Properties of the type GstElement of all elements that are installed. */
async function elementProperties(): Promise<Set<string>> {
  const { stdout } = await run("gst-inspect-1.0", ["--print-all"]);
  const properties = new Set<string>();
  let last = "";
  for (const line of stdout.split("\n")) {
    last = /^\w+: {3}([a-z][a-z0-9-]*) *: /.exec(line)?.[1] ?? last;
    if (/Object of type "Gst(?:Element|Bin|Pipeline)"/.test(line)) properties.add(last);
  }
  return properties;
}

function hasText<T extends { text: string | null }>(each: T): each is T & { text: string } {
  return each.text !== null;
}
