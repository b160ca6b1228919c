/**
 * Properties of GObjects, written from text and read as JavaScript values.
 *
 * @module
 */
import { cString, readCString, takeCString } from "../../ffi/cstring.ts";
import { glib, gobject, gst } from "../../ffi/gst.ts";
import { ENUMS, OFFSETS, SIZES } from "../../ffi/layout.ts";
import { isNestedTooDeeply } from "../util/nesting.ts";

/** A property's value: enums, caps and other types without a counterpart in JavaScript are text; null is none. */
export type PropertyValue = string | number | bigint | boolean | null;

/** A GParamSpec's fields in use. */
interface PropertySpec {
  pointer: Deno.PointerObject;
  flags: number;
  type: bigint;
}

/** Finds a property of an object, or throws a RangeError that names both. */
function findProperty(object: Deno.PointerObject, name: string): PropertySpec {
  const objectClass = new Deno.UnsafePointerView(object).getPointer(
    OFFSETS["GTypeInstance.g_class"],
  );
  const pointer = gobject().g_object_class_find_property(objectClass, cString(name));
  if (pointer === null) {
    throw new RangeError(
      `${nameOf(object)} has no property "${name}" (gstp inspect lists them)`,
    );
  }
  const view = new Deno.UnsafePointerView(pointer);
  return {
    pointer,
    flags: view.getUint32(OFFSETS["GParamSpec.flags"]),
    type: view.getBigUint64(OFFSETS["GParamSpec.value_type"]),
  };
}

function nameOf(object: Deno.PointerObject): string {
  return takeCString(glib(), gst().gst_object_get_name(object)) ?? "object";
}

/**
 * Sets a property from text, as in a pipeline's text: enums by nick, caps and fractions as GStreamer writes them.
 *
 * @throws {RangeError} if there is no such property, it cannot be written, or it does not take the value.
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
    // a string is taken as it is: deserialising would read quotes and backslashes in it
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

/** Reads text into a GValue of a known type; false where that does not take the text. */
function deserialize(gvalue: Uint8Array<ArrayBuffer>, type: bigint, text: string): boolean {
  const kind = Number(gobject().g_type_fundamental(type));
  if (text === "" && NUMBERS.includes(kind)) return false; // it would be 0
  if (isNestedTooDeeply(text)) return false;
  if (!gst().gst_value_deserialize(gvalue, cString(text))) return false;
  // what a type cannot hold would be cut to its size; -1 stands for the largest number
  if (!INTEGERS.includes(kind) || !/^-?\d+$/.test(text) || text === "-1") return true;
  return Number(text) === Number(readGValue(gvalue, type));
}

/**
 * Reads a property.
 *
 * @throws {RangeError} if there is no such property or it cannot be read.
 */
export function getProperty(object: Deno.PointerObject, name: string): PropertyValue {
  const spec = findProperty(object, name);
  if (!(spec.flags & ENUMS.G_PARAM_READABLE)) {
    throw new RangeError(`Property "${name}" of ${nameOf(object)} cannot be read`);
  }
  const gvalue = new Uint8Array(SIZES.GValue);
  gobject().g_value_init(gvalue, spec.type);
  try {
    gobject().g_object_get_property(object, cString(name), gvalue);
    return readGValue(gvalue, spec.type);
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

/** The nick of an enumeration's value; a number that the enumeration does not have, as some elements do, is itself. */
function enumNick(type: bigint, value: number): string | number {
  // the class is there as long as any object with such a property
  const found = gobject().g_enum_get_value(gobject().g_type_class_peek(type), value);
  if (found === null) return value;
  return readCString(
    new Deno.UnsafePointerView(found).getPointer(OFFSETS["GEnumValue.value_nick"])!,
  );
}

/** What writes types that would come in quotes, with escapes, where they are serialised. */
const WRITERS: Record<string, "gst_caps_to_string" | "gst_structure_to_string"> = {
  GstCaps: "gst_caps_to_string",
  GstStructure: "gst_structure_to_string",
};

/** Caps, structures and the like; null is none, which not all types can serialise. */
function readBoxed(gvalue: Uint8Array<ArrayBuffer>, type: bigint): string | null {
  const data = new DataView(gvalue.buffer).getBigUint64(OFFSETS["GValue.data"], true);
  const boxed = Deno.UnsafePointer.create(data);
  if (boxed === null) return null;
  const name = gobject().g_type_name(type);
  const writer = name === null ? undefined : WRITERS[readCString(name)];
  const text = writer === undefined ? gst().gst_value_serialize(gvalue) : gst()[writer](boxed);
  return takeCString(glib(), text);
}

/** Pads, elements and the like are told by their name. */
function readObject(gvalue: Uint8Array<ArrayBuffer>): string | null {
  const object = gobject().g_value_get_object(gvalue);
  if (object === null) return null;
  const named = gobject().g_type_check_instance_is_a(object, gst().gst_object_get_type());
  return named ? nameOf(object) : null;
}

/** Reads a GValue that stays C's as text; null where it has none. */
export function gvalueText(gvalue: Deno.PointerObject): string | null {
  const bytes = new Uint8Array(Deno.UnsafePointerView.getArrayBuffer(gvalue, SIZES.GValue));
  const type = new Deno.UnsafePointerView(gvalue).getBigUint64(OFFSETS["GValue.g_type"]);
  const value = readGValue(bytes, type);
  return value === null ? null : String(value);
}
