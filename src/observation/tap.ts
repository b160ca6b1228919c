/**
 * An appsink that sees what an element gives, put into a pipeline before it starts.
 *
 * @module
 */
import { cString, takeCString } from "../../ffi/cstring.ts";
import { GstError } from "../../ffi/errors.ts";
import { glib, gst } from "../../ffi/gst.ts";
import { ENUMS, OFFSETS } from "../../ffi/layout.ts";
import { listSrcPads } from "../gst/bin.ts";
import type { Attachment } from "../gst/attachments.ts";
import type { Pipeline } from "../pipeline.ts";
import { setProperty } from "../gst/properties.ts";
import { type State, STATES } from "../gst/state.ts";

/** Taps made so far: each has names of its own. */
let count = 0;

/**
 * A tee behind an element, with an appsink beside what came there before. It is not part of the pipeline's changes of
 * state: the appsink plays all the time, so that it takes each frame at once, in the element's own thread. A sink that
 * waited for the pipeline to play would hold up the tee in front of one that needs some frames for that.
 */
export class Tap {
  /** The appsink's name. */
  readonly sinkName: string;
  readonly #pipeline: Pipeline;
  readonly #attachment: Attachment;
  /** Owned, like all that follow: unref'd when the tap is taken out. */
  readonly #source: Deno.PointerObject;
  readonly #peer: Deno.PointerObject;
  readonly #parent: Deno.PointerObject;
  readonly #tee: Deno.PointerObject;
  readonly #sink: Deno.PointerObject;
  #isClosed = false;
  #isRemoved = false;

  /**
   * Puts a tap behind an element. It is taken out when the pipeline has been stopped.
   *
   * @throws {RangeError} if there is no such element.
   * @throws {GstError} if the pipeline is started, or the element does not have one source pad that is linked.
   */
  constructor(pipeline: Pipeline, elementName: string) {
    const element = pipeline.element(elementName);
    if (pipeline.state !== "null") {
      throw new GstError(`"${elementName}" can be observed only from before the pipeline starts`, {
        hint: "Standalone.buildAndRun() has the option beforeStart for that",
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
      onError: () => {}, // neither a tee nor an appsink fails
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
    withPad(this.#tee, "sink", (pad) => link(this.#source, pad));
    this.#addBranch((pad) => link(pad, this.#peer));
    this.#addBranch((pad) => withPad(this.#sink, "sink", (sink) => link(pad, sink)));
  }

  #addBranch(use: (pad: Deno.PointerObject) => void): void {
    const pad = gst().gst_element_request_pad_simple(this.#tee, cString("src_%u"))!;
    use(pad);
    gst().gst_object_unref(pad);
  }

  #follow(state: State, when: "before" | "after"): void {
    if (this.#isRemoved || when === "before" || STATES[state] >= STATES.paused) return;
    // what is left of one run means nothing in the next
    gst().gst_element_set_state(this.#sink, ENUMS.GST_STATE_NULL);
    if (this.#isClosed) this.#remove();
    else gst().gst_element_set_state(this.#sink, ENUMS.GST_STATE_PLAYING);
  }

  /** Has the tap taken out as soon as the pipeline is stopped. May be called twice. */
  close(): void {
    this.#isClosed = true;
    if (this.#pipeline.state === "null") this.#follow("null", "after");
  }

  /** Links again what was linked before. */
  #remove(): void {
    this.#isRemoved = true;
    withPad(this.#tee, "sink", (pad) => gst().gst_pad_unlink(this.#source, pad));
    gst().gst_element_set_state(this.#tee, ENUMS.GST_STATE_NULL);
    // that unlinks them from everything else
    for (const element of [this.#tee, this.#sink]) gst().gst_bin_remove(this.#parent, element);
    link(this.#source, this.#peer);
    this.#pipeline.detach(this.#attachment);
    for (const owned of [this.#source, this.#peer, this.#parent, this.#tee, this.#sink]) {
      gst().gst_object_unref(owned);
    }
  }
}

/** An element's one source pad and the pad that it is linked to; the caller owns both. */
function sourcePad(
  name: string,
  element: Deno.PointerObject,
): [source: Deno.PointerObject, peer: Deno.PointerObject] {
  const pads = listSrcPads(element);
  const [source, ...others] = pads;
  const peer = source === undefined ? null : gst().gst_pad_get_peer(source);
  if (source !== undefined && others.length === 0 && peer !== null) return [source, peer];
  const names = pads.map((pad) => takeCString(glib(), gst().gst_object_get_name(pad)));
  for (const pad of [peer, ...pads]) if (pad !== null) gst().gst_object_unref(pad);
  if (names.length === 0) {
    throw new GstError(`"${name}" has no source pad, or none before it starts`, {
      hint: "Put an identity with a name behind it, and observe that",
    });
  }
  if (names.length === 1) throw new GstError(`The source pad of "${name}" is linked to nothing`);
  throw new GstError(`"${name}" has several source pads: ${names.join(", ")}`, {
    hint: "Put an identity with a name behind one of them, and observe that",
  });
}

/** Makes an element; the caller owns it. */
function make(factory: string, name: string): Deno.PointerObject {
  const element = gst().gst_element_factory_make(cString(factory), cString(name));
  if (element === null) throw new GstError(`The element ${factory} is not installed`);
  return gst().gst_object_ref_sink(element)!;
}

/** Has bins ask others for the position and the end of the stream, as C does it: `GST_OBJECT_FLAG_UNSET`. */
function unsetSinkFlag(element: Deno.PointerObject): void {
  const view = new DataView(
    Deno.UnsafePointerView.getArrayBuffer(element, 4, OFFSETS["GstObject.flags"]),
  );
  view.setUint32(0, view.getUint32(0, true) & ~ENUMS.GST_ELEMENT_FLAG_SINK, true);
}

function withPad(
  element: Deno.PointerObject,
  name: string,
  use: (pad: Deno.PointerObject) => void,
): void {
  const pad = gst().gst_element_get_static_pad(element, cString(name))!;
  use(pad);
  gst().gst_object_unref(pad);
}

/** Links pads that can be linked: a tee and an appsink take anything. */
function link(source: Deno.PointerObject, sink: Deno.PointerObject): void {
  gst().gst_pad_link_full(source, sink, ENUMS.GST_PAD_LINK_CHECK_NOTHING);
}
