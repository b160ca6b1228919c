/**
 * A branch of a tee that comes and goes while the pipeline is in any state.
 *
 * @module
 */
import { cString } from "../../ffi/cstring.ts";
import { GstError } from "../../ffi/errors.ts";
import { gst } from "../../ffi/gst.ts";
import { ENUMS } from "../../ffi/layout.ts";
import { pathOf } from "../gst/object.ts";
import { withStaticPad } from "../gst/pad.ts";
import { setProperty } from "../gst/properties.ts";
import type { RingBin } from "./ring_bin.ts";
import { readTeeCaps } from "./tee_upstream.ts";

/** Options of {@link TeeBranch}. */
export interface TeeBranchOptions {
  /** Its name in messages. */
  name: string;
  /** A GstElement; the branch takes a reference of its own. */
  tee: Deno.PointerObject;
  /** The bin to link to it. */
  bin: RingBin;
  /** Seconds for the bin to start. */
  timeoutSec: number;
}

/** No renegotiation: an element upstream must not change what the other branches get. */
const LINK_CHECKS = ENUMS.GST_PAD_LINK_CHECK_DEFAULT | ENUMS.GST_PAD_LINK_CHECK_NO_RECONFIGURE;

/** The sticky events of a stream that has ended. */
const LAST_EVENTS = [
  ENUMS.GST_EVENT_STREAM_START,
  ENUMS.GST_EVENT_CAPS,
  ENUMS.GST_EVENT_SEGMENT,
  ENUMS.GST_EVENT_EOS,
];

/** A bin linked to a tee, from construction to {@link remove}. */
export class TeeBranch {
  /** The path of the bin in the pipeline, also after it was removed. */
  readonly path: string;
  readonly #name: string;
  /** The bin's, valid until that is closed. */
  readonly #bin: Deno.PointerObject;
  /** Owned, like all that follow: unref'd by {@link remove}. */
  readonly #tee: Deno.PointerObject;
  readonly #parent: Deno.PointerObject;
  readonly #sink: Deno.PointerObject;
  #teeSrc: Deno.PointerValue = null;
  #isAdded = false;
  #isRemoved = false;

  /**
   * Starts the bin on its own, adds it beside the tee, changes it to the pipeline's state, and only then links it: data
   * that reached a bin not ready for it would stop the tee.
   *
   * @throws {GstError} If the bin does not start or does not accept the tee's caps; nothing of it stays behind.
   */
  constructor(options: TeeBranchOptions) {
    const { name, tee, bin, timeoutSec } = options;
    this.#name = name;
    this.#bin = bin.handle;
    this.#tee = gst().gst_object_ref(tee)!;
    this.#parent = gst().gst_object_get_parent(this.#tee)!;
    this.#sink = gst().gst_element_get_static_pad(this.#bin, cString("sink"))!;
    try {
      // caps that are negotiated already must be accepted as they are
      readTeeCaps(this.#tee, (caps) => bin.checkCaps(caps));
      bin.start(timeoutSec);
      this.#add();
      this.path = pathOf(this.#bin);
      this.#link();
    } catch (error) {
      this.remove();
      throw error;
    }
  }

  #add(): void {
    this.#isAdded = Boolean(gst().gst_bin_add(this.#parent, this.#bin));
    if (!this.#isAdded) {
      throw new GstError(`Cannot add the ${this.#name}: another element has the name of its bin`);
    }
    if (!gst().gst_element_sync_state_with_parent(this.#bin)) {
      throw new GstError(`Cannot sync the state of the ${this.#name} with its pipeline`);
    }
  }

  #link(): void {
    // the tee must go on after its only branch is removed
    setProperty(this.#tee, "allow-not-linked", true);
    this.#teeSrc = gst().gst_element_request_pad_simple(this.#tee, cString("src_%u"));
    const result = gst().gst_pad_link_full(this.#teeSrc, this.#sink, LINK_CHECKS);
    if (result !== ENUMS.GST_PAD_LINK_OK) {
      throw new GstError(`Cannot link the ${this.#name} to its tee (GstPadLinkReturn ${result})`);
    }
    this.#endWithTee();
  }

  /** Forwards the end of a tee's stream: the pipeline's EOS waits for all sinks, also for a late one. */
  #endWithTee(): void {
    const events = withStaticPad(
      this.#tee,
      "sink",
      (pad) => LAST_EVENTS.map((type) => gst().gst_pad_get_sticky_event(pad, type, 0)),
    );
    const isOver = events.at(-1) !== null;
    for (const event of events) {
      if (event === null) continue;
      if (isOver) gst().gst_pad_send_event(this.#sink, event);
      else gst().gst_mini_object_unref(event);
    }
  }

  /** Unlinks the bin and removes it from the pipeline; its state stays. May be called twice. */
  remove(): void {
    if (this.#isRemoved) return;
    this.#isRemoved = true;
    if (this.#teeSrc !== null) {
      gst().gst_pad_unlink(this.#teeSrc, this.#sink);
      gst().gst_element_release_request_pad(this.#tee, this.#teeSrc);
      gst().gst_object_unref(this.#teeSrc);
    }
    if (this.#isAdded) gst().gst_bin_remove(this.#parent, this.#bin);
    for (const owned of [this.#sink, this.#parent, this.#tee]) gst().gst_object_unref(owned);
  }
}
