/**
 * Properties of GObjects: set from text, read as JavaScript values.
 *
 * The caller keeps the object that a function reads or changes.
 *
 * @module
 */
import { cString, readCString, takeCString } from "../../ffi/cstring.ts";
import { glib, gobject, gst } from "../../ffi/gst.ts";
import { ENUMS, OFFSETS, SIZES } from "../../ffi/layout.ts";
import { commandLine } from "../util/command_line.ts";
import { isNestedTooDeeply } from "../util/nesting.ts";
import { nameOf } from "./object.ts";

/**
 * The value of a property. Enums, caps and other types without a counterpart in JavaScript are text; null is an unset value.
 */
export type PropertyValue = string | number | bigint | boolean | null;

/** The fields of a GParamSpec that are in use. */
interface PropertySpec {
  pointer: Deno.PointerObject;
  flags: number;
  type: bigint;
}

/**
 * Finds a property of an object.
 *
 * @throws {RangeError} If the object does not have it.
 */
function findProperty(object: Deno.PointerObject, name: string): PropertySpec {
  const spec = lookUpProperty(object, name);
  if (spec !== null) return spec;
  throw new RangeError(
    `${nameOf(object)} has no property "${name}" (${commandLine()} inspect lists them)`,
  );
}

function lookUpProperty(object: Deno.PointerObject, name: string): PropertySpec | null {
  const objectClass = new Deno.UnsafePointerView(object).getPointer(
    OFFSETS["GTypeInstance.g_class"],
  );
  const pointer = gobject().g_object_class_find_property(objectClass, cString(name));
  if (pointer === null) return null;
  const view = new Deno.UnsafePointerView(pointer);
  return {
    pointer,
    flags: view.getUint32(OFFSETS["GParamSpec.flags"]),
    type: view.getBigUint64(OFFSETS["GParamSpec.value_type"]),
  };
}

/** Returns whether an object has a property that can be read. */
export function hasProperty(object: Deno.PointerObject, name: string): boolean {
  const spec = lookUpProperty(object, name);
  return spec !== null && (spec.flags & ENUMS.G_PARAM_READABLE) !== 0;
}

/**
 * Sets a property from text, as a pipeline description does: enums by nick, caps and fractions as GStreamer writes them.
 *
 * @throws {RangeError} If the object has no such property, it is read-only, or it does not accept the value.
 */
export function setProperty(
  object: Deno.PointerObject,
  name: string,
  value: string | number | bigint | boolean,
): void {
  const spec = findProperty(object, name);
  if (!(spec.flags & ENUMS.G_PARAM_WRITABLE) || spec.flags & ENUMS.G_PARAM_CONSTRUCT_ONLY) {
    throw new RangeError(`Property "${name}" of ${nameOf(object)} cannot be written`);
  }
  const text = String(value);
  const gvalue = new Uint8Array(SIZES.GValue);
  gobject().g_value_init(gvalue, spec.type);
  try {
    // a string is set as it is: deserializing would interpret its quotes and backslashes
    if (gobject().g_type_fundamental(spec.type) === BigInt(ENUMS.G_TYPE_STRING)) {
      gobject().g_value_set_string(gvalue, cString(text));
    } else if (!deserialize(gvalue, spec.type, text)) {
      throw new RangeError(`Property "${name}" of ${nameOf(object)} does not take "${value}"`);
    }
    if (gobject().g_param_value_validate(spec.pointer, gvalue)) {
      throw new RangeError(`Property "${name}" of ${nameOf(object)} is out of range: ${value}`);
    }
    gobject().g_object_set_property(object, cString(name), gvalue);
  } finally {
    gobject().g_value_unset(gvalue);
  }
}

const INTEGERS: number[] = [
  ENUMS.G_TYPE_INT,
  ENUMS.G_TYPE_UINT,
  ENUMS.G_TYPE_INT64,
  ENUMS.G_TYPE_UINT64,
];
const NUMBERS = [...INTEGERS, ENUMS.G_TYPE_ENUM, ENUMS.G_TYPE_FLOAT, ENUMS.G_TYPE_DOUBLE];

/** Sets a GValue of a known type from text; returns whether the type accepts the text. */
function deserialize(gvalue: Uint8Array<ArrayBuffer>, type: bigint, text: string): boolean {
  const kind = Number(gobject().g_type_fundamental(type));
  if (text === "" && NUMBERS.includes(kind)) return false; // GStreamer would read 0
  if (isNestedTooDeeply(text)) return false;
  if (!gst().gst_value_deserialize(gvalue, cString(text))) return false;
  // GStreamer truncates a number that is too large; -1 stands for the largest one
  if (!INTEGERS.includes(kind) || !/^-?\d+$/.test(text) || text === "-1") return true;
  return Number(text) === Number(readGValue(gvalue, type));
}

/**
 * Reads a property.
 *
 * @throws {RangeError} If the object has no such property, or it is write-only.
 */
export function getProperty(object: Deno.PointerObject, name: string): PropertyValue {
  return withProperty(object, name, readGValue);
}

/**
 * Reads fields of a property of type GstStructure, such as `stats`.
 *
 * @returns What `read` returns for the structure, which is valid only during the call; null if the property holds none.
 * @throws {RangeError} If the object has no such property, or it is write-only.
 */
export function readStructureProperty<T>(
  object: Deno.PointerObject,
  name: string,
  read: (structure: Deno.PointerObject) => T,
): T | null {
  return withProperty(object, name, (gvalue) => {
    const structure = gst().gst_value_get_structure(gvalue);
    return structure === null ? null : read(structure);
  });
}

/** Calls a function with a GValue of a property's value, which is valid only during the call. */
function withProperty<T>(
  object: Deno.PointerObject,
  name: string,
  use: (gvalue: Uint8Array<ArrayBuffer>, type: bigint) => T,
): T {
  const spec = findProperty(object, name);
  if (!(spec.flags & ENUMS.G_PARAM_READABLE)) {
    throw new RangeError(`Property "${name}" of ${nameOf(object)} cannot be read`);
  }
  const gvalue = new Uint8Array(SIZES.GValue);
  gobject().g_value_init(gvalue, spec.type);
  try {
    gobject().g_object_get_property(object, cString(name), gvalue);
    return use(gvalue, spec.type);
  } finally {
    gobject().g_value_unset(gvalue);
  }
}

/** Reads a GValue of a known type. */
function readGValue(gvalue: Uint8Array<ArrayBuffer>, type: bigint): PropertyValue {
  const view = new DataView(gvalue.buffer, OFFSETS["GValue.data"]);
  switch (Number(gobject().g_type_fundamental(type))) {
    case ENUMS.G_TYPE_BOOLEAN:
      return view.getInt32(0, true) !== 0;
    case ENUMS.G_TYPE_INT:
      return view.getInt32(0, true);
    case ENUMS.G_TYPE_UINT:
      return view.getUint32(0, true);
    case ENUMS.G_TYPE_INT64:
      return view.getBigInt64(0, true);
    case ENUMS.G_TYPE_UINT64:
      return view.getBigUint64(0, true);
    case ENUMS.G_TYPE_ENUM:
      return enumNick(type, view.getInt32(0, true));
    case ENUMS.G_TYPE_FLOAT:
      return view.getFloat32(0, true);
    case ENUMS.G_TYPE_DOUBLE:
      return view.getFloat64(0, true);
    case ENUMS.G_TYPE_STRING: {
      const text = gobject().g_value_get_string(gvalue);
      return text === null ? null : readCString(text);
    }
    case ENUMS.G_TYPE_OBJECT:
      return readObject(gvalue);
    case ENUMS.G_TYPE_BOXED:
      return readBoxed(gvalue, type);
    default:
      return takeCString(glib(), gst().gst_value_serialize(gvalue));
  }
}

/** Returns the nick of an enum's value, or the number if the enum lacks it, as happens with some elements. */
function enumNick(type: bigint, value: number): string | number {
  // the class exists as long as any object with such a property
  const found = gobject().g_enum_get_value(gobject().g_type_class_peek(type), value);
  if (found === null) return value;
  return readCString(
    new Deno.UnsafePointerView(found).getPointer(OFFSETS["GEnumValue.value_nick"])!,
  );
}

/** Functions for types that `gst_value_serialize` would quote and escape. */
const WRITERS: Record<string, "gst_caps_to_string" | "gst_structure_to_string"> = {
  GstCaps: "gst_caps_to_string",
  GstStructure: "gst_structure_to_string",
};

/** Reads a GValue with caps, a structure or another boxed type; a null pointer, which some types cannot serialize, is null. */
function readBoxed(gvalue: Uint8Array<ArrayBuffer>, type: bigint): string | null {
  const data = new DataView(gvalue.buffer).getBigUint64(OFFSETS["GValue.data"], true);
  const boxed = Deno.UnsafePointer.create(data);
  if (boxed === null) return null;
  const name = gobject().g_type_name(type);
  const writer = name === null ? undefined : WRITERS[readCString(name)];
  const text = writer === undefined ? gst().gst_value_serialize(gvalue) : gst()[writer](boxed);
  return takeCString(glib(), text);
}

/** Reads a GValue with an object as the object's name; null if it has none. */
function readObject(gvalue: Uint8Array<ArrayBuffer>): string | null {
  const object = gobject().g_value_get_object(gvalue);
  if (object === null) return null;
  const named = gobject().g_type_check_instance_is_a(object, gst().gst_object_get_type());
  return named ? nameOf(object) : null;
}

/** Returns the text of a GValue that C keeps; null for no value. */
export function gvalueText(gvalue: Deno.PointerObject): string | null {
  const bytes = new Uint8Array(Deno.UnsafePointerView.getArrayBuffer(gvalue, SIZES.GValue));
  const type = new Deno.UnsafePointerView(gvalue).getBigUint64(OFFSETS["GValue.g_type"]);
  const value = readGValue(bytes, type);
  return value === null ? null : String(value);
}
