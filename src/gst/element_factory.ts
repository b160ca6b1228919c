/**
 * What is installed.
 *
 * @module
 */
import { cString, readCString } from "../../ffi/cstring.ts";
import { listItems } from "../../ffi/glist.ts";
import { gst } from "../../ffi/gst.ts";
import { ENUMS, OFFSETS } from "../../ffi/layout.ts";

/**
 * Whether an element is installed.
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
 * @throws {TypeError} if the name is not a string that C can hold.
 */
export function hasElement(name: string): boolean {
  const factory = gst().gst_element_factory_find(cString(name));
  if (factory !== null) gst().gst_object_unref(factory);
  return factory !== null;
}

/** The pads that a kind of element can have on one side. */
export interface PadSide {
  /** Whether it can have more than one. */
  readonly areSeveral: boolean;
  /** Whether it makes one more whenever it is asked. */
  readonly areEndless: boolean;
  /** Their names, such as `sink` and `src_%u`. */
  readonly names: readonly string[];
}

/** The pads that a kind of element can have. */
export interface PadSides {
  /** Where data comes in. */
  readonly sink: PadSide;
  /** Where data goes out. */
  readonly src: PadSide;
}

/** What was looked up: a pipeline's text names the same elements again and again. */
const known = new Map<string, PadSides>();

/** The pads that elements of a factory can have; none where that is not installed. */
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
