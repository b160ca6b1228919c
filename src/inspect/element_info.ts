/**
 * Descriptions of elements, from GStreamer's registry and the elements themselves.
 *
 * @module
 */
import { cString, readCString } from "../../ffi/cstring.ts";
import { GstError } from "../../ffi/errors.ts";
import { listItems } from "../../ffi/glist.ts";
import { gst } from "../../ffi/gst.ts";
import { ENUMS, OFFSETS } from "../../ffi/layout.ts";
import { capsText } from "../gst/caps.ts";
import { debianPackageOf } from "../gst/debian_packages.ts";
import { mapFactories } from "../gst/element_factory.ts";
import { missingHint } from "../gst/missing_element.ts";
import { nameOf } from "../gst/object.ts";
import { describeProperties, type PropertyInfo } from "./property_info.ts";

/** A summary of an installed element. */
export interface ElementSummary {
  /** The name of its factory, as in a pipeline's text. */
  name: string;
  /** The long name, such as `Video test source`. */
  longName: string;
  /** The class (GStreamer: `klass`), such as `Codec/Encoder/Video`. */
  klass: string;
  /** The name of its plugin. */
  plugin: string;
}

/** A pad template of an element. */
export interface PadInfo {
  /** The template's name, such as `sink` or `video_%u`. */
  name: string;
  /** Whether data flows in (`sink`) or out (`src`). */
  direction: "sink" | "src";
  /** Whether the pad always exists, appears with the stream (as a demuxer's), or is requested (as a tee's). */
  presence: "always" | "sometimes" | "request";
  /** The supported caps, as GStreamer writes them. */
  caps: string;
}

/** The description of an element. */
export interface ElementInfo extends ElementSummary {
  /** What the element does. */
  description: string;
  /** The authors. */
  author: string;
  /** The rank: autoplugging elements, such as decodebin, prefer a higher one, and never choose 0. */
  rank: number;
  /** The version of the plugin; empty if it has none. */
  pluginVersion: string;
  /** The path of the plugin's file; null for a plugin that is part of a library or a program. */
  pluginFile: string | null;
  /** The Debian package of the element; null if it is unknown. */
  debianPackage: string | null;
  /** The pad templates, sink pads first. */
  pads: PadInfo[];
  /** The properties, including those of base classes, sorted by name. */
  properties: PropertyInfo[];
}

/**
 * Returns summaries of all installed elements, sorted by name.
 *
 * @throws {GstError} If GStreamer cannot be opened or initialized.
 *
 * @example
 * ```ts
 * import { installedElements } from "@gstp/gstp";
 * import { assert } from "@std/assert";
 *
 * const elements = installedElements();
 * assert(elements.some(({ name, klass }) => name === "tee" && klass === "Generic"));
 * ```
 */
export function installedElements(): ElementSummary[] {
  return mapFactories(summarize).sort((a, b) => a.name < b.name ? -1 : 1);
}

/**
 * Returns the description of an element: its pad templates, and its properties with their defaults. It creates an instance
 * to read them from, and frees it.
 *
 * @param name The name of the element's factory, such as `x264enc`.
 *
 * @example
 * ```ts
 * import { inspectElement } from "@gstp/gstp";
 * import { assertEquals } from "@std/assert";
 *
 * const { pads, properties } = inspectElement("x264enc");
 * assertEquals(pads.map(({ name, presence }) => `${name} ${presence}`), ["sink always", "src always"]);
 * const bitrate = properties.find(({ name }) => name === "bitrate");
 * assertEquals([bitrate?.default, bitrate?.min, bitrate?.max], [2048, 1, 2048000]);
 * ```
 *
 * @throws {TypeError} If the name is not a string, or contains a NUL.
 * @throws {GstError} If the element is not installed, or cannot be created.
 */
export function inspectElement(name: string): ElementInfo {
  const factory = gst().gst_element_factory_find(cString(name));
  if (factory === null) {
    throw new GstError(`There is no element "${name}"`, { hint: missingHint(name) });
  }
  const element = gst().gst_element_factory_create(factory, null);
  try {
    if (element === null) {
      throw new GstError(`Cannot create element ${name}, though it is installed`);
    }
    gst().gst_object_ref_sink(element);
    return {
      ...summarize(factory),
      description: metadata(factory, "description"),
      author: metadata(factory, "author"),
      rank: gst().gst_plugin_feature_get_rank(factory),
      ...describePlugin(factory),
      debianPackage: debianPackageOf(name) ?? null,
      pads: describePads(factory),
      properties: describeProperties(element),
    };
  } finally {
    if (element !== null) gst().gst_object_unref(element);
    gst().gst_object_unref(factory);
  }
}

/** Describes the pad templates, sinks first: their order in the registry varies. */
function describePads(factory: Deno.PointerObject): PadInfo[] {
  const templates = listItems(gst().gst_element_factory_get_static_pad_templates(factory));
  const key = ({ direction, name }: PadInfo) => `${direction} ${name}`;
  return templates.map(describePad).sort((a, b) => key(a) < key(b) ? -1 : 1);
}

function summarize(factory: Deno.PointerObject): ElementSummary {
  return {
    name: nameOf(factory),
    longName: metadata(factory, "long-name"),
    klass: metadata(factory, "klass"),
    plugin: textOf(gst().gst_plugin_feature_get_plugin_name(factory)) ?? "",
  };
}

function metadata(factory: Deno.PointerObject, key: string): string {
  return textOf(gst().gst_element_factory_get_metadata(factory, cString(key))) ?? "";
}

/** Reads a C string that C keeps; returns null for null. */
function textOf(pointer: Deno.PointerValue): string | null {
  return pointer === null ? null : readCString(pointer);
}

function describePlugin(factory: Deno.PointerObject) {
  const plugin = gst().gst_plugin_feature_get_plugin(factory);
  if (plugin === null) return { pluginVersion: "", pluginFile: null };
  const pluginVersion = textOf(gst().gst_plugin_get_version(plugin)) ?? "";
  const pluginFile = textOf(gst().gst_plugin_get_filename(plugin));
  gst().gst_object_unref(plugin);
  return { pluginVersion, pluginFile };
}

const PRESENCES: Record<number, PadInfo["presence"]> = {
  [ENUMS.GST_PAD_ALWAYS]: "always",
  [ENUMS.GST_PAD_SOMETIMES]: "sometimes",
  [ENUMS.GST_PAD_REQUEST]: "request",
};

/** Describes a GstStaticPadTemplate, which belongs to its factory. */
function describePad(template: Deno.PointerObject): PadInfo {
  const view = new Deno.UnsafePointerView(template);
  const direction = view.getInt32(OFFSETS["GstStaticPadTemplate.direction"]);
  const presence = view.getInt32(OFFSETS["GstStaticPadTemplate.presence"]);
  const caps = gst().gst_static_pad_template_get_caps(template)!;
  const text = capsText(caps);
  gst().gst_mini_object_unref(caps);
  return {
    name: textOf(view.getPointer(OFFSETS["GstStaticPadTemplate.name_template"])) ?? "",
    direction: direction === ENUMS.GST_PAD_SINK ? "sink" : "src",
    presence: PRESENCES[presence]!,
    caps: text,
  };
}
