/**
 * gstp: a scripting toolkit over GStreamer.
 *
 * @module
 */
export { GstError, type GstErrorOptions, GstLoadError, GstVersionError } from "./ffi/errors.ts";
export { gstVersion } from "./ffi/gst.ts";
export { AppSink, type AppSinkOptions } from "./src/app_sink.ts";
export { AppSrc, type AppSrcOptions, type PushOptions } from "./src/app_src.ts";
export { Bus, MessageStream } from "./src/bus.ts";
export { Element } from "./src/element.ts";
export { GstClosedError, GstParseError, GstTimeoutError } from "./src/errors.ts";
export type { FrameData } from "./src/frame_data.ts";
export {
  checkInstallation,
  type Feature,
  type Installation,
  type LibraryFile,
  type MissingElement,
} from "./src/installation.ts";
export {
  type ElementInfo,
  type ElementSummary,
  inspectElement,
  installedElements,
  type PadInfo,
} from "./src/inspect.ts";
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
export {
  type Extractor,
  Observation,
  type ObservationOptions,
  type ObservationReport,
  type Processor,
} from "./src/observation.ts";
export { ObservationError } from "./src/observation_error.ts";
export { type Attachment, Pipeline, type StateOptions, type StopOptions } from "./src/pipeline.ts";
export type { PropertyValue } from "./src/properties.ts";
export type { PropertyChoice, PropertyInfo } from "./src/property_info.ts";
export { Standalone, type StandaloneOptions } from "./src/standalone.ts";
export type { State } from "./src/state.ts";
export {
  formatTemplate,
  type Placeholder,
  Template,
  TemplateError,
  type TemplateErrorPlace,
  type TemplateOptions,
  type TemplateValue,
} from "./src/template.ts";
export { RecordBin, type RecordBinOptions } from "./src/recorder/record_bin.ts";
export type { RecordTrack } from "./src/recorder/record_bin_parts.ts";
export { RecordingError } from "./src/recorder/errors.ts";
export {
  type LeftClip,
  type LeftReason,
  recoverClips,
  type RecoveredClip,
  type Recovery,
} from "./src/recorder/recover.ts";
export type { RecordingReport, Shortfall, TrackReport } from "./src/recorder/report.ts";
export {
  type RemovedClip,
  type RetentionOptions,
  RetentionPolicy,
} from "./src/recorder/retention.ts";
export type { SnapshotOptions, SnapshotReport } from "./src/recorder/snapshot.ts";
export {
  type RecorderState,
  type Recording,
  VideoRecorder,
} from "./src/recorder/video_recorder.ts";
export type { RecordOptions, TrackOptions, VideoRecorderOptions } from "./src/recorder/options.ts";
export { EncodedRingBuffer } from "./src/ringbuffer/encoded_ring_buffer.ts";
export { RingBuffer, type RingBufferOptions } from "./src/ringbuffer/ring_buffer.ts";
export {
  MultiVideoRecorder,
  type MultiVideoRecorderOptions,
} from "./src/recorder/multi_video_recorder.ts";
export { hasElement } from "./src/registry.ts";
export { Frame } from "./src/frame.ts";
export type { RecorderStats } from "./src/recorder/stats.ts";
export type { VideoLayout, VideoPlane } from "./src/video_layout.ts";
export type { ContainerName } from "./src/verify/container.ts";
export type { ClipFault, ClipFaultKind } from "./src/verify/judge.ts";
export type { ClipGap, TrackMeasures } from "./src/verify/track.ts";
export {
  type VerifiedTrack,
  verifyClip,
  type VerifyOptions,
  type VerifyReport,
} from "./src/verify/verify_clip.ts";
