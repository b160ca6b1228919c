/**
 * Pipeline text to native pipelines and bins.
 *
 * @module
 */
import { cString, readCString } from "../ffi/cstring.ts";
import { type GErrorInfo, GErrorSlot } from "../ffi/gerror.ts";
import { glib, gobject, gst } from "../ffi/gst.ts";
import { ENUMS } from "../ffi/layout.ts";
import { GstParseError } from "./errors.ts";
import { packageOf } from "./packages.ts";

/** gst_parse_launch_full() or its like. */
type ParseCall = (
  context: Deno.PointerValue,
  error: BigUint64Array<ArrayBuffer>,
) => Deno.PointerValue;

/**
 * Parses pipeline text as gst-launch-1.0 does. A lone element is put into a pipeline.
 *
 * @returns A GstPipeline; the caller owns the reference.
 * @throws {GstParseError} if the text cannot be parsed or an element is missing.
 */
export function parsePipeline(description: string): Deno.PointerObject {
  const text = cString(description);
  const element = parse((context, error) =>
    gst().gst_parse_launch_full(text, context, ENUMS.GST_PARSE_FLAG_FATAL_ERRORS, error)
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
  const text = cString(description);
  return parse((context, error) =>
    gst().gst_parse_bin_from_description_full(
      text,
      1,
      context,
      ENUMS.GST_PARSE_FLAG_FATAL_ERRORS,
      error,
    )
  );
}

function parse(call: ParseCall): Deno.PointerObject {
  const context = gst().gst_parse_context_new();
  const slot = new GErrorSlot();
  try {
    const result = call(context, slot.out);
    const error = slot.take(glib());
    if (error !== null) {
      // a pipeline may come together with an error: it is half built
      if (result !== null) gst().gst_object_unref(result);
      const isMissing = error.code === ENUMS.GST_PARSE_ERROR_NO_SUCH_ELEMENT;
      throw parseError(error, isMissing ? missingElements(context) : []);
    }
    if (result === null) throw new GstParseError("GStreamer returned no pipeline for this text");
    return result;
  } finally {
    gst().gst_parse_context_free(context);
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
  return names;
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
    ? "gst-inspect-1.0 ELEMENT lists an element's properties and what they take"
    : undefined;
  return new GstParseError(`Cannot parse the pipeline: ${message}`, { ...rest, hint });
}

/** What to install for an element, in a sentence. */
export function missingHint(element: string): string {
  const name = packageOf(element);
  return name === undefined
    ? `No Debian package is known here for ${element}; check its spelling with: gst-inspect-1.0 | grep ${element}`
    : `${element} is in Debian's package ${name}: sudo apt-get install ${name}`;
}
