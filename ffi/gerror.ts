/**
 * GErrors as JavaScript objects.
 *
 * @module
 */
import { readCString } from "./cstring.ts";
import type { glibSymbols } from "./glib_symbols.ts";
import { OFFSETS } from "./layout.ts";

/** The contents of a GError. */
export interface GErrorInfo {
  domain: string;
  code: number;
  message: string;
}

/** Memory for a pointer that C returns through a parameter: pass {@link out}, then read {@link pointer}. */
export class PointerSlot {
  readonly #cell = new BigUint64Array(1);

  /** The argument to pass as `T **`. */
  get out(): BigUint64Array<ArrayBuffer> {
    return this.#cell;
  }

  /** The pointer that C has stored; null if it has stored none. */
  get pointer(): Deno.PointerValue {
    return Deno.UnsafePointer.create(this.#cell[0]!);
  }
}

/** Memory for a `GError *` that C returns through a parameter (transfer full). */
export class GErrorSlot extends PointerSlot {
  /** Reads the error and frees it; returns null if C has stored none. */
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
