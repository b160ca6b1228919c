/**
 * A toolkit for GStreamer: runs pipelines, and records clips that start before the event.
 *
 * - {@link Standalone} runs a pipeline to its end; {@link Pipeline} controls its states, elements and bus.
 * - {@link VideoRecorder} keeps the last seconds of a tee's stream and writes clips of them.
 * - {@link AppSink}, {@link AppSrc} and {@link Observation} exchange frames with JavaScript.
 * - {@link recoverClips}, {@link verifyClip} and {@link RetentionPolicy} look after the files.
 *
 * GStreamer's libraries are opened at the first call that needs them. If they cannot be opened, it throws a
 * {@link GstLoadError}.
 *
 * @example
 * ```ts
 * import { Standalone } from "@gstp/gstp";
 *
 * await Standalone.buildAndRun("videotestsrc num-buffers=30 ! fakesink");
 * ```
 *
 * @module
 */

// Pipelines
export { Standalone, type StandaloneOptions } from "./src/standalone.ts";
export { Pipeline, type StateOptions, type StopOptions } from "./src/pipeline.ts";
export { Element } from "./src/gst/element.ts";
export type { PropertyValue } from "./src/gst/properties.ts";
export type { State } from "./src/gst/state.ts";
export { Bus, MessageStream } from "./src/gst/bus.ts";
export type {
  ErrorMessage,
  Message,
  MessageBase,
  MessageType,
  PlainMessage,
  PlainMessageType,
  PropertyMessage,
  StateChangedMessage,
} from "./src/gst/message.ts";

// Pipeline files
export {
  formatTemplate,
  type Placeholder,
  Template,
  TemplateError,
  type TemplateErrorPlace,
  type TemplateOptions,
  type TemplateValue,
} from "./src/template/template.ts";

// Recording
export { VideoRecorder } from "./src/recorder/video_recorder.ts";
export {
  MultiVideoRecorder,
  type MultiVideoRecorderOptions,
} from "./src/recorder/multi_video_recorder.ts";
export type { RecordOptions, TrackOptions, VideoRecorderOptions } from "./src/recorder/options.ts";
export type { RecorderState, Recording } from "./src/recorder/recording.ts";
export type { RecordingReport, Shortfall, TrackReport } from "./src/recorder/clip/report.ts";
export { RecordingError } from "./src/recorder/clip/errors.ts";
export type { RecorderStats } from "./src/recorder/stats.ts";
export type { SnapshotOptions, SnapshotReport } from "./src/recorder/snapshot.ts";

// Cameras
export {
  Camera,
  type CameraClips,
  type CameraEvent,
  type CameraOptions,
  type CameraRecordOptions,
} from "./src/camera/camera.ts";
export { Site, type SiteCameraOptions, type SiteRecordOptions } from "./src/camera/site.ts";
export { Supervisor } from "./src/camera/supervisor.ts";
export type {
  PipelineSource,
  SupervisorOptions,
  SupervisorState,
  SupervisorStatus,
} from "./src/camera/supervisor_options.ts";
export type { OfflineReason } from "./src/camera/offline_reason.ts";
export {
  type CameraSource,
  cameraSource,
  type CameraSourceOptions,
} from "./src/camera/camera_source.ts";
export { CameraOfflineError } from "./src/camera/errors.ts";
export type { CameraRecorderOptions, CameraStream } from "./src/camera/camera_recorders.ts";
export { chooseTees, type TeeGroup } from "./src/camera/tee_groups.ts";

// Custom ring buffers and record bins
export { RingBuffer, type RingBufferOptions } from "./src/ringbuffer/ring_buffer.ts";
export { EncodedRingBuffer } from "./src/ringbuffer/encoded_ring_buffer.ts";
export { RecordBin, type RecordBinOptions } from "./src/recorder/encode/record_bin.ts";
export type { RecordTrack } from "./src/recorder/encode/record_bin_text.ts";
export { Frame } from "./src/gst/frame.ts";

// Clips on disk
export {
  type ClipFile,
  listClips,
  type ListOptions,
  readClip,
  type RecordedClip,
} from "./src/storage/clip_list.ts";
export {
  type ClipRecord,
  type ClipRecordState,
  firstAndLastCalls,
  type RecordedReport,
} from "./src/storage/clip_record.ts";
export {
  type RemovedClip,
  type RetentionOptions,
  RetentionPolicy,
} from "./src/storage/retention.ts";
export { listParts } from "./src/recovery/find_parts.ts";
export {
  type LeftClip,
  type LeftReason,
  recoverClips,
  type RecoveredClip,
  type Recovery,
} from "./src/recovery/recover.ts";
export {
  type VerifiedTrack,
  verifyClip,
  type VerifyOptions,
  type VerifyReport,
} from "./src/verify/verify_clip.ts";
export type { ClipComparison } from "./src/verify/compare.ts";
export type { ClipFault, ClipFaultKind } from "./src/verify/faults.ts";
export type { ClipGap, TrackMeasures, TrackStats } from "./src/verify/track_stats.ts";
export { checkContainer, containersFor } from "./src/recorder/encode/containers_for.ts";
export { CLIP_EXTENSIONS, type ContainerName, mimeTypeOf } from "./src/media/containers.ts";

// Frames in JavaScript
export { AppSink, type AppSinkOptions } from "./src/app/app_sink.ts";
export { AppSrc, type AppSrcOptions } from "./src/app/app_src.ts";
export type { FrameData } from "./src/app/frame_data.ts";
export type { PushOptions } from "./src/app/frame_buffer.ts";
export type { VideoLayout, VideoPlane } from "./src/gst/video_info.ts";
export {
  type Extractor,
  Observation,
  type ObservationOptions,
  type ObservationReport,
  type Processor,
} from "./src/observation/observation.ts";
export { ObservationError } from "./src/observation/errors.ts";

// The installation
export {
  checkInstallation,
  type Feature,
  type Installation,
  type LibraryFile,
  type MissingElement,
} from "./src/inspect/installation.ts";
export {
  type ElementInfo,
  type ElementSummary,
  inspectElement,
  installedElements,
  type PadInfo,
} from "./src/inspect/element_info.ts";
export type { PropertyChoice, PropertyInfo } from "./src/inspect/property_info.ts";
export { hasElement } from "./src/gst/element_factory.ts";
export { gstVersion } from "./ffi/gst.ts";
export { checkDenoVersion } from "./ffi/versions.ts";

// Errors and the process
export { GstError, type GstErrorOptions, GstLoadError, GstVersionError } from "./ffi/errors.ts";
export { GstClosedError, GstParseError, GstTimeoutError } from "./src/util/errors.ts";
export { isSighupIgnored } from "./src/util/sighup.ts";
export { didYouMean } from "./src/util/closest.ts";
export { commandLine, setCommandLine } from "./src/util/command_line.ts";
