/**
 * What recorders are told, and whether it makes sense.
 *
 * @module
 */
import { checkFunction, checkObject, checkSec } from "../util/check.ts";
import type { GstError } from "../../ffi/errors.ts";
import { nsToSec, secToNs } from "../util/clock_time.ts";
import { Pipeline } from "../pipeline.ts";
import { RingBuffer } from "../ringbuffer/ring_buffer.ts";
import type { Call } from "../ringbuffer/clip_window.ts";
import { RecordBin } from "./encode/record_bin.ts";
import type { RecordingReport } from "./clip/report.ts";

/** A stream to record, with others, into one file. */
export interface TrackOptions {
  /** The tee's name. */
  tee: string;
  /** What keeps its last seconds; the recorder's `ringBufferClass` unless told. */
  ringBufferClass?: typeof RingBuffer;
}

/** How to set up a recorder. */
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
   * Seconds of stream by which a track may fall behind the others; then clips go on without it, and their reports say
   * so. 1 unless told.
   */
  trackTimeoutSec?: number;
  /** Names each clip; the extension tells the container: .webm, .mkv, .mp4, .mov or .ts. */
  filenameGenerator: () => string;
  /** Seconds to keep before a call, and to go on after it. */
  windowSizeSec: number;
  /**
   * Seconds that calls may make a clip last; a call that would make it longer begins the next one, with all of its own
   * window, so that the two overlap. A single call gets what it asks for. `Infinity` unless told.
   */
  maxClipSec?: number;
  /** Seconds for attaching to the tee; 1 unless told. */
  timeoutSec?: number;
  /** Seconds that {@link VideoRecorder.close} gives open clips to be finished; 5 unless told. */
  closeTimeoutSec?: number;
  /**
   * Whether open clips are finished when the process gets a signal to end, exits, or dies of an uncaught error; true
   * unless told. A script with signal listeners of its own says false and closes the recorder in them.
   */
  finishOnExit?: boolean;
  /** Seconds that they get for it; 2 unless told. What is not finished by then stays a `.part` file. */
  exitTimeoutSec?: number;
  /**
   * Bytes that the ring of each track holds at most, the oldest frames going first; no limit unless told. A clip that
   * this cuts short says `ring-not-full`.
   */
  maxRingBytes?: number;
  /**
   * Whether times in a clip's file begin at 0. They are the pipeline's running times unless told, in .webm and .mkv; in
   * .mp4 and .mov they always begin at 0, in .ts at the running time and an hour.
   */
  startAtZero?: boolean;
  /**
   * Whether clips of encoded video start with the first frame of the window instead of a keyframe before it: up to the
   * next keyframe they are encoded anew then, for which an encoder must be installed. False unless told.
   */
  exactStart?: boolean;
  /**
   * Whether frames are copied as they come, 50 times a second, as the source has few buffers and lacks those that the
   * ring holds (such as shmsrc). Unless told, that is seen by the source's buffer pool, within a second.
   */
  copyFrames?: boolean;
  /** What keeps the last seconds. */
  ringBufferClass?: typeof RingBuffer;
  /** What writes the clips. */
  recordBinClass?: typeof RecordBin;
  /** Takes what is odd, but no failure, such as a window shorter than two groups of pictures; printed unless told. */
  onWarning?: (text: string) => void;
  /** Takes a failure of the ring buffer's bin; it is printed unless told. */
  onError?: (error: GstError) => void;
}

/** How to record one clip. */
export interface RecordOptions {
  /** Seconds to keep before the instant: up to windowSizeSec, which it is unless told. */
  beforeSec?: number;
  /** Seconds to go on after the instant; windowSizeSec unless told. */
  afterSec?: number;
  /**
   * The instant, in seconds of the pipeline's running time: for an analysis that answers late. The ring reaches back
   * windowSizeSec from now. Now unless told.
   */
  at?: number;
  /** Seconds until the file exists, at most; 1 unless told. */
  maxDelaySec?: number;
  /** Takes the clip's report. */
  onVideoFinished?: (report: RecordingReport) => void;
}

/** A shorter window can be without any frame. */
const MIN_WINDOW_SEC = 0.001;
/** A day; the ring counts its frames in 32 bits. */
const MAX_WINDOW_SEC = 86_400;

/** A recorder's options, all of them. */
export interface CompleteOptions extends Required<Omit<VideoRecorderOptions, "srcTeeName">> {
  tracks: Required<TrackOptions>[];
}

/**
 * A recorder's options with their defaults.
 *
 * @throws {TypeError} if one has the wrong type.
 * @throws {RangeError} if a number of seconds is out of range.
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
    exactStart = false,
    copyFrames = false,
    maxRingBytes = Infinity,
    onWarning = console.warn,
    ringBufferClass = RingBuffer,
    recordBinClass = RecordBin,
    onError = console.error,
    ...required
  } = options;
  const { pipeline, filenameGenerator, windowSizeSec } = required;
  if (!(pipeline instanceof Pipeline)) {
    throw new TypeError("pipeline must be a Pipeline, such as app.pipeline");
  }
  checkFunction("filenameGenerator", filenameGenerator);
  checkWindow(windowSizeSec);
  // both block: they cannot take for ever
  checkFiniteSec("timeoutSec", timeoutSec);
  checkFiniteSec("exitTimeoutSec", exitTimeoutSec);
  checkSec("closeTimeoutSec", closeTimeoutSec);
  if (checkSec("maxClipSec", maxClipSec) < Infinity) {
    checkSpan("maxClipSec", maxClipSec, MAX_WINDOW_SEC);
  }
  checkSpan("trackTimeoutSec", trackTimeoutSec, MAX_WINDOW_SEC);
  if (typeof finishOnExit !== "boolean") throw new TypeError("finishOnExit must be true or false");
  if (typeof startAtZero !== "boolean") throw new TypeError("startAtZero must be true or false");
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
    ...{ finishOnExit, startAtZero, exactStart, copyFrames, maxRingBytes },
    ...{ ringBufferClass, recordBinClass, onWarning, onError },
  };
}

/** What to record: one tee, or several. */
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
 * What a call to record() asks for.
 *
 * @throws {TypeError} if an option has the wrong type.
 * @throws {RangeError} if a number of seconds is out of range.
 */
export function readCall(options: RecordOptions, windowSizeSec: number, nowNs: bigint): Call {
  const { beforeSec = windowSizeSec, afterSec = windowSizeSec, at } = options;
  checkSpan("beforeSec", beforeSec, windowSizeSec);
  checkSpan("afterSec", afterSec, MAX_WINDOW_SEC);
  const atNs = at === undefined ? nowNs : checkInstant(at, nowNs);
  return { atNs, beforeNs: secToNs(beforeSec), afterNs: secToNs(afterSec) };
}

/** An instant within the stream so far, in nanoseconds. */
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

/** Checks what a filename generator has returned. */
export function checkPath(path: unknown): string {
  const isPath = typeof path === "string" && path !== "" && !path.includes("\0") &&
    path.isWellFormed();
  if (isPath) return path;
  throw new TypeError(`filenameGenerator must return a path, got ${Deno.inspect(path)}`);
}
