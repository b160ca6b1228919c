/**
 * Names and fields of GstStructures, such as those of caps, messages and statistics.
 *
 * The caller keeps the structure that a function reads. A field that is missing, or has another type, is null.
 *
 * @module
 */
import { cString, readCString } from "../../ffi/cstring.ts";
import { gst } from "../../ffi/gst.ts";

/** C strings of the fields read so far: some are read for each frame. */
const fields = new Map<string, Uint8Array<ArrayBuffer>>();
const ints = [new Int32Array(1), new Int32Array(1)] as const;
const uint64 = new BigUint64Array(1);

function fieldName(name: string): Uint8Array<ArrayBuffer> {
  const known = fields.get(name);
  if (known !== undefined) return known;
  const encoded = cString(name);
  fields.set(name, encoded);
  return encoded;
}

/** Returns a structure's name, such as `video/x-raw`. */
export function structureName(structure: Deno.PointerValue): string {
  return readCString(gst().gst_structure_get_name(structure)!);
}

/** Reads a `gint` field. */
export function readInt(structure: Deno.PointerValue, field: string): number | null {
  const [value] = ints;
  return gst().gst_structure_get_int(structure, fieldName(field), value) ? value[0]! : null;
}

/** Reads a `guint64` field. */
export function readUint64(structure: Deno.PointerValue, field: string): bigint | null {
  return gst().gst_structure_get_uint64(structure, fieldName(field), uint64) ? uint64[0]! : null;
}

/** Reads a `GstFraction` field. */
export function readFraction(
  structure: Deno.PointerValue,
  field: string,
): { numerator: number; denominator: number } | null {
  const [numerator, denominator] = ints;
  if (!gst().gst_structure_get_fraction(structure, fieldName(field), numerator, denominator)) {
    return null;
  }
  return { numerator: numerator[0]!, denominator: denominator[0]! };
}

/** Reads a string field. */
export function readString(structure: Deno.PointerValue, field: string): string | null {
  const text = gst().gst_structure_get_string(structure, fieldName(field));
  return text === null ? null : readCString(text);
}

/**
 * Reads a structure from its text, such as a message's.
 *
 * @returns What `read` returns for the structure, which is freed after the call; null if the text is not one's.
 */
export function parseStructure<T>(
  text: string,
  read: (structure: Deno.PointerObject) => T,
): T | null {
  const structure = gst().gst_structure_from_string(cString(text), null);
  if (structure === null) return null;
  try {
    return read(structure);
  } finally {
    gst().gst_structure_free(structure);
  }
}
