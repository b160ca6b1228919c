/**
 * Sinks that show video, on machines without a display.
 *
 * @module
 */
import { cString, readCString } from "../../ffi/cstring.ts";
import { GstError } from "../../ffi/errors.ts";
import { glib, gst } from "../../ffi/gst.ts";
import { ENUMS } from "../../ffi/layout.ts";
import { listElements } from "./bin.ts";
import { pathOf } from "./object.ts";

/** An element that ends the process where it finds no display: a thread of DirectFB outlives what it works on. */
const CRASHING_SINK = "dfbvideosink";

/** What to do where video cannot be shown. */
export const DISPLAY_ADVICE =
  "Set DISPLAY or WAYLAND_DISPLAY to a display that this user may use, " +
  "or put fakesink in its place";

let isExcluded = false;

/**
 * Keeps elements such as autovideosink from choosing a sink that ends the process without a display. They try all that are
 * installed, whatever came before.
 */
export function excludeCrashingSinks(): void {
  if (isExcluded) return;
  isExcluded = true;
  const factory = gst().gst_element_factory_find(cString(CRASHING_SINK));
  if (factory === null) return;
  gst().gst_plugin_feature_set_rank(factory, ENUMS.GST_RANK_NONE);
  gst().gst_object_unref(factory);
}

/**
 * Returns why an element named in a pipeline's text cannot be used without ending the process; undefined if it can.
 *
 * @param element The name of its factory.
 */
export function displayProblem(element: string): string | undefined {
  if (element !== CRASHING_SINK) return undefined;
  const hasDisplay = isSet("DISPLAY") ||
    glib().g_file_test(cString("/dev/fb0"), ENUMS.G_FILE_TEST_EXISTS) !== 0;
  return hasDisplay
    ? undefined
    : `${element} needs a display or a framebuffer, and there is none: put fakesink in its place`;
}

/**
 * Returns what to do about a pipeline that does not start for a reason that no element has reported; undefined if it shows no
 * video, or a display is set.
 *
 * @param pipeline A GstPipeline; the caller keeps it.
 */
export function displayHint(pipeline: Deno.PointerObject): string | undefined {
  if (isSet("DISPLAY") || isSet("WAYLAND_DISPLAY")) return undefined;
  const isShown = listElements(pipeline).map((element) => {
    const factory = gst().gst_element_get_factory(element);
    const klass = factory && gst().gst_element_factory_get_metadata(factory, cString("klass"));
    gst().gst_object_unref(element);
    return klass !== null && /Sink.*Video/.test(readCString(klass));
  }).includes(true);
  return isShown ? DISPLAY_ADVICE : undefined;
}

/** Whether the environment, as elements see it, has a variable. */
function isSet(name: string): boolean {
  const value = glib().g_getenv(cString(name));
  return value !== null && readCString(value) !== "";
}

/**
 * Checks that a pipeline that has started shows its video: without a display, autovideosink discards it.
 *
 * @param pipeline A GstPipeline; the caller keeps it.
 * @throws {GstError} If it does not.
 */
export function checkDisplay(pipeline: Deno.PointerObject): void {
  const sink = gst().gst_bin_get_by_name(pipeline, cString("fake-video-sink"));
  if (sink === null) return;
  const path = pathOf(sink);
  gst().gst_object_unref(sink);
  const [, auto] = /^(.*\/GstAutoVideoSink:[^/]+)\//.exec(path) ?? [];
  if (auto === undefined) return;
  throw new GstError(`${auto}: no display was found to show the video`, {
    path: auto,
    hint: DISPLAY_ADVICE,
  });
}
