/**
 * What an element is and takes, as GStreamer's registry and the element itself tell it.
 *
 * @module
 */
import { cString, readCString, takeCString } from "../../ffi/cstring.ts";
import { GstError } from "../../ffi/errors.ts";
import { listItems } from "../../ffi/glist.ts";
import { glib, gst } from "../../ffi/gst.ts";
import { ENUMS, OFFSETS } from "../../ffi/layout.ts";
import { capsText } from "../gst/caps.ts";
import { debianPackageOf } from "../gst/debian_packages.ts";
import { missingHint } from "../gst/missing_element.ts";
import { describeProperties, type PropertyInfo } from "./property_info.ts";

/** An element that is installed. */
export interface ElementSummary {
  /** The name by which a pipeline's text calls it. */
  name: string;
  /** What it is, in some words. */
  longName: string;
  /** What kind of element it is, such as `Codec/Encoder/Video`. */
  klass: string;
  /** The plugin that has it. */
  plugin: string;
}

/** A kind of pad that an element can have. */
export interface PadInfo {
  /** Its name, such as `sink` or `video_%u`. */
  name: string;
  /** Whether data comes in or goes out. */
  direction: "sink" | "src";
  /** Whether the element has it always, sometimes (as a demuxer), or when asked (as a tee). */
  presence: "always" | "sometimes" | "request";
  /** What it takes or gives, as GStreamer writes it. */
  caps: string;
}

/** An element's description. */
export interface ElementInfo extends ElementSummary {
  /** What it does. */
  description: string;
  /** Who wrote it. */
  author: string;
  /** How much those that choose elements by themselves prefer it; 0 is never. */
  rank: number;
  /** The plugin's version and file. */
  pluginVersion: string;
  /** The plugin's file; null where it is part of a library or a program. */
  pluginFile: string | null;
  /** The Debian package that has it, as far as that is known. */
  debianPackage: string | null;
  /** The pads that it can have. */
  pads: PadInfo[];
  /** Its properties, those of its base classes among them, by name. */
  properties: PropertyInfo[];
}

/**
 * The elements that are installed, by name.
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
  const list = gst().gst_registry_get_feature_list(
    gst().gst_registry_get(),
    gst().gst_element_factory_get_type(),
  );
  const elements = listItems(list).map(summarize);
  gst().gst_plugin_feature_list_free(list);
  return elements.sort((a, b) => a.name < b.name ? -1 : 1);
}

/**
 * Describes an element: what it is, its pads and its properties with their defaults. It makes one of the kind for a
 * moment, since elements change the defaults of their base classes.
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
 * @throws {TypeError} if the name is not a string that C can hold.
 * @throws {GstError} if there is no such element, or it cannot be made.
 */
export function inspectElement(name: string): ElementInfo {
  const factory = gst().gst_element_factory_find(cString(name));
  if (factory === null) {
    throw new GstError(`There is no element "${name}"`, { hint: missingHint(name) });
  }
  const element = gst().gst_element_factory_create(factory, null);
  try {
    if (element === null) throw new GstError(`${name} is installed, but cannot be made`);
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

/** The pads, sinks first: the registry has them in an order that depends on how it was made. */
function describePads(factory: Deno.PointerObject): PadInfo[] {
  const templates = listItems(gst().gst_element_factory_get_static_pad_templates(factory));
  const key = ({ direction, name }: PadInfo) => `${direction} ${name}`;
  return templates.map(describePad).sort((a, b) => key(a) < key(b) ? -1 : 1);
}

function summarize(factory: Deno.PointerObject): ElementSummary {
  return {
    name: takeCString(glib(), gst().gst_object_get_name(factory)) ?? "",
    longName: metadata(factory, "long-name"),
    klass: metadata(factory, "klass"),
    plugin: textOf(gst().gst_plugin_feature_get_plugin_name(factory)) ?? "",
  };
}

function metadata(factory: Deno.PointerObject, key: string): string {
  return textOf(gst().gst_element_factory_get_metadata(factory, cString(key))) ?? "";
}

/** Text that stays C's; null is null. */
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

/** Describes a GstStaticPadTemplate. */
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
