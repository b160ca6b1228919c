/**
 * Descriptions of the properties of GObjects.
 *
 * @module
 */
import { readCString } from "../../ffi/cstring.ts";
import { glib, gobject } from "../../ffi/gst.ts";
import { ENUMS, OFFSETS, SIZES } from "../../ffi/layout.ts";
import { getProperty, type PropertyValue } from "../gst/properties.ts";
import type { State } from "../gst/state.ts";

/** A value of an enum or flags property. */
export interface PropertyChoice {
  /** The nick (GStreamer's short name of the value), as in a pipeline's text. */
  nick: string;
  /** What the value means. */
  description: string;
  /** The number of the value. */
  value: number;
}

/** The description of an element's property. */
export interface PropertyInfo {
  /** The property's name. */
  name: string;
  /** What the property is for. */
  description: string;
  /** The name of its GType, such as `gint`, `gchararray` or `GstCaps`. */
  type: string;
  /** Whether the property can be read. */
  readable: boolean;
  /** Whether the property can be written. */
  writable: boolean;
  /** Whether the property can be set only when the element is created, which a pipeline's text cannot do. */
  constructOnly: boolean;
  /** Whether a GstController can change the property over time. */
  controllable: boolean;
  /** The highest state in which a change takes effect; null if the element does not say. */
  changeableIn: State | null;
  /** Whether the property is deprecated. */
  deprecated: boolean;
  /** The value in a new element; null if it has none. */
  default: PropertyValue;
  /** The minimum; text for a fraction, null for a property that is not a number. */
  min: PropertyValue;
  /** The maximum; text for a fraction, null for a property that is not a number. */
  max: PropertyValue;
  /** The values of an enum or flags; empty for other types. */
  choices: PropertyChoice[];
  /** Whether the values are flags, which `+` combines. */
  combinable: boolean;
}

/** Describes the properties of an object, by name; the caller keeps the object. */
export function describeProperties(object: Deno.PointerObject): PropertyInfo[] {
  const objectClass = new Deno.UnsafePointerView(object)
    .getPointer(OFFSETS["GTypeInstance.g_class"]);
  const count = new Uint32Array(1);
  const list = gobject().g_object_class_list_properties(objectClass, count);
  if (list === null) return [];
  const view = new Deno.UnsafePointerView(list);
  const specs = Array.from({ length: count[0]! }, (_, i) => view.getPointer(i * 8)!);
  glib().g_free(list);
  return specs.map((spec) => describe(object, spec))
    .sort((a, b) => a.name < b.name ? -1 : 1);
}

/** Describes a GParamSpec, which belongs to the object's class. */
function describe(object: Deno.PointerObject, spec: Deno.PointerObject): PropertyInfo {
  const view = new Deno.UnsafePointerView(spec);
  const flags = view.getUint32(OFFSETS["GParamSpec.flags"]);
  const type = view.getBigUint64(OFFSETS["GParamSpec.value_type"]);
  const name = textOf(gobject().g_param_spec_get_name(spec));
  const has = (flag: number) => (flags & flag) !== 0;
  const [min, max] = rangeOf(view, type);
  return {
    name,
    description: textOf(gobject().g_param_spec_get_blurb(spec)),
    type: typeName(type),
    readable: has(ENUMS.G_PARAM_READABLE),
    writable: has(ENUMS.G_PARAM_WRITABLE),
    constructOnly: has(ENUMS.G_PARAM_CONSTRUCT_ONLY),
    controllable: has(ENUMS.GST_PARAM_CONTROLLABLE),
    changeableIn: CHANGEABLE.find(([flag]) => has(flag))?.[1] ?? null,
    deprecated: has(ENUMS.G_PARAM_DEPRECATED),
    default: has(ENUMS.G_PARAM_READABLE) ? getProperty(object, name) : null,
    min,
    max,
    choices: choicesOf(view, type),
    combinable: Number(gobject().g_type_fundamental(type)) === ENUMS.G_TYPE_FLAGS,
  };
}

const CHANGEABLE: [flag: number, state: State][] = [
  [ENUMS.GST_PARAM_MUTABLE_PLAYING, "playing"],
  [ENUMS.GST_PARAM_MUTABLE_PAUSED, "paused"],
  [ENUMS.GST_PARAM_MUTABLE_READY, "ready"],
];

function textOf(pointer: Deno.PointerValue): string {
  return pointer === null ? "" : readCString(pointer);
}

function typeName(type: bigint): string {
  return textOf(gobject().g_type_name(type));
}

type View = Deno.UnsafePointerView;

/** Functions that read the range of a number, by fundamental type. */
const RANGES: Record<number, (view: View) => [min: number | bigint, max: number | bigint]> = {
  [ENUMS.G_TYPE_CHAR]: (view) => [
    view.getInt8(OFFSETS["GParamSpecChar.minimum"]),
    view.getInt8(OFFSETS["GParamSpecChar.maximum"]),
  ],
  [ENUMS.G_TYPE_UCHAR]: (view) => [
    view.getUint8(OFFSETS["GParamSpecChar.minimum"]),
    view.getUint8(OFFSETS["GParamSpecChar.maximum"]),
  ],
  [ENUMS.G_TYPE_INT]: (view) => [
    view.getInt32(OFFSETS["GParamSpecInt.minimum"]),
    view.getInt32(OFFSETS["GParamSpecInt.maximum"]),
  ],
  [ENUMS.G_TYPE_UINT]: (view) => [
    view.getUint32(OFFSETS["GParamSpecInt.minimum"]),
    view.getUint32(OFFSETS["GParamSpecInt.maximum"]),
  ],
  [ENUMS.G_TYPE_LONG]: signed64,
  [ENUMS.G_TYPE_ULONG]: unsigned64,
  [ENUMS.G_TYPE_INT64]: signed64,
  [ENUMS.G_TYPE_UINT64]: unsigned64,
  [ENUMS.G_TYPE_FLOAT]: (view) => [
    view.getFloat32(OFFSETS["GParamSpecFloat.minimum"]),
    view.getFloat32(OFFSETS["GParamSpecFloat.maximum"]),
  ],
  [ENUMS.G_TYPE_DOUBLE]: (view) => [
    view.getFloat64(OFFSETS["GParamSpecDouble.minimum"]),
    view.getFloat64(OFFSETS["GParamSpecDouble.maximum"]),
  ],
};

function signed64(view: View): [bigint, bigint] {
  return [
    view.getBigInt64(OFFSETS["GParamSpecInt64.minimum"]),
    view.getBigInt64(OFFSETS["GParamSpecInt64.maximum"]),
  ];
}

function unsigned64(view: View): [bigint, bigint] {
  return [
    view.getBigUint64(OFFSETS["GParamSpecInt64.minimum"]),
    view.getBigUint64(OFFSETS["GParamSpecInt64.maximum"]),
  ];
}

function rangeOf(view: View, type: bigint): [min: PropertyValue, max: PropertyValue] {
  if (typeName(type) === "GstFraction") {
    const at = (name: "min_num" | "min_den" | "max_num" | "max_den") =>
      view.getInt32(OFFSETS[`GstParamSpecFraction.${name}`]);
    return [`${at("min_num")}/${at("min_den")}`, `${at("max_num")}/${at("max_den")}`];
  }
  return RANGES[Number(gobject().g_type_fundamental(type))]?.(view) ?? [null, null];
}

/** Returns the values of an enum or flags. */
function choicesOf(view: View, type: bigint): PropertyChoice[] {
  switch (Number(gobject().g_type_fundamental(type))) {
    case ENUMS.G_TYPE_ENUM: {
      const enumClass = new Deno.UnsafePointerView(
        view.getPointer(OFFSETS["GParamSpecEnum.enum_class"])!,
      );
      const count = enumClass.getUint32(OFFSETS["GEnumClass.n_values"]);
      return valuesOf("GEnum", enumClass, count);
    }
    case ENUMS.G_TYPE_FLAGS: {
      const flagsClass = new Deno.UnsafePointerView(
        view.getPointer(OFFSETS["GParamSpecFlags.flags_class"])!,
      );
      const count = flagsClass.getUint32(OFFSETS["GFlagsClass.n_values"]);
      return valuesOf("GFlags", flagsClass, count);
    }
    default:
      return [];
  }
}

function valuesOf(kind: "GEnum" | "GFlags", typeClass: View, count: number): PropertyChoice[] {
  const values = typeClass.getPointer(OFFSETS[`${kind}Class.values`]);
  if (values === null) return [];
  const view = new Deno.UnsafePointerView(values);
  return Array.from({ length: count }, (_, i) => {
    const at = i * SIZES[`${kind}Value`];
    const number = at + OFFSETS[`${kind}Value.value`];
    return {
      nick: textOf(view.getPointer(at + OFFSETS[`${kind}Value.value_nick`])),
      description: textOf(view.getPointer(at + OFFSETS[`${kind}Value.value_name`])),
      value: kind === "GEnum" ? view.getInt32(number) : view.getUint32(number),
    };
  });
}
