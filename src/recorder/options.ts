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

/** One of several streams that are recorded into one file. */
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
  /** The tee's name. */
  srcTeeName?: string;
  /**
   * Several tees in place of one, such as video and sound: their streams become the tracks of one file, in step. Where
   * clips begin with a keyframe before the window, it is one of the first track.
   */
  tracks?: TrackOptions[];
  /**
   * Seconds of stream by which a track may fall behind the others. After that, clips go on without it, and their reports
   * say so.
   *
   * @default {1}
   */
  trackTimeoutSec?: number;
  /** Returns the path of a new clip. Its extension selects the container: .webm, .mkv, .mp4, .mov or .ts. */
  filenameGenerator: () => string;
  /** Seconds to keep before a call, and to go on after it. */
  windowSizeSec: number;
  /**
   * The longest clip that several calls may make, in seconds. A call that would make it longer begins the next clip, with
   * all of its own window, so that the two overlap. A single call gets what it asks for.
   *
   * @default {Infinity}
   */
  maxClipSec?: number;
  /**
   * Seconds for attaching to the tee.
   *
   * @default {1}
   */
  timeoutSec?: number;
  /**
   * Seconds in which {@link VideoRecorder.close} finishes open clips.
   *
   * @default {5}
   */
  closeTimeoutSec?: number;
  /**
   * Whether open clips are finished when the process is asked to end by a signal, exits, or dies of an uncaught error. A
   * script with signal listeners of its own sets `false` and closes the recorder in them.
   *
   * @default {true}
   */
  finishOnExit?: boolean;
  /**
   * Seconds in which clips are finished at the end of the process. What is not finished by then stays a `.part` file.
   *
   * @default {2}
   */
  exitTimeoutSec?: number;
  /**
   * Bytes that the ring of each track holds at most; the oldest frames are dropped first. A clip that this cuts short has
   * the shortfall `ring-not-full`.
   *
   * @default {Infinity}
   */
  maxRingBytes?: number;
  /**
   * Whether times in a clip's file begin at 0. Otherwise, .webm and .mkv keep the pipeline's running times; .mp4 and .mov
   * always begin at 0, .ts at the running time plus an hour.
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
   * Whether frames are copied as they come, 50 times a second, because the source has few buffers and needs those that
   * the ring holds (such as shmsrc). By default this is detected from the source's buffer pool, within a second.
   */
  copyFrames?: boolean;
  /**
   * The class of the ring buffer, which keeps the last seconds.
   *
   * @default {RingBuffer}
   */
  ringBufferClass?: typeof RingBuffer;
  /**
   * The class of the bin that writes a clip.
   *
   * @default {RecordBin}
   */
  recordBinClass?: typeof RecordBin;
  /**
   * Receives warnings, such as of a window shorter than two groups of pictures. By default they are emitted as warnings of
   * the process (`process.emitWarning()` of node:process), which prints them.
   */
  onWarning?: (text: string) => void;
  /**
   * Receives a failure of the ring buffer's bin. By default, an `error` event is dispatched on `globalThis`, which prints it
   * unless a listener prevents that; the process goes on.
   */
  onError?: (error: GstError) => void;
}

/** Options of {@link VideoRecorder.record}. */
export interface RecordOptions {
  /** Seconds to keep before the instant, up to `windowSizeSec`. Defaults to `windowSizeSec`. */
  beforeSec?: number;
  /** Seconds to go on after the instant. Defaults to `windowSizeSec`. */
  afterSec?: number;
  /**
   * The instant, in seconds of the pipeline's running time, for an analysis that answers late. The ring reaches back
   * `windowSizeSec` from now. Defaults to now.
   */
  at?: number;
  /**
   * The longest time until the file exists, in seconds.
   *
   * @default {1}
   */
  maxDelaySec?: number;
  /** Receives the clip's report. */
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
