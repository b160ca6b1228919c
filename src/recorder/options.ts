/**
 * Options of recorders, and checks of them.
 *
 * @module
 */
import { checkFunction, checkObject, checkSec } from "../util/check.ts";
import type { GstError } from "../../ffi/errors.ts";
import { nsToSec, secToNs } from "../util/clock_time.ts";
import { Pipeline } from "../pipeline.ts";
import { reportUnhandled, reportWarning } from "../util/report_error.ts";
import { RingBuffer } from "../ringbuffer/ring_buffer.ts";
import type { Call } from "../ringbuffer/clip_window.ts";
import { RecordBin } from "./encode/record_bin.ts";
import type { RecordingReport } from "./clip/report.ts";

/** A track of a recorder that records several tees into one file. */
export interface TrackOptions {
  /** The tee's name. */
  tee: string;
  /** The class of its ring buffer. Defaults to the recorder's `ringBufferClass`. */
  ringBufferClass?: typeof RingBuffer;
}

/** Options of {@link VideoRecorder}. */
export interface VideoRecorderOptions {
  /** The pipeline with the tee. */
  pipeline: Pipeline;
  /** The tee's name. Either this or `tracks` is required. */
  srcTeeName?: string;
  /**
   * Several tees, such as video and audio, whose streams become the synchronized tracks of one file. If a clip begins with a
   * keyframe before the window, it is a keyframe of the first track with pictures.
   */
  tracks?: TrackOptions[];
  /**
   * Seconds of stream by which a track may fall behind the others. After that, the clip goes on without it, or with silence in
   * place of sound, and its report has a shortfall.
   *
   * @default {1}
   */
  trackTimeoutSec?: number;
  /**
   * Returns the path of a new clip, which must not exist; its folder is created. The extension selects the container: .webm,
   * .mkv, .mp4, .mov or .ts.
   */
  filenameGenerator: () => string;
  /** Seconds that a clip has before the call, and after it. From 0.001 to 86,400. */
  windowSizeSec: number;
  /**
   * The maximum length of a clip that calls extend, in seconds. A call that would exceed it begins a new clip with its full
   * window, which overlaps the previous clip. It does not limit the window of a single call.
   *
   * @default {Infinity}
   */
  maxClipSec?: number;
  /**
   * Seconds that attaching to the tee may take. The constructor blocks for as long.
   *
   * @default {1}
   */
  timeoutSec?: number;
  /**
   * Seconds that {@link VideoRecorder.close} may take to finish open clips.
   *
   * @default {5}
   */
  closeTimeoutSec?: number;
  /**
   * Whether open clips are finished when the process gets SIGINT, SIGTERM or SIGHUP, exits, or ends by an uncaught error.
   * Set `false` in a script with signal listeners of its own, and close the recorder in them.
   *
   * @default {true}
   */
  finishOnExit?: boolean;
  /**
   * Seconds that finishing clips may delay the end of the process. A clip that is not finished by then stays a `.part` file.
   *
   * @default {2}
   */
  exitTimeoutSec?: number;
  /**
   * The maximum size of each track's ring buffer in bytes; the oldest frames are dropped first. A clip that starts late
   * because of it has the shortfall `ring-not-full`.
   *
   * @default {Infinity}
   */
  maxRingBytes?: number;
  /**
   * Whether timestamps in .webm and .mkv begin at 0, instead of the pipeline's running time. In .mp4 and .mov they always
   * begin at 0, in .ts at the running time plus an hour.
   *
   * @default {false}
   */
  startAtZero?: boolean;
  /**
   * Whether a clip record, `NAME.json`, is written beside each clip: what was recorded and when, the report, and the proof
   * that the clip is one of gstp, without which {@link RetentionPolicy}, {@link listClips} and {@link recoverClips} leave it
   * alone.
   *
   * @default {true}
   */
  clipRecords?: boolean;
  /**
   * Whether clips of encoded video start with the first frame of the window (a smart cut) instead of a keyframe before
   * it. The frames up to the next keyframe are re-encoded, for which an encoder must be installed.
   *
   * @default {false}
   */
  exactStart?: boolean;
  /**
   * Whether frames are copied as they come, 50 times a second. This is for a source with few buffers, such as shmsrc, which
   * stalls while the ring buffer holds them. A source whose buffer pool is too small is detected within a second anyway.
   *
   * @default {false}
   */
  copyFrames?: boolean;
  /**
   * The class of the ring buffer, such as {@link EncodedRingBuffer}.
   *
   * @default {RingBuffer}
   */
  ringBufferClass?: typeof RingBuffer;
  /**
   * The class of the pipeline that encodes and writes a clip.
   *
   * @default {RecordBin}
   */
  recordBinClass?: typeof RecordBin;
  /**
   * Called with a warning, such as that the window is shorter than two GOPs. Defaults to `process.emitWarning()` of
   * node:process, which prints it.
   */
  onWarning?: (text: string) => void;
  /**
   * Called when an element in the ring buffer's bin has failed. By default, the error is dispatched as an `error` event on
   * `globalThis`. It is printed unless a listener calls `preventDefault()`, and does not end the process.
   */
  onError?: (error: GstError) => void;
}

/** Options of {@link VideoRecorder.record}. */
export interface RecordOptions {
  /** Seconds of the clip before the instant, at most `windowSizeSec`. Defaults to `windowSizeSec`. */
  beforeSec?: number;
  /** Seconds of the clip after the instant, at most a day. Defaults to `windowSizeSec`. */
  afterSec?: number;
  /**
   * The instant to record around, in seconds of the pipeline's running time, such as `runningTimeSec` of a {@link
   * FrameData}. Frames are kept for `windowSizeSec`, so that an early instant loses the start of its clip. Defaults to now.
   */
  at?: number;
  /**
   * Seconds within which the file must exist.
   *
   * @default {1}
   */
  maxDelaySec?: number;
  /** Called with the report once the clip is complete; not called if it fails. */
  onVideoFinished?: (report: RecordingReport) => void;
}

/** The shortest window: a shorter one may hold no frame. */
const MIN_WINDOW_SEC = 0.001;
/** The longest window, a day: the ring counts its frames in 32 bits. */
const MAX_WINDOW_SEC = 86_400;

/** Options of a recorder, with none left out. */
export interface CompleteOptions extends Required<Omit<VideoRecorderOptions, "srcTeeName">> {
  tracks: Required<TrackOptions>[];
}

/**
 * Completes the options of a recorder with the defaults.
 *
 * @throws {TypeError} If one has the wrong type.
 * @throws {RangeError} If a number of seconds is out of range.
 */
export function completeOptions(options: VideoRecorderOptions): CompleteOptions {
  checkObject("options", options);
  const {
    srcTeeName,
    tracks,
    maxClipSec = Infinity,
    trackTimeoutSec = 1,
    timeoutSec = 1,
    closeTimeoutSec = 5,
    finishOnExit = true,
    exitTimeoutSec = 2,
    startAtZero = false,
    clipRecords = true,
    exactStart = false,
    copyFrames = false,
    maxRingBytes = Infinity,
    onWarning = reportWarning,
    ringBufferClass = RingBuffer,
    recordBinClass = RecordBin,
    onError = reportUnhandled,
    ...required
  } = options;
  const { pipeline, filenameGenerator, windowSizeSec } = required;
  if (!(pipeline instanceof Pipeline)) {
    throw new TypeError("pipeline must be a Pipeline, such as app.pipeline");
  }
  checkFunction("filenameGenerator", filenameGenerator);
  checkWindow(windowSizeSec);
  // both block, and must end
  checkFiniteSec("timeoutSec", timeoutSec);
  checkFiniteSec("exitTimeoutSec", exitTimeoutSec);
  checkSec("closeTimeoutSec", closeTimeoutSec);
  if (checkSec("maxClipSec", maxClipSec) < Infinity) {
    checkSpan("maxClipSec", maxClipSec, MAX_WINDOW_SEC);
  }
  checkSpan("trackTimeoutSec", trackTimeoutSec, MAX_WINDOW_SEC);
  if (typeof finishOnExit !== "boolean") throw new TypeError("finishOnExit must be true or false");
  if (typeof startAtZero !== "boolean") throw new TypeError("startAtZero must be true or false");
  if (typeof clipRecords !== "boolean") throw new TypeError("clipRecords must be true or false");
  if (typeof exactStart !== "boolean") throw new TypeError("exactStart must be true or false");
  if (typeof copyFrames !== "boolean") throw new TypeError("copyFrames must be true or false");
  checkClass("ringBufferClass", ringBufferClass, RingBuffer);
  checkClass("recordBinClass", recordBinClass, RecordBin);
  checkFunction("onError", onError);
  checkFunction("onWarning", onWarning);
  if (typeof maxRingBytes !== "number") throw new TypeError("maxRingBytes must be a number");
  if (!(maxRingBytes > 0)) {
    throw new RangeError(`maxRingBytes must be above 0, got ${maxRingBytes}`);
  }
  return {
    ...required,
    tracks: completeTracks(srcTeeName, tracks, ringBufferClass),
    ...{ maxClipSec, timeoutSec, closeTimeoutSec, trackTimeoutSec, exitTimeoutSec },
    ...{ finishOnExit, startAtZero, clipRecords, exactStart, copyFrames, maxRingBytes },
    ...{ ringBufferClass, recordBinClass, onWarning, onError },
  };
}

/** The tracks: one for a tee, or several. */
function completeTracks(
  srcTeeName: string | undefined,
  tracks: TrackOptions[] | undefined,
  ringBufferClass: typeof RingBuffer,
): Required<TrackOptions>[] {
  if (tracks === undefined) {
    if (typeof srcTeeName === "string") return [{ tee: srcTeeName, ringBufferClass }];
    throw new TypeError("srcTeeName must be the name of a tee");
  }
  if (srcTeeName !== undefined) throw new TypeError("srcTeeName and tracks exclude each other");
  if (!Array.isArray(tracks) || tracks.length === 0) {
    throw new TypeError(
      'tracks must be a list of tees, such as [{ tee: "video" }, { tee: "sound" }]',
    );
  }
  const complete = tracks.map((track) => ({ ringBufferClass, ...track }));
  for (const { tee, ringBufferClass } of complete) {
    if (typeof tee !== "string") throw new TypeError("tee must be the name of a tee");
    checkClass("ringBufferClass", ringBufferClass, RingBuffer);
  }
  if (new Set(complete.map(({ tee }) => tee)).size < complete.length) {
    throw new RangeError("tracks must name each tee once");
  }
  return complete;
}

function checkClass(name: string, value: unknown, base: typeof RingBuffer | typeof RecordBin) {
  const isClass = typeof value === "function" &&
    (value === base || value.prototype instanceof base);
  if (!isClass) throw new TypeError(`${name} must be ${base.name} or a subclass of it`);
}

/**
 * Reads what a call of record() asks for.
 *
 * @throws {TypeError} If an option has the wrong type.
 * @throws {RangeError} If a number of seconds is out of range.
 */
export function readCall(options: RecordOptions, windowSizeSec: number, nowNs: bigint): Call {
  const { beforeSec = windowSizeSec, afterSec = windowSizeSec, at } = options;
  checkSpan("beforeSec", beforeSec, windowSizeSec);
  checkSpan("afterSec", afterSec, MAX_WINDOW_SEC);
  const atNs = at === undefined ? nowNs : checkInstant(at, nowNs);
  return { atNs, beforeNs: secToNs(beforeSec), afterNs: secToNs(afterSec) };
}

/** Checks an instant, which must lie within the stream so far; returns nanoseconds. */
function checkInstant(at: number, nowNs: bigint): bigint {
  checkSpan("at", at, nsToSec(nowNs));
  return secToNs(at);
}

function checkFiniteSec(name: string, sec: number): void {
  if (checkSec(name, sec) === Infinity) throw new RangeError(`${name} must be finite`);
  checkSpan(name, sec, MAX_WINDOW_SEC);
}

/** Checks a number of seconds from 0 to a limit. */
function checkSpan(name: string, sec: number, maxSec: number): void {
  checkSec(name, sec);
  if (sec > maxSec) throw new RangeError(`${name} must be at most ${maxSec} seconds, got ${sec}`);
}

function checkWindow(sec: number): void {
  checkSpan("windowSizeSec", sec, MAX_WINDOW_SEC);
  if (sec < MIN_WINDOW_SEC) {
    throw new RangeError(`windowSizeSec must be at least ${MIN_WINDOW_SEC} seconds, got ${sec}`);
  }
}

/** Checks what a filename generator returned. */
export function checkPath(path: unknown): string {
  const isPath = typeof path === "string" && path !== "" && !path.includes("\0") &&
    path.isWellFormed();
  if (isPath) return path;
  throw new TypeError(`filenameGenerator must return a path, got ${Deno.inspect(path)}`);
}
