/**
 * Insertion of an appsink behind an element.
 *
 * @module
 */
import { cString } from "../../ffi/cstring.ts";
import { GstError } from "../../ffi/errors.ts";
import { gst } from "../../ffi/gst.ts";
import { ENUMS, OFFSETS } from "../../ffi/layout.ts";
import { listSrcPads } from "../gst/bin.ts";
import { nameOf } from "../gst/object.ts";
import { withStaticPad } from "../gst/pad.ts";
import type { Attachment } from "../gst/attachments.ts";
import type { Pipeline } from "../pipeline.ts";
import { setProperty } from "../gst/properties.ts";
import { type State, STATES } from "../gst/state.ts";

/** The number of taps so far, for unique names. */
let count = 0;

/**
 * A tee behind an element, with an appsink on a branch of its own. The appsink does not follow the pipeline's state, but is
 * always playing, so that it takes each frame at once, in the element's thread. A sink that waited for the pipeline to play
 * would block the tee, and with it a sink that needs more frames to preroll.
 */
export class Tap {
  /** The appsink's name. */
  readonly sinkName: string;
  readonly #pipeline: Pipeline;
  readonly #attachment: Attachment;
  /** Owned, like those that follow: unref'd when the tap is removed. */
  readonly #source: Deno.PointerObject;
  readonly #peer: Deno.PointerObject;
  readonly #parent: Deno.PointerObject;
  readonly #tee: Deno.PointerObject;
  readonly #sink: Deno.PointerObject;
  #isClosed = false;
  #isRemoved = false;

  /**
   * Inserts a tap behind an element. It is removed when the pipeline is stopped.
   *
   * @throws {RangeError} If no element has the name.
   * @throws {GstError} If the pipeline is started, or the element does not have exactly one source pad, which is linked.
   */
  constructor(pipeline: Pipeline, elementName: string) {
    const element = pipeline.element(elementName);
    if (pipeline.state !== "null") {
      throw new GstError(`Cannot observe "${elementName}": the pipeline is already started`, {
        hint:
          "Create the observation before, for example in beforeStart of Standalone.buildAndRun()",
      });
    }
    [this.#source, this.#peer] = sourcePad(elementName, element.unsafeHandle);
    this.#pipeline = pipeline;
    this.#parent = gst().gst_object_get_parent(element.unsafeHandle)!;
    count++;
    this.sinkName = `gstp_tap_appsink_${count}`;
    this.#tee = make("tee", `gstp_tap_tee_${count}`);
    this.#sink = make("appsink", this.sinkName);
    this.#splice();
    this.#attachment = {
      path: `${pipeline.path}/${this.sinkName}`,
      onError: () => {}, // a tee or an appsink posts none
      onStateChange: (state, when) => this.#follow(state, when),
      close: () => Promise.resolve(this.close()),
    };
    pipeline.attach(this.#attachment);
  }

  #splice(): void {
    setProperty(this.#sink, "sync", false);
    setProperty(this.#sink, "async", false);
    unsetSinkFlag(this.#sink);
    gst().gst_bin_add(this.#parent, this.#tee);
    gst().gst_bin_add(this.#parent, this.#sink);
    gst().gst_element_set_locked_state(this.#sink, 1);
    gst().gst_element_set_state(this.#sink, ENUMS.GST_STATE_PLAYING);
    gst().gst_pad_unlink(this.#source, this.#peer);
    withStaticPad(this.#tee, "sink", (pad) => link(this.#source, pad));
    this.#addBranch((pad) => link(pad, this.#peer));
    this.#addBranch((pad) => withStaticPad(this.#sink, "sink", (sink) => link(pad, sink)));
  }

  #addBranch(use: (pad: Deno.PointerObject) => void): void {
    const pad = gst().gst_element_request_pad_simple(this.#tee, cString("src_%u"))!;
    use(pad);
    gst().gst_object_unref(pad);
  }

  #follow(state: State, when: "before" | "after"): void {
    if (this.#isRemoved || when === "before" || STATES[state] >= STATES.paused) return;
    // drop the frames and the EOS of this run
    gst().gst_element_set_state(this.#sink, ENUMS.GST_STATE_NULL);
    if (this.#isClosed) this.#remove();
    else gst().gst_element_set_state(this.#sink, ENUMS.GST_STATE_PLAYING);
  }

  /** Removes the tap as soon as the pipeline is stopped. May be called twice. */
  close(): void {
    this.#isClosed = true;
    if (this.#pipeline.state === "null") this.#follow("null", "after");
  }

  /** Restores the original link. */
  #remove(): void {
    this.#isRemoved = true;
    withStaticPad(this.#tee, "sink", (pad) => gst().gst_pad_unlink(this.#source, pad));
    gst().gst_element_set_state(this.#tee, ENUMS.GST_STATE_NULL);
    // this also unlinks them
    for (const element of [this.#tee, this.#sink]) gst().gst_bin_remove(this.#parent, element);
    link(this.#source, this.#peer);
    this.#pipeline.detach(this.#attachment);
    for (const owned of [this.#source, this.#peer, this.#parent, this.#tee, this.#sink]) {
      gst().gst_object_unref(owned);
    }
  }
}

/** Returns an element's only source pad and the pad that it is linked to; the caller owns both. */
function sourcePad(
  name: string,
  element: Deno.PointerObject,
): [source: Deno.PointerObject, peer: Deno.PointerObject] {
  const pads = listSrcPads(element);
  const [source, ...others] = pads;
  const peer = source === undefined ? null : gst().gst_pad_get_peer(source);
  if (source !== undefined && others.length === 0 && peer !== null) return [source, peer];
  const names = pads.map(nameOf);
  for (const pad of [peer, ...pads]) if (pad !== null) gst().gst_object_unref(pad);
  if (names.length === 0) {
    throw new GstError(`Cannot observe "${name}": it has no source pad, or none before it starts`, {
      hint: "Put an identity with a name behind it and observe that",
    });
  }
  if (names.length === 1) {
    throw new GstError(`Cannot observe "${name}": its source pad is not linked`);
  }
  throw new GstError(`Cannot observe "${name}": it has several source pads: ${names.join(", ")}`, {
    hint: "Put an identity with a name behind one of them and observe that",
  });
}

/** Creates an element; the caller owns it. */
function make(factory: string, name: string): Deno.PointerObject {
  const element = gst().gst_element_factory_make(cString(factory), cString(name));
  if (element === null) throw new GstError(`Element ${factory} is not installed`);
  return gst().gst_object_ref_sink(element)!;
}

/** Clears the flag that makes a bin wait for an element's EOS and query its position, as `GST_OBJECT_FLAG_UNSET` does. */
function unsetSinkFlag(element: Deno.PointerObject): void {
  const view = new DataView(
    Deno.UnsafePointerView.getArrayBuffer(element, 4, OFFSETS["GstObject.flags"]),
  );
  view.setUint32(0, view.getUint32(0, true) & ~ENUMS.GST_ELEMENT_FLAG_SINK, true);
}

/** Links pads without checks: a tee and an appsink accept any caps. */
function link(source: Deno.PointerObject, sink: Deno.PointerObject): void {
  gst().gst_pad_link_full(source, sink, ENUMS.GST_PAD_LINK_CHECK_NOTHING);
}
