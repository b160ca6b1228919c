/**
 * Pipeline text to native pipelines and bins.
 *
 * @module
 */
import { cString, readCString } from "../../ffi/cstring.ts";
import { type GErrorInfo, GErrorSlot } from "../../ffi/gerror.ts";
import { glib, gobject, gst } from "../../ffi/gst.ts";
import { ENUMS } from "../../ffi/layout.ts";
import { isNestedTooDeeply } from "../util/nesting.ts";
import { GstParseError } from "../util/errors.ts";
import { checkLinks, innerTexts } from "./link_graph.ts";
import { debianPackageOf } from "../gst/debian_packages.ts";
import { padSides } from "../gst/element_factory.ts";

/** gst_parse_launch_full() or its like. */
type ParseCall = (
  text: Uint8Array<ArrayBuffer>,
  context: Deno.PointerValue,
  error: BigUint64Array<ArrayBuffer>,
) => Deno.PointerValue;

/** A property and its value: a reference cannot be in there. */
const ASSIGNMENT =
  /(?<![\w%:-])[\w%:-]+\s*=\s*(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|(?:\\.|[^\s\\])+)/gs;
/** The start of a reference, such as `name.` or `name.pad`. */
const REFERENCE = /[\w%:-]\./;

/**
 * Bins put in front of text that holds references: GStreamer crashes on a link to a name where it made no element, be
 * it that the text has none or that a syntax error took them away. Such an error can also take the bin next to it.
 */
const GUARDS = ["gstp-guard-1", "gstp-guard-2"];
const GUARD_TEXT = GUARDS.map((name) => `( name=${name} bin ) `).join("");

/**
 * Parses pipeline text as gst-launch-1.0 does. A lone element is put into a pipeline.
 *
 * @returns A GstPipeline; the caller owns the reference.
 * @throws {GstParseError} if the text cannot be parsed or an element is missing.
 */
export function parsePipeline(description: string): Deno.PointerObject {
  const element = parse(
    description,
    (text, context, error) =>
      gst().gst_parse_launch_full(text, context, ENUMS.GST_PARSE_FLAG_FATAL_ERRORS, error),
  );
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
 * Parses the text of a bin; pads that are not linked become the bin's own (ghost pads `sink`, `src`).
 *
 * @returns A GstBin with a floating reference, for gst_bin_add() to take.
 * @throws {GstParseError} if the text cannot be parsed or an element is missing.
 */
export function parseBin(description: string): Deno.PointerObject {
  return parse(description, (text, context, error) =>
    gst().gst_parse_bin_from_description_full(
      text,
      1,
      context,
      ENUMS.GST_PARSE_FLAG_FATAL_ERRORS,
      error,
    ));
}

function parse(description: string, call: ParseCall): Deno.PointerObject {
  const plain = cString(description);
  if (isNestedTooDeeply(description)) {
    throw new GstParseError("Cannot parse the pipeline: too many brackets");
  }
  checkLinks(description, padSides);
  for (const inner of innerTexts(description)) checkInner(inner);
  const isGuarded = REFERENCE.test(description.replaceAll(ASSIGNMENT, ""));
  const text = isGuarded ? cString(GUARD_TEXT + description) : plain;
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
    if (result === null) throw new GstParseError("GStreamer returned no pipeline for this text");
    if (isGuarded) removeGuards(result);
    return result;
  } finally {
    gst().gst_parse_context_free(context);
  }
}

/** Checks text that GStreamer would read by itself as a pipeline's, by reading it with all care. */
function checkInner(text: string): void {
  if (!text.includes("!") || !REFERENCE.test(text)) return checkLinks(text, padSides);
  gst().gst_object_unref(gst().gst_object_ref_sink(parseBin(text)));
}

function removeGuards(bin: Deno.PointerObject): void {
  for (const name of GUARDS) {
    const guard = gst().gst_bin_get_by_name(bin, cString(name));
    gst().gst_bin_remove(bin, guard);
    gst().gst_object_unref(guard);
  }
}

/** Names of the elements that the parser did not find. */
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
    ? "gstp inspect ELEMENT lists an element's properties and what they take"
    : undefined;
  return new GstParseError(`Cannot parse the pipeline: ${message}`, { ...rest, hint });
}

/** What to install for an element, in a sentence. */
export function missingHint(element: string): string {
  const name = debianPackageOf(element);
  return name === undefined
    ? `No Debian package is known here for ${element}; check its spelling with: gstp inspect --search=${element}`
    : `${element} is in Debian's package ${name}: sudo apt-get install ${name}`;
}
