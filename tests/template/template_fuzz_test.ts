/**
 * Templates against GStreamer: whatever a value holds, the pipeline keeps its elements, and a property gets the value
 * unchanged. Values come from the corpus and from a seeded generator; FUZZ_SEED and FUZZ_COUNT in the environment look
 * further. GStreamer runs in a child, so that a crash fails a test instead of ending them all.
 */
import { assert, assertEquals, assertGreater } from "@std/assert";
import { GstParseError } from "../../mod.ts";
import { checkLinks } from "../../src/launch/check_links.ts";
import { padSides } from "../../src/gst/element_factory.ts";
import { lex } from "../../src/launch/lexer.ts";
import { formatTemplate, TemplateError, type TemplateValue } from "../../src/template/template.ts";
import type { Case, Outcome } from "../corpus/template/parse.ts";
import TEXTS from "../corpus/template/texts.json" with { type: "json" };
import CORPUS from "../corpus/template/values.json" with { type: "json" };
import { randomNumbers } from "../helpers/random.ts";
import { run } from "../helpers/run.ts";

const SEED = Number(Deno.env.get("FUZZ_SEED") ?? 1);
const COUNT = Number(Deno.env.get("FUZZ_COUNT") ?? 300);

/** Pieces of values: what GStreamer's lexer or a property's type has a use for, and some that they have not. */
const PIECES = [
  ..."abfix019_-%:!=\"'\\/.,;(){}[]<>#@+$~ \t\n\v\f\r".split(""),
  ...[
    "! ",
    " ! ",
    "\\!",
    "! a/b",
    " = ",
    "\\\\",
    '\\"',
    "\\'",
    "\\ ",
    '" ',
    "://",
    "a/b",
    ", ",
    "::",
    "{{",
    "}}",
  ],
  ...["filesink", "queue", "location=/tmp/evil", "name=evil", "num-buffers=5", "video/x-raw"],
  ...["é", "\u00a0", "\u2028", "日", "😀", "\u0001", "\u007f", "NULL", "\\303", "c.", "c. ! "],
];

/** Pieces that are not refused on their own where there is no property. */
const WORD_PIECES = PIECES.filter((piece) => /^[A-Za-z0-9_+.:,/%=-]+$/.test(piece));

function randomText(random: (limit: number) => number, pieces = PIECES): string {
  return Array.from({ length: 1 + random(10) }, () => pieces[random(pieces.length)]).join("");
}

function randomValues(seed: number, pieces = PIECES): string[] {
  const random = randomNumbers(seed);
  return Array.from({ length: COUNT }, () => randomText(random, pieces));
}

/** Parses pipelines in a child; a crash is told together with the pipeline that it came of. */
async function parseAll(
  cases: readonly Case[],
  env: Record<string, string> = {},
): Promise<Outcome[]> {
  const child = new URL("../corpus/template/parse.ts", import.meta.url).href;
  const { code, stdout, stderr } = await run(Deno.execPath(), ["run", "-A", child], {
    stdin: JSON.stringify(cases),
    timeoutSec: 120 + cases.length / 20,
    env: { G_MESSAGES_DEBUG: "", ...env },
  });
  const outcomes = stdout.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
  const next = JSON.stringify(cases[outcomes.length]?.text);
  assertEquals(code, 0, `GStreamer's process ended at ${next}:\n${stderr.slice(-2000)}`);
  assertEquals(outcomes.length, cases.length);
  return outcomes;
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

Deno.test("lex() finds the words that GStreamer finds", async () => {
  // without "#": only newer versions of GStreamer know comments within lines
  const pieces = PIECES.filter((piece) => /^[^#\n]*$/.test(piece));
  const random = randomNumbers(SEED + 4);
  const texts = [...TEXTS, ...Array.from({ length: COUNT * 10 }, () => randomText(random, pieces))]
    .filter(reachesGStreamer);
  const log = await Deno.makeTempFile();
  try {
    await parseAll(
      texts.flatMap((text) => [{ text: `start ) ${text}`, read: [] }, { text: "stop", read: [] }]),
      { GST_DEBUG: "GST_PIPELINE:5", GST_DEBUG_NO_COLOR: "1", GST_DEBUG_FILE: log },
    );
    const found = wordsInLog(await Deno.readTextFile(log));
    if (found.length === 0) return console.log("GStreamer is built without its debugging log");
    assertEquals(found.length, texts.length);
    for (const [i, text] of texts.entries()) assertEquals(found[i], wordsOf(text), text);
  } finally {
    await Deno.remove(log);
  }
});

/** Whether a text is not refused before GStreamer reads it. */
function reachesGStreamer(text: string): boolean {
  try {
    checkLinks(lex(text), padSides);
    return true;
  } catch (error) {
    if (!(error instanceof GstParseError)) throw error;
    return false;
  }
}

/** What GStreamer's log calls the words that have more than one character. */
const LOG_NAMES: Record<string, string> = {
  ASSIGNMENT: "assignment",
  PRESET: "preset",
  PADREF: "pad",
  REF: "reference",
  BINREF: "bin",
  IDENTIFIER: "identifier",
  LINK: "caps",
  URL: "uri",
};

/** The words of each text in a log: those after "start )", up to "stop". */
function wordsInLog(log: string): string[][] {
  const texts: string[][] = [];
  let current: string[] = [];
  for (const line of log.split("\n")) {
    const [, name, word] = / flex: ([A-Za-z ]+): ([^]*)$/.exec(line) ?? [];
    if (name === "IDENTIFIER" && word === "start") current = [];
    else if (name === "IDENTIFIER" && word === "stop") texts.push(current.slice(1));
    else if (name !== undefined && name !== "SPACE") current.push(logged(name, word!));
  }
  // half a character in the log is where GStreamer stopped
  return texts.map((words) => words.filter((word) => word !== "\ufffd"));
}

function logged(name: string, word: string): string {
  if (name === "OPERATOR") return word.slice(1, -1);
  const kind = LOG_NAMES[name];
  if (kind === undefined || name === "LINK" && word.length === 1) return word;
  // of these, the log has a part only
  return ["pad", "bin", "preset"].includes(kind) ? kind : `${kind} ${word}`;
}

/** The words that lex() finds; a character that is not ASCII ends GStreamer's text, if it is no word's part. */
function wordsOf(text: string): string[] {
  const words = lex(text).map(({ kind, start, end }) =>
    kind.length === 1 || ["pad", "bin", "preset"].includes(kind)
      ? kind
      : `${kind} ${text.slice(start, end)}`
  );
  const stop = words.findIndex((word) => /^[^\0-\x7f]/.test(word));
  return stop < 0 ? words : words.slice(0, stop);
}

function hasText<T extends { text: string | null }>(each: T): each is T & { text: string } {
  return each.text !== null;
}
