/**
 * Parses the text of pipelines and bins into native ones.
 *
 * @module
 */
import { cString, readCString } from "../../ffi/cstring.ts";
import { type GErrorInfo, GErrorSlot } from "../../ffi/gerror.ts";
import { glib, gobject, gst } from "../../ffi/gst.ts";
import { ENUMS } from "../../ffi/layout.ts";
import { displayProblem, excludeCrashingSinks } from "../gst/display.ts";
import { padSides } from "../gst/element_factory.ts";
import { missingHint } from "../gst/missing_element.ts";
import { commandLine } from "../util/command_line.ts";
import { GstParseError } from "../util/errors.ts";
import { isNestedTooDeeply, MAX_BRACKETS } from "../util/nesting.ts";
import { checkLinks } from "./check_links.ts";
import { lex, type Token } from "./lexer.ts";
import { ELEMENT_PROPERTY, readValue, splitAssignment } from "./property_value.ts";

/** Calls gst_parse_launch_full() or its like. */
type ParseCall = (
  text: Uint8Array<ArrayBuffer>,
  context: Deno.PointerValue,
  error: BigUint64Array<ArrayBuffer>,
) => Deno.PointerValue;

const toPipeline: ParseCall = (text, context, error) =>
  gst().gst_parse_launch_full(text, context, ENUMS.GST_PARSE_FLAG_FATAL_ERRORS, error);

const toBin: ParseCall = (text, context, error) => {
  const flags = ENUMS.GST_PARSE_FLAG_FATAL_ERRORS;
  return gst().gst_parse_bin_from_description_full(text, 1, context, flags, error);
};

/** Text that C can hold, without comments, and its tokens. */
interface Source {
  readonly text: string;
  readonly tokens: readonly Token[];
  /** The comments that were removed. */
  readonly comments: readonly string[];
}

/** The kinds of tokens that hold links. */
const LINKS = ["!", ":", "caps"];

/**
 * Bins put in front of text that holds references: GStreamer crashes on a link to a name where it made no element, because
 * the text has none or because a syntax error removed them. Such an error can also remove the bin next to it.
 */
const GUARDS = ["gstp-guard-1", "gstp-guard-2"];
const GUARD_TEXT = GUARDS.map((name) => `( name=${name} bin ) `).join("");

/**
 * Parses pipeline text as gst-launch-1.0 does. A lone element is put into a pipeline. Comments, from `#` to the end of the
 * line, are ignored.
 *
 * @returns A GstPipeline; the caller owns the reference.
 * @throws {TypeError} If the text is not a string that C can hold.
 * @throws {GstParseError} If the text cannot be parsed or an element is missing.
 */
export function parsePipeline(description: string): Deno.PointerObject {
  const element = parse(readText(description), toPipeline);
  if (gobject().g_type_check_instance_is_a(element, gst().gst_pipeline_get_type())) {
    gst().gst_object_ref_sink(element);
    return element;
  }
  const pipeline = gst().gst_pipeline_new(null)!;
  gst().gst_object_ref_sink(pipeline);
  gst().gst_bin_add(pipeline, element);
  return pipeline;
}

/**
 * Parses the text of a bin. Pads that are not linked become the bin's own (ghost pads `sink`, `src`).
 *
 * @returns A GstBin with a floating reference, which gst_bin_add() takes over.
 * @throws {TypeError} If the text is not a string that C can hold.
 * @throws {GstParseError} If the text cannot be parsed or an element is missing.
 */
export function parseBin(description: string): Deno.PointerObject {
  return parse(readText(description), toBin);
}

/** Lexes text, and removes comments, which older versions of GStreamer parse as if they were none. */
function readText(description: string): Source {
  cString(description); // throws for what C cannot hold
  if (isNestedTooDeeply(description)) {
    throw parseProblem(`it has more than ${MAX_BRACKETS} opening brackets`);
  }
  let text = description;
  let tokens = lex(text);
  let comments: string[] = [];
  // without a comment, the tokens around it can be one
  while (holds(tokens, ["comment"])) {
    const found = tokens.filter(({ kind }) => kind === "comment");
    comments = comments.concat(found.map(({ text }) => text));
    text = blankOut(text, found);
    tokens = lex(text);
  }
  return { text, tokens, comments };
}

/** Puts blanks in the place of tokens. */
function blankOut(text: string, tokens: readonly Token[]): string {
  const starts = [0, ...tokens.map(({ end }) => end)];
  return starts.map((start, at) => text.slice(start, tokens[at]?.start)).join(" ");
}

/** Checks text and passes it to GStreamer. */
function parse({ text, tokens }: Source, call: ParseCall): Deno.PointerObject {
  excludeCrashingSinks();
  checkDisplays(tokens);
  if (call === toBin) checkBrackets(tokens);
  checkLinks(tokens, padSides);
  for (const inner of innerTexts(tokens)) checkInner(inner);
  if (!holds(tokens, ["reference"])) return build(cString(text), call);
  const bin = build(cString(GUARD_TEXT + text), call);
  removeGuards(bin);
  return bin;
}

/** Has GStreamer parse text that is checked. */
function build(text: Uint8Array<ArrayBuffer>, call: ParseCall): Deno.PointerObject {
  const context = gst().gst_parse_context_new();
  const slot = new GErrorSlot();
  try {
    const result = call(text, context, slot.out);
    const error = slot.take(glib());
    if (error !== null) {
      // a pipeline may come together with an error: it is half built
      if (result !== null) gst().gst_object_unref(result);
      const isMissing = error.code === ENUMS.GST_PARSE_ERROR_NO_SUCH_ELEMENT;
      throw parseError(error, isMissing ? missingElements(context) : []);
    }
    if (result === null) throw parseProblem("GStreamer returned none");
    return result;
  } finally {
    gst().gst_parse_context_free(context);
  }
}

/** A bracket too many would close the bin that GStreamer puts around a bin's text, and remove the guards. */
function checkBrackets(tokens: readonly Token[]): void {
  let open = 0;
  for (const { kind } of tokens) {
    if (kind === "(" || kind === "bin") open++;
    if (kind === ")") open--;
    if (open < 0) throw parseProblem('a ")" closes no bin');
  }
}

function holds(tokens: readonly Token[], kinds: readonly string[]): boolean {
  return tokens.some(({ kind }) => kinds.includes(kind));
}

/** The texts that GStreamer would parse as pipelines within a pipeline's text, if it has properties for them. */
function innerTexts(tokens: readonly Token[]): string[] {
  return tokens.filter(({ kind }) => kind === "assignment")
    .map(({ text }) => splitAssignment(text))
    .filter(({ name }) => ELEMENT_PROPERTY.test(name))
    .map(({ value }) => readValue(value));
}

/** Refuses sinks that would end the process when they start. */
function checkDisplays(tokens: readonly Token[]): void {
  for (const { kind, text } of tokens) {
    const problem = kind === "identifier" ? displayProblem(text) : undefined;
    if (problem !== undefined) throw parseProblem(problem);
  }
}

/** Checks text that GStreamer would parse by itself as a pipeline; where that could crash, by parsing it first, guarded. */
function checkInner(text: string): void {
  const source = readText(text);
  if (source.comments.some((comment) => /[!:]/.test(comment))) {
    throw parseProblem("a comment in the value of a property holds a link");
  }
  const { tokens } = source;
  checkDisplays(tokens);
  if (!holds(tokens, LINKS) || !holds(tokens, ["reference"])) return checkLinks(tokens, padSides);
  gst().gst_object_unref(gst().gst_object_ref_sink(parse(source, toBin)));
}

function removeGuards(bin: Deno.PointerObject): void {
  for (const name of GUARDS) {
    const guard = gst().gst_bin_get_by_name(bin, cString(name));
    gst().gst_bin_remove(bin, guard);
    gst().gst_object_unref(guard);
  }
}

/** The names of the elements that the parser did not find. */
function missingElements(context: Deno.PointerValue): string[] {
  const list = gst().gst_parse_context_get_missing_elements(context);
  if (list === null) return [];
  const view = new Deno.UnsafePointerView(list);
  const names: string[] = [];
  for (let at = 0;; at += 8) {
    const pointer = view.getPointer(at);
    if (pointer === null) break;
    names.push(readCString(pointer));
  }
  glib().g_strfreev(list);
  return [...new Set(names)];
}

/** The error of a text that GStreamer does not get to parse. */
function parseProblem(problem: string): GstParseError {
  return new GstParseError(`Cannot parse the pipeline: ${problem}`, {
    domain: "gst_parse_error",
    code: ENUMS.GST_PARSE_ERROR_SYNTAX,
  });
}

/** The error that GStreamer found. */
function parseError(error: GErrorInfo, missing: string[]): GstParseError {
  const { message, ...rest } = error;
  if (missing.length > 0) {
    return new GstParseError(`Missing element: ${missing.join(", ")}`, {
      ...rest,
      hint: missing.map(missingHint).join("\n"),
    });
  }
  const hint = error.code === ENUMS.GST_PARSE_ERROR_NO_SUCH_PROPERTY ||
      error.code === ENUMS.GST_PARSE_ERROR_COULD_NOT_SET_PROPERTY
    ? `${commandLine()} inspect ELEMENT lists an element's properties and their values`
    : undefined;
  return new GstParseError(`Cannot parse the pipeline: ${message}`, { ...rest, hint });
}
