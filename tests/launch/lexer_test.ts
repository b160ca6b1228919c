/**
 * The tokens of pipeline texts, as GStreamer's own log of its lexer shows them.
 */
import { assertEquals } from "@std/assert";
import { GstParseError } from "../../mod.ts";
import { padSides } from "../../src/gst/element_factory.ts";
import { checkLinks } from "../../src/launch/check_links.ts";
import { lex } from "../../src/launch/lexer.ts";
import TEXTS from "../corpus/pipeline_texts.json" with { type: "json" };
import { COUNT, parseAll, PIECES, randomText, SEED } from "../helpers/pipeline_texts.ts";
import { randomNumbers } from "../helpers/random.ts";

Deno.test("lex() returns tokens with their text and place", () => {
  const text = "a b = 'c d' ! e/f !\n g. # h";
  const tokens = lex(text);
  assertEquals(tokens.map(({ kind, text }) => [kind, text]), [
    ["identifier", "a"],
    ["assignment", "b = 'c d'"],
    ["caps", "! e/f !"],
    ["reference", "g."],
    ["comment", "# h"],
  ]);
  for (const { text: word, start, end } of tokens) assertEquals(word, text.slice(start, end));
  assertEquals(lex(" \t\n"), []);
});

Deno.test("lex() finds the tokens that GStreamer finds", async () => {
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

/** Whether GStreamer gets to parse a text. */
function reachesGStreamer(text: string): boolean {
  try {
    checkLinks(lex(text), padSides);
    return true;
  } catch (error) {
    if (!(error instanceof GstParseError)) throw error;
    return false;
  }
}

/** The kinds of tokens with more than one character, by their names in GStreamer's log. */
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

/** The tokens of each text in a log: those after "start )", up to "stop". */
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

/** A token of the log, as {@link wordsOf} writes it. */
function logged(name: string, word: string): string {
  if (name === "OPERATOR") return word.slice(1, -1);
  const kind = LOG_NAMES[name];
  if (kind === undefined || name === "LINK" && word.length === 1) return word;
  // of these, the log holds a part only
  return ["pad", "bin", "preset"].includes(kind) ? kind : `${kind} ${word}`;
}

/** The tokens that lex() finds, up to a character outside of ASCII that is not part of one: GStreamer stops there. */
function wordsOf(text: string): string[] {
  const words = lex(text).map(({ kind, text }) =>
    kind.length === 1 || ["pad", "bin", "preset"].includes(kind) ? kind : `${kind} ${text}`
  );
  const stop = words.findIndex((word) => /^[^\0-\x7f]/.test(word));
  return stop < 0 ? words : words.slice(0, stop);
}
