/**
 * gstp: a scripting toolkit over GStreamer.
 *
 * @module
 */
export { GstError, type GstErrorOptions, GstLoadError, GstVersionError } from "./ffi/errors.ts";
export { gstVersion } from "./ffi/gst.ts";
export { Bus, MessageStream } from "./src/bus.ts";
export { Element } from "./src/element.ts";
export { GstClosedError, GstParseError, GstTimeoutError } from "./src/errors.ts";
export type {
  ErrorMessage,
  Message,
  MessageBase,
  MessageType,
  PlainMessage,
  PlainMessageType,
  PropertyMessage,
  StateChangedMessage,
} from "./src/message.ts";
export { type Attachment, Pipeline, type StateOptions, type StopOptions } from "./src/pipeline.ts";
export type { PropertyValue } from "./src/properties.ts";
export { Standalone, type StandaloneOptions } from "./src/standalone.ts";
export type { State } from "./src/state.ts";
