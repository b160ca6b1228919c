/**
 * GError, read into JavaScript.
 *
 * @module
 */
import { readCString } from "./cstring.ts";
import type { glibSymbols } from "./glib_symbols.ts";
import { OFFSETS } from "./layout.ts";

/** A GError's contents. */
export interface GErrorInfo {
  domain: string;
  code: number;
  message: string;
}

/** A place for C to put a pointer: pass {@link out}, then read {@link pointer}. */
export class PointerSlot {
  readonly #cell = new BigUint64Array(1);

  /** What to pass as `T **`. */
  get out(): BigUint64Array<ArrayBuffer> {
    return this.#cell;
  }

  /** What C has put there. */
  get pointer(): Deno.PointerValue {
    return Deno.UnsafePointer.create(this.#cell[0]!);
  }
}

/** A place for C to put a `GError *`, which becomes ours to free. */
export class GErrorSlot extends PointerSlot {
  /** Reads the error and frees it; null where C has put none. */
  take(glib: Deno.DynamicLibrary<typeof glibSymbols>["symbols"]): GErrorInfo | null {
    const pointer = this.pointer;
    if (pointer === null) return null;
    const view = new Deno.UnsafePointerView(pointer);
    const domain = glib.g_quark_to_string(view.getUint32(OFFSETS["GError.domain"]));
    const message = view.getPointer(OFFSETS["GError.message"]);
    const info = {
      domain: domain === null ? "" : readCString(domain),
      code: view.getInt32(OFFSETS["GError.code"]),
      message: message === null ? "" : readCString(message),
    };
    glib.g_error_free(pointer);
    this.out[0] = 0n;
    return info;
  }
}
