/**
 * The bin of a ring buffer: created and started on its own, before it is linked to a tee.
 *
 * @module
 */
import { cString, readCString } from "../../ffi/cstring.ts";
import { GstError } from "../../ffi/errors.ts";
import { gobject, gst, gstApp } from "../../ffi/gst.ts";
import { ENUMS } from "../../ffi/layout.ts";
import { secToNs } from "../util/clock_time.ts";
import { capsText } from "../gst/caps.ts";
import { GstTimeoutError } from "../util/errors.ts";
import { popMessage } from "../gst/message.ts";
import { parseBin } from "../launch/parse_launch.ts";
import { getProperty, setProperty } from "../gst/properties.ts";
import { hasElement } from "../gst/element_factory.ts";

/** Options of {@link RingBin}. */
export interface RingBinOptions {
  /** Its name in messages. */
  name: string;
  /** Its elements: an appsink named `ringbuffer_appsink`, and one sink pad that is not linked. */
  text: string;
  /** Whether frames can wait in front of these elements, so that they never block the tee. */
  isQueued: boolean;
  /** Whether the live stream is shielded from these elements' queries and failures. */
  isShielded: boolean;
}

const QUEUE = "gstp_ring_queue";
const ERRORS = "gstp_ring_errors";
const GATE = "gstp_ring_gate";

/** Returns the text of what goes in front of a ring's own elements; empty if nothing does. */
function headText({ isQueued, isShielded }: RingBinOptions): string {
  if (!isQueued && !isShielded) return "";
  const elements: string[] = [];
  if (isQueued) elements.push(`queue name=${QUEUE} max-size-bytes=0 max-size-time=0`);
  if (isShielded && hasElement("errorignore")) {
    elements.push(
      `errorignore name=${ERRORS} ignore-notlinked=true ignore-eos=true convert-to=ok`,
    );
  }
  // typefind accepts any caps without a query downstream: upstream negotiates as if the ring were not there
  if (isShielded) elements.push("typefind");
  elements.push(`output-selector name=${GATE}`);
  return elements.join(" ! ");
}

/** A ring's bin, with a sink pad named `sink`, until {@link close}. */
export class RingBin {
  /** The GstBin, or the appsink if that is its only element; valid until {@link close}. */
  readonly handle: Deno.PointerObject;
  /** Its appsink, valid until {@link close}. */
  readonly appsink: Deno.PointerObject;
  /** The appsink's pad, valid until {@link close}. */
  readonly sinkPad: Deno.PointerObject;
  readonly #name: string;
  /** The sink pad of the ring's own elements. */
  readonly #entry: Deno.PointerObject;
  readonly #queue: Deno.PointerObject | null;
  /** The pad whose flow return is that of the ring's own elements. */
  readonly #flow: Deno.PointerObject | null;
  /** References to all of them. */
  readonly #owned: Deno.PointerObject[] = [];

  /**
   * Creates the bin, stopped.
   *
   * @throws {GstError} If the text cannot be parsed, has no such appsink or no such pad.
   */
  constructor(options: RingBinOptions) {
    const { name, text } = options;
    this.#name = name;
    const own = this.#own(gst().gst_object_ref_sink(parse(name, text)))!;
    try {
      this.appsink = this.#findAppsink(own, text);
      this.sinkPad = this.#own(gst().gst_element_get_static_pad(this.appsink, cString("sink")))!;
      const entry = this.#own(gst().gst_element_get_static_pad(own, cString("sink")));
      if (entry === null) throw new GstError(`The ${name} has no unlinked sink pad in its bin`);
      const head = headText(options);
      this.#entry = head === "" ? this.sinkPad : entry;
      this.handle = head === "" ? this.#unwrap(own) : this.#wrap(own, head);
      const find = (element: string) =>
        head === "" ? null : this.#own(gst().gst_bin_get_by_name(this.handle, cString(element)));
      this.#queue = find(QUEUE);
      const errors = find(ERRORS);
      this.#flow = errors &&
        this.#own(gst().gst_element_get_static_pad(errors, cString("src")));
    } catch (error) {
      this.#release();
      throw error;
    }
  }

  #own(pointer: Deno.PointerValue): Deno.PointerObject | null {
    if (pointer !== null) this.#owned.push(pointer);
    return pointer;
  }

  #findAppsink(own: Deno.PointerObject, text: string): Deno.PointerObject {
    const element = this.#own(gst().gst_bin_get_by_name(own, cString("ringbuffer_appsink")));
    const isAppsink = element !== null &&
      gobject().g_type_check_instance_is_a(element, gstApp().gst_app_sink_get_type());
    if (isAppsink) return element;
    throw new GstError(
      `The ${this.#name} has no appsink named ringbuffer_appsink in its bin:\n${text}`,
    );
  }

  /** Takes a lone appsink out of its bin: every frame would pass two more pads there. */
  #unwrap(own: Deno.PointerObject): Deno.PointerObject {
    gst().gst_bin_remove(own, this.appsink);
    gst().gst_object_set_name(this.appsink, null); // GStreamer assigns a unique one
    return this.appsink;
  }

  /** Puts elements in front of a bin, and both into a new bin. */
  #wrap(own: Deno.PointerObject, head: string): Deno.PointerObject {
    const bin = this.#own(gst().gst_object_ref_sink(parseBin(head)))!;
    gst().gst_bin_add(bin, own);
    const gate = this.#own(gst().gst_bin_get_by_name(bin, cString(GATE)));
    const exit = this.#own(gst().gst_element_request_pad_simple(gate, cString("src_%u")));
    const result = gst().gst_pad_link_full(exit, this.#entry, ENUMS.GST_PAD_LINK_CHECK_DEFAULT);
    if (result === ENUMS.GST_PAD_LINK_OK) return bin;
    throw new GstError(`The ${this.#name} cannot be linked (GstPadLinkReturn ${result})`);
  }

  /** Whether frames can wait in front of the ring's own elements. */
  get isQueued(): boolean {
    return this.#queue !== null;
  }

  /** The number of frames that wait in front of the ring's own elements. */
  get queued(): number {
    return this.#queue === null ? 0 : Number(getProperty(this.#queue, "current-level-buffers"));
  }

  /** Limits the number of frames that may wait there. */
  set queueSize(frames: number) {
    if (this.#queue !== null) setProperty(this.#queue, "max-size-buffers", frames);
  }

  /**
   * Checks that caps are accepted as they are; they stay the caller's.
   *
   * @throws {GstError} If they are not.
   */
  checkCaps(caps: Deno.PointerObject): void {
    if (gst().gst_pad_query_accept_caps(this.#entry, caps)) return;
    throw new GstError(`The ${this.#name} does not accept the caps of the tee: ${capsText(caps)}`, {
      hint: "Put videoconvert (or another converter) at the head of its bin",
    });
  }

  /**
   * Changes the state to PAUSED, so that what fails then fails before the bin is part of the pipeline.
   *
   * @throws {GstError} If an element fails.
   * @throws {GstTimeoutError} If it takes longer than `timeoutSec`.
   */
  start(timeoutSec: number): void {
    const bus = gst().gst_bus_new();
    gst().gst_element_set_bus(this.handle, bus);
    try {
      gst().gst_element_set_state(this.handle, ENUMS.GST_STATE_PAUSED);
      const result = gst().gst_element_get_state(this.handle, null, null, secToNs(timeoutSec));
      if (result === ENUMS.GST_STATE_CHANGE_FAILURE) throw this.#startError(bus);
      if (result === ENUMS.GST_STATE_CHANGE_ASYNC) {
        throw new GstTimeoutError(`The ${this.#name} did not start within ${timeoutSec} s`, {
          hint: "Its sinks must not wait for data: give them async=false",
        });
      }
    } finally {
      gst().gst_element_set_bus(this.handle, null);
      gst().gst_object_unref(bus);
    }
  }

  #startError(bus: Deno.PointerValue): GstError {
    const text = `The ${this.#name} does not start`;
    const message = popMessage(bus, ENUMS.GST_MESSAGE_ERROR);
    return message?.type === "error" ? because(text, message.error) : new GstError(text);
  }

  /** Why its elements accept no more frames; `null` if they do, or if that cannot be known. */
  get failure(): GstError | null {
    if (this.#flow === null) return null;
    const flow = gst().gst_pad_get_last_flow_return(this.#flow);
    const isFlowing = flow === ENUMS.GST_FLOW_OK || flow === ENUMS.GST_FLOW_FLUSHING ||
      flow === ENUMS.GST_FLOW_EOS;
    if (isFlowing) return null;
    const reason = readCString(gst().gst_flow_get_name(flow)!);
    return new GstError(`The ${this.#name} accepts no more frames: ${reason}`);
  }

  /** Stops the bin and frees it. */
  close(): void {
    gst().gst_element_set_state(this.handle, ENUMS.GST_STATE_NULL);
    this.#release();
  }

  #release(): void {
    for (const pointer of this.#owned.splice(0)) gst().gst_object_unref(pointer);
  }
}

function parse(name: string, text: string): Deno.PointerObject {
  try {
    return parseBin(text);
  } catch (cause) {
    if (!(cause instanceof GstError)) throw cause;
    throw because(`The ${name} cannot parse its bin`, cause);
  }
}

/** Wraps an error; its hint is in its message already. */
function because(text: string, cause: GstError): GstError {
  return new GstError(`${text}: ${cause.message}`, { ...cause, hint: undefined, cause });
}
