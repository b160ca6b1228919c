/**
 * Messages of a pipeline's bus.
 *
 * @module
 */
import { readCString, takeCString } from "../../ffi/cstring.ts";
import { GstError } from "../../ffi/errors.ts";
import { GErrorSlot, PointerSlot } from "../../ffi/gerror.ts";
import { glib, gst } from "../../ffi/gst.ts";
import { OFFSETS } from "../../ffi/layout.ts";
import { errorHint } from "./error_hints.ts";
import { pathOf } from "./object.ts";
import { gvalueText } from "./properties.ts";
import { reasonOf, resourceOf, withoutPasswords } from "./resource.ts";
import { type State, stateName } from "./state.ts";

/** Message types whose contents are only available as the text of their structure. */
export type PlainMessageType =
  | "application"
  | "async-done"
  | "async-start"
  | "buffering"
  | "clock-lost"
  | "clock-provide"
  | "device-added"
  | "device-changed"
  | "device-removed"
  | "duration-changed"
  | "element"
  | "eos"
  | "have-context"
  | "instant-rate-request"
  | "latency"
  | "need-context"
  | "new-clock"
  | "progress"
  | "qos"
  | "redirect"
  | "request-state"
  | "reset-time"
  | "segment-done"
  | "segment-start"
  | "state-dirty"
  | "step-done"
  | "step-start"
  | "stream-collection"
  | "stream-start"
  | "stream-status"
  | "streams-selected"
  | "structure-change"
  | "tag"
  | "toc"
  | "unknown";

/** The fields of all messages. */
export interface MessageBase {
  /** The path of the object that posted it, such as `/GstPipeline:pipeline0/GstFakeSink:fakesink0`. */
  readonly source: string;
}

/** An error, a warning or an info message of an element. */
export interface ErrorMessage extends MessageBase {
  /** The message's type. */
  readonly type: "error" | "warning" | "info";
  /** The message as an error: with the element's path, debug text and, if gstp knows one, a hint. */
  readonly error: GstError;
}

/** An element changed its state. */
export interface StateChangedMessage extends MessageBase {
  /** The message's type. */
  readonly type: "state-changed";
  /** The state before the change. */
  readonly oldState: State;
  /** The state after the change. */
  readonly newState: State;
  /** The target state of a change that goes on; null if the element has reached it. */
  readonly pendingState: State | null;
}

/** A property changed. Posted only after {@link Pipeline.watchProperties}. */
export interface PropertyMessage extends MessageBase {
  /** The message's type. */
  readonly type: "property-notify";
  /** The property's name. */
  readonly property: string;
  /** The new value as GStreamer's text; null if the value has none. */
  readonly value: string | null;
}

/** Any other message. */
export interface PlainMessage extends MessageBase {
  /** The message's type. */
  readonly type: PlainMessageType;
  /** The message's GstStructure as text; null if it has none. */
  readonly structure: string | null;
}

/**
 * A message from a pipeline's bus, as plain data. Its fields depend on `type`, which is GStreamer's name for it
 * (GStreamer: Core Library, "GstMessage").
 */
export type Message = ErrorMessage | StateChangedMessage | PropertyMessage | PlainMessage;

/** The type of a message. */
export type MessageType = Message["type"];

/** Reads a GstMessage; the caller keeps it. */
export function readMessage(message: Deno.PointerObject): Message {
  const view = new Deno.UnsafePointerView(message);
  const source = pathOf(view.getPointer(OFFSETS["GstMessage.src"]));
  const name = gst().gst_message_type_get_name(view.getUint32(OFFSETS["GstMessage.type"]));
  const type = (name === null ? "unknown" : readCString(name)) as MessageType;
  switch (type) {
    case "error":
    case "warning":
    case "info": {
      const error = readError(message, type, source);
      return { type, source: error.path ?? source, error };
    }
    case "state-changed":
      return { type, source, ...readStates(message) };
    case "property-notify":
      return { type, ...readProperty(message) };
    default:
      return { type, source, structure: readStructure(message) };
  }
}

/**
 * Removes the oldest message of some types from a bus, and those of other types before it.
 *
 * @param bus A GstBus; the caller keeps it.
 * @param types Values of GstMessageType, combined with `|`.
 * @param waitNs Nanoseconds to wait for such a message, blocking. Defaults to 0.
 * @returns The message, or null if there is none.
 */
export function popMessage(
  bus: Deno.PointerValue,
  types: number,
  waitNs = 0n,
): Message | null {
  const pointer = gst().gst_bus_timed_pop_filtered(bus, waitNs, types);
  return pointer === null ? null : takeMessage(pointer);
}

/** Reads a GstMessage and drops the caller's reference to it. */
export function takeMessage(pointer: Deno.PointerObject): Message {
  const message = readMessage(pointer);
  gst().gst_mini_object_unref(pointer);
  return message;
}

/** The path in an error's debug text: that of the element when it failed, even if it has been removed since. */
const DEBUG_PATH = /\(\): (\/.+?)(?::?\n|:?$)/;

function readError(
  message: Deno.PointerObject,
  type: "error" | "warning" | "info",
  source: string,
): GstError {
  const error = new GErrorSlot();
  const debugSlot = new PointerSlot();
  gst()[`gst_message_parse_${type}`](message, error.out, debugSlot.out);
  const debug = withoutPasswords(takeCString(glib(), debugSlot.pointer) ?? "") || undefined;
  const path = DEBUG_PATH.exec(debug ?? "")?.[1] ?? source;
  const { message: text, ...info } = error.take(glib()) ??
    { message: "unknown error", domain: undefined, code: undefined };
  const all = withReason(withoutPasswords(text), info.domain, debug);
  const element = new Deno.UnsafePointerView(message).getPointer(OFFSETS["GstMessage.src"]);
  const resource = element === null ? "" : resourceOf(element, all);
  return new GstError(`${path}: ${all}${resource && ` (${resource})`}`, {
    ...info,
    path,
    debug,
    hint: errorHint(info.domain, text, debug),
  });
}

/** Appends what the debug text adds to an error of a file or a connection: the reason for the failure. */
function withReason(text: string, domain: string | undefined, debug = ""): string {
  const reason = domain === "gst-resource-error-quark" ? reasonOf(debug) : "";
  return reason === "" ? text : `${text.replace(/\.$/, "")}. ${reason}`;
}

function readStates(message: Deno.PointerObject) {
  const states = new Int32Array(3);
  const at = (index: number) => states.subarray(index, index + 1);
  gst().gst_message_parse_state_changed(message, at(0), at(1), at(2));
  return {
    oldState: stateName(states[0]!) ?? "null",
    newState: stateName(states[1]!) ?? "null",
    pendingState: stateName(states[2]!),
  };
}

function readProperty(message: Deno.PointerObject) {
  const object = new PointerSlot();
  const name = new PointerSlot();
  const value = new PointerSlot();
  gst().gst_message_parse_property_notify(message, object.out, name.out, value.out);
  return {
    source: pathOf(object.pointer),
    property: name.pointer === null ? "" : readCString(name.pointer),
    value: value.pointer === null ? null : gvalueText(value.pointer),
  };
}

function readStructure(message: Deno.PointerObject): string | null {
  const structure = gst().gst_message_get_structure(message);
  return structure === null ? null : takeCString(glib(), gst().gst_structure_to_string(structure));
}
