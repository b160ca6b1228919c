/**
 * Element factories: which are installed, and which pads their elements have.
 *
 * @module
 */
import { cString, readCString } from "../../ffi/cstring.ts";
import { listItems } from "../../ffi/glist.ts";
import { gst } from "../../ffi/gst.ts";
import { ENUMS, OFFSETS } from "../../ffi/layout.ts";
import { nameOf } from "./object.ts";

/**
 * Returns whether an element of this name is installed (GStreamer: an element factory).
 *
 * @param name The factory's name, such as `x264enc`.
 *
 * @example
 * ```ts
 * import { hasElement } from "@gstp/gstp";
 * import { assert } from "@std/assert";
 *
 * assert(hasElement("tee"));
 * assert(!hasElement("nosuchelement"));
 * ```
 *
 * @throws {TypeError} If the name is not a string, or contains a NUL.
 * @throws {GstError} If GStreamer cannot be opened or initialized.
 */
export function hasElement(name: string): boolean {
  const factory = gst().gst_element_factory_find(cString(name));
  if (factory !== null) gst().gst_object_unref(factory);
  return factory !== null;
}

/** Returns what a function returns for each installed factory, which is borrowed. */
export function mapFactories<T>(map: (factory: Deno.PointerObject) => T): T[] {
  const list = gst().gst_registry_get_feature_list(
    gst().gst_registry_get(),
    gst().gst_element_factory_get_type(),
  );
  try {
    return listItems(list).map(map);
  } finally {
    gst().gst_plugin_feature_list_free(list);
  }
}

/** Returns the names of all installed elements. */
export function elementNames(): string[] {
  return mapFactories(nameOf);
}

/** The pads of one direction that elements of a factory can have. */
export interface PadSide {
  /** Whether there can be more than one. */
  readonly areSeveral: boolean;
  /** Whether there are request pads. */
  readonly areEndless: boolean;
  /** The names of their templates, such as `sink` and `src_%u`. */
  readonly names: readonly string[];
}

/** The pads that elements of a factory can have. */
export interface PadSides {
  /** The sink pads. */
  readonly sink: PadSide;
  /** The source pads. */
  readonly src: PadSide;
}

/** The factories looked up so far: pipelines name the same elements repeatedly. */
const known = new Map<string, PadSides>();

/** Returns the pads that elements of a factory can have; none if it is not installed. */
export function padSides(factory: string): PadSides {
  const found = known.get(factory) ?? lookUpPads(factory);
  known.set(factory, found);
  return found;
}

function lookUpPads(name: string): PadSides {
  const factory = gst().gst_element_factory_find(cString(name));
  const templates = factory === null
    ? []
    : listItems(gst().gst_element_factory_get_static_pad_templates(factory)).map(readTemplate);
  if (factory !== null) gst().gst_object_unref(factory);
  const side = (direction: number): PadSide => {
    const kinds = templates.filter((template) => template.direction === direction);
    return {
      areSeveral: kinds.length > 1 ||
        kinds.some(({ presence }) => presence !== ENUMS.GST_PAD_ALWAYS),
      areEndless: kinds.some(({ presence }) => presence === ENUMS.GST_PAD_REQUEST),
      names: kinds.map(({ name }) => name),
    };
  };
  return { sink: side(ENUMS.GST_PAD_SINK), src: side(ENUMS.GST_PAD_SRC) };
}

function readTemplate(template: Deno.PointerObject) {
  const view = new Deno.UnsafePointerView(template);
  return {
    name: readCString(view.getPointer(OFFSETS["GstStaticPadTemplate.name_template"])!),
    direction: view.getInt32(OFFSETS["GstStaticPadTemplate.direction"]),
    presence: view.getInt32(OFFSETS["GstStaticPadTemplate.presence"]),
  };
}
