/**
 * A bin on a tee of a pipeline in any state.
 *
 * @module
 */
import { cString } from "../../ffi/cstring.ts";
import { GstError } from "../../ffi/errors.ts";
import { gst } from "../../ffi/gst.ts";
import { ENUMS } from "../../ffi/layout.ts";
import { readPadCaps } from "../caps.ts";
import { secToNs } from "../clock_time.ts";
import { capsText } from "../element.ts";
import { pathOf } from "../message.ts";
import { setProperty } from "../properties.ts";

/** What to link where. */
export interface TeeLegOptions {
  /** What to call the leg in messages. */
  name: string;
  /** A GstElement; the leg takes a reference of its own. */
  tee: Deno.PointerObject;
  /** A GstBin with a sink pad named `sink`; the leg takes a reference of its own. */
  bin: Deno.PointerObject;
  /** Seconds for the bin to reach the pipeline's state. */
  timeoutSec: number;
}

/** No renegotiation: an element upstream must not change what the other legs get because this one came. */
const LINK_CHECKS = ENUMS.GST_PAD_LINK_CHECK_DEFAULT | ENUMS.GST_PAD_LINK_CHECK_NO_RECONFIGURE;

/** A bin linked to a tee, from construction to {@link remove}. */
export class TeeLeg {
  /** Path of the bin. */
  readonly path: string;
  readonly #name: string;
  /** Owned, like all that follow: unref'd by {@link remove}. */
  readonly #bin: Deno.PointerObject;
  readonly #tee: Deno.PointerObject;
  readonly #parent: Deno.PointerObject;
  readonly #teeSink: Deno.PointerObject;
  #sink: Deno.PointerValue = null;
  #teeSrc: Deno.PointerValue = null;
  #isRemoved = false;

  /**
   * Adds the bin beside the tee, brings it to the pipeline's state, then links it: data that met a bin not ready for it
   * would stop the tee.
   *
   * @throws {GstError} if the bin does not start or does not take the tee's caps; nothing of it stays behind.
   */
  constructor(options: TeeLegOptions) {
    const { name, tee, bin, timeoutSec } = options;
    this.#name = name;
    this.#tee = gst().gst_object_ref(tee)!;
    this.#bin = gst().gst_object_ref(bin)!;
    this.#teeSink = gst().gst_element_get_static_pad(this.#tee, cString("sink"))!;
    this.#parent = gst().gst_object_get_parent(this.#tee)!;
    // the tee must go on when this was its only leg
    setProperty(this.#tee, "allow-not-linked", true);
    gst().gst_bin_add(this.#parent, this.#bin);
    this.path = pathOf(this.#bin);
    try {
      this.#start(timeoutSec);
      this.#link();
    } catch (error) {
      this.remove();
      throw error;
    }
  }

  #start(timeoutSec: number): void {
    this.#sink = gst().gst_element_get_static_pad(this.#bin, cString("sink"));
    if (this.#sink === null) {
      throw new GstError(`The ${this.#name} has no unlinked sink pad in its bin`);
    }
    this.#checkCaps(this.#sink);
    const synced = gst().gst_element_sync_state_with_parent(this.#bin);
    const result = gst().gst_element_get_state(this.#bin, null, null, secToNs(timeoutSec));
    if (!synced || result === ENUMS.GST_STATE_CHANGE_FAILURE) {
      throw new GstError(`The ${this.#name} does not start`, { path: this.path });
    }
    if (result === ENUMS.GST_STATE_CHANGE_ASYNC) {
      throw new GstError(`The ${this.#name} did not start within ${timeoutSec} s`, {
        path: this.path,
      });
    }
  }

  /** What flows already must be taken as it is. */
  #checkCaps(sink: Deno.PointerObject): void {
    const refused = readPadCaps(
      this.#teeSink,
      (caps) => gst().gst_pad_query_accept_caps(sink, caps) ? null : capsText(caps),
    );
    if (refused === null) return;
    throw new GstError(`The ${this.#name} does not take what flows there: ${refused}`, {
      path: this.path,
      hint: "Put videoconvert (or another converter) at the head of its bin",
    });
  }

  #link(): void {
    this.#teeSrc = gst().gst_element_request_pad_simple(this.#tee, cString("src_%u"));
    const result = gst().gst_pad_link_full(this.#teeSrc, this.#sink, LINK_CHECKS);
    if (result !== ENUMS.GST_PAD_LINK_OK) {
      throw new GstError(`The ${this.#name} cannot be linked (GstPadLinkReturn ${result})`, {
        path: this.path,
      });
    }
  }

  /** Unlinks the bin, stops it and takes it out of the pipeline. May be called twice. */
  remove(): void {
    if (this.#isRemoved) return;
    this.#isRemoved = true;
    if (this.#teeSrc !== null) {
      gst().gst_pad_unlink(this.#teeSrc, this.#sink);
      gst().gst_element_release_request_pad(this.#tee, this.#teeSrc);
      gst().gst_object_unref(this.#teeSrc);
    }
    gst().gst_element_set_state(this.#bin, ENUMS.GST_STATE_NULL);
    gst().gst_bin_remove(this.#parent, this.#bin);
    for (const owned of [this.#sink, this.#teeSink, this.#parent, this.#tee, this.#bin]) {
      if (owned !== null) gst().gst_object_unref(owned);
    }
  }
}
