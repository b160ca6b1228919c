/**
 * The messages of a pipeline's bus.
 *
 * @module
 */
import { readCString, takeCString } from "../../ffi/cstring.ts";
import { GstError } from "../../ffi/errors.ts";
import { GErrorSlot, PointerSlot } from "../../ffi/gerror.ts";
import { glib, gst } from "../../ffi/gst.ts";
import { OFFSETS } from "../../ffi/layout.ts";
import { errorHint } from "./error_hints.ts";
import { gvalueText } from "./properties.ts";
import { type State, stateName } from "./state.ts";

/** Message types without contents of their own here; their structure tells more, as text. */
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

/** What every message has. */
export interface MessageBase {
  /** Path of the object that posted it, such as `/GstPipeline:pipeline0/GstFakeSink:fakesink0`. */
  readonly source: string;
}

/** An error, a warning or a piece of information from an element. */
export interface ErrorMessage extends MessageBase {
  /** What kind of message it is. */
  readonly type: "error" | "warning" | "info";
  /** What the element said, with its path, debug text and, where one is known, a hint. */
  readonly error: GstError;
}

/** An element changed its state. */
export interface StateChangedMessage extends MessageBase {
  /** What kind of message it is. */
  readonly type: "state-changed";
  /** The state that it comes from. */
  readonly oldState: State;
  /** The state that it is in now. */
  readonly newState: State;
  /** The state that it is on its way to; null when it has arrived. */
  readonly pendingState: State | null;
}

/** A property changed; only after {@link Pipeline.watchProperties}. */
export interface PropertyMessage extends MessageBase {
  /** What kind of message it is. */
  readonly type: "property-notify";
  /** The property's name. */
  readonly property: string;
  /** The new value as GStreamer writes it; null where it has no text. */
  readonly value: string | null;
}

/** Any other message. */
export interface PlainMessage extends MessageBase {
  /** What kind of message it is. */
  readonly type: PlainMessageType;
  /** The message's structure as GStreamer writes it; null where it has none. */
  readonly structure: string | null;
}

/**
 * A message from a pipeline's bus: plain data, told apart by `type`, named as in GStreamer
 * (GStreamer: Core Library, "GstMessage").
 */
export type Message = ErrorMessage | StateChangedMessage | PropertyMessage | PlainMessage;

/** Any message's type. */
export type MessageType = Message["type"];

/** Reads a GstMessage that stays the caller's. */
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
 * Removes the oldest message of some types from a bus, and those before it of other types.
 *
 * @param bus A GstBus; it stays the caller's.
 * @param types Values of GstMessageType, combined with `|`.
 * @param waitNs Nanoseconds to wait for such a message. The call blocks.
 * @returns The message, or `null` if none came.
 */
export function popMessage(
  bus: Deno.PointerValue,
  types: number,
  waitNs = 0n,
): Message | null {
  const pointer = gst().gst_bus_timed_pop_filtered(bus, waitNs, types);
  if (pointer === null) return null;
  const message = readMessage(pointer);
  gst().gst_mini_object_unref(pointer);
  return message;
}

/** An object's path; empty for none. */
export function pathOf(object: Deno.PointerValue): string {
  return object === null ? "" : takeCString(glib(), gst().gst_object_get_path_string(object)) ?? "";
}

/** The path in an error's debug text: where the element was when it failed, also if it has been taken out since. */
const DEBUG_PATH = /\(\): (\/.+?)(?::?\n|:?$)/;

function readError(
  message: Deno.PointerObject,
  type: "error" | "warning" | "info",
  source: string,
): GstError {
  const error = new GErrorSlot();
  const debugSlot = new PointerSlot();
  gst()[`gst_message_parse_${type}`](message, error.out, debugSlot.out);
  const debug = takeCString(glib(), debugSlot.pointer) ?? undefined;
  const path = DEBUG_PATH.exec(debug ?? "")?.[1] ?? source;
  const { message: text, ...info } = error.take(glib()) ??
    { message: "unknown error", domain: undefined, code: undefined };
  return new GstError(`${path}: ${text}`, {
    ...info,
    path,
    debug,
    hint: errorHint(info.domain, text, debug),
  });
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
