/**
 * The report of a clip.
 *
 * @module
 */
import { nsToSec, secToNs } from "../../util/clock_time.ts";
import { type ClipWindow, countMissing } from "../../ringbuffer/clip_window.ts";

/**
 * Why a clip is shorter than requested, or has holes:
 *
 * - `ring-not-full`: the ring did not reach back to the requested start,
 * - `end-of-stream`: the stream ended before the requested end,
 * - `source-stalled`: no more frames came until a second after the requested end, or a track fell behind the others by
 *   `trackTimeoutSec`,
 * - `closed`: the recorder or the pipeline was closed, or the process was asked to end,
 * - `caps-changed`: the caps changed in a way that the file cannot follow; the frames after the change or, at the clip's
 *   start, before it are left out. Raw video is scaled to one size and raw sound converted to one format instead, and the
 *   frame rate may change,
 * - `flushed`: the stream was flushed, as by a seek, or restarted,
 * - `ring-failed`: an element in the ring buffer's bin failed,
 * - `encoder-too-slow`: frames were dropped because the encoder or the disk did not keep up,
 * - `frames-missing`: frames within the clip never came, or were dropped while the event loop was blocked,
 * - `sound-paused`: no sound came for a while, or it began later than the pictures; silence was written in its place,
 * - `track-missing`: one of the recorder's tracks had no frames; the clip is written without it.
 */
export type Shortfall =
  | "ring-not-full"
  | "end-of-stream"
  | "source-stalled"
  | "closed"
  | "caps-changed"
  | "flushed"
  | "ring-failed"
  | "encoder-too-slow"
  | "frames-missing"
  | "sound-paused"
  | "track-missing";

/** The report of a finished clip. Times are in seconds of the pipeline's running time. */
export interface RecordingReport {
  /** The clip's path. */
  path: string;
  /** The start of the first frame. */
  start: number;
  /** The end of the last frame. */
  end: number;
  /** `end - start`. */
  duration: number;
  /** The number of frames written. */
  frames: number;
  /** The number of frames missing between the first and the last one. */
  dropped: number;
  /** The size of the file in bytes. */
  bytes: number;
  /** The instants (`at`) of the calls of `record()` that this clip covers. */
  calls: number[];
  /** The requested interval, `start` included and `end` excluded. */
  requested: { start: number; end: number };
  /** The wall-clock time of the first frame. */
  startedAt: Date;
  /** Why the clip is not complete; empty if it is. */
  shortfalls: Shortfall[];
  /**
   * The tracks of a recorder with the option `tracks`, if it has several. The fields above are then those of the first track
   * in the file; `shortfalls` are those of all tracks.
   */
  tracks?: TrackReport[];
}

/**
 * The report of one of several tracks of a clip. If `frames` is 0, the track is not in the file: ignore `start` and `end`.
 */
export interface TrackReport
  extends Pick<RecordingReport, "start" | "end" | "frames" | "dropped" | "shortfalls"> {
  /** The name of its tee. */
  tee: string;
  /** The media type, such as `video/x-h264`; `null` if there were no frames. */
  mediaType: string | null;
}

/** Counts the frames of a track as they are written, for the report. */
export class ClipTally {
  readonly #shortfalls = new Set<Shortfall>();
  #firstNs: bigint | null = null;
  /** Its duration by its buffer or the caps; `null` if neither states one. */
  #firstDurationNs: bigint | null = null;
  /** The start of the frame with the latest PTS. */
  #latestNs = 0n;
  /** Its duration by its buffer or the caps; `null` if neither states one. */
  #latestDurationNs: bigint | null = null;
  /** The DTS of the last frame. */
  #lastNs = 0n;
  /** Its duration by the caps; `null` if they state no rate. */
  #lastFrameNs: bigint | null = null;
  /** The step from the last frame but one to the last; `null` before there are two. */
  #stepNs: bigint | null = null;
  #frames = 0;
  #missing = 0;
  /** Frames since the last one that came but cannot be written. */
  #skipped = 0;
  /** The shortfall of a first frame that comes later than requested. */
  lateStart: Shortfall = "ring-not-full";

  /** Frames written. */
  get frames(): number {
    return this.#frames;
  }

  /** The start of the first frame; `null` before there is one. */
  get firstNs(): bigint | null {
    return this.#firstNs;
  }

  /** The duration of the last frame in nanoseconds, by default its distance to the next one or the one before it. */
  get #frameNs(): bigint | null {
    return this.#latestDurationNs ?? this.#stepNs;
  }

  /** The end of the last frame; 0 before there is one. */
  get endNs(): bigint {
    return this.#latestNs + (this.#frameNs ?? 0n);
  }

  /**
   * Counts a frame that has a PTS.
   *
   * @param frameNs Duration of a frame by the caps; `null` if they state no rate.
   * @param dtsNs Its DTS as running time; frames come in this order.
   */
  add(
    timeNs: bigint,
    durationNs: bigint | null,
    frameNs: bigint | null,
    dtsNs: bigint = timeNs,
  ): void {
    if (this.#firstNs === null) {
      this.#firstNs = timeNs;
      this.#firstDurationNs = durationNs ?? frameNs;
    } else this.#missing += this.#missingBefore(dtsNs, frameNs);
    // frames are shown in another order than decoded
    if (timeNs < this.#firstNs) this.#firstNs = timeNs;
    this.observe(dtsNs);
    this.#lastNs = dtsNs;
    this.#lastFrameNs = frameNs;
    this.#skipped = 0;
    if (timeNs >= this.#latestNs) {
      this.#latestNs = timeNs;
      this.#latestDurationNs = durationNs ?? frameNs;
    }
    this.#frames++;
  }

  /** Counts the frames missing between the last one and another, which may have another frame rate. */
  #missingBefore(dtsNs: bigint, frameNs: bigint | null): number {
    const missing = countMissing(this.#lastNs, dtsNs, this.#lastFrameNs ?? frameNs);
    return Math.max(missing, this.#skipped);
  }

  /** Notes a frame that came but cannot be written. */
  addUnwritable(): void {
    if (this.#frames > 0) this.#skipped++;
  }

  /** Notes the first frame after the clip's end: those that should have come between it and the last one are missing. */
  end(dtsNs: bigint, endNs: bigint): void {
    this.observe(dtsNs);
    const frameNs = this.#lastFrameNs;
    const isShort = frameNs !== null && this.#lastNs + frameNs < endNs &&
      countMissing(this.#lastNs, dtsNs, frameNs) > 0;
    if (isShort && !this.#shortfalls.has("encoder-too-slow")) this.addShortfall("frames-missing");
  }

  /** Notes the frame that comes next, which need not belong to the clip. */
  observe(dtsNs: bigint): void {
    if (this.#frames > 0 && dtsNs > this.#lastNs) this.#stepNs = dtsNs - this.#lastNs;
  }

  /** Notes a frame that is in the file but not shown. */
  addHidden(dtsNs: bigint): void {
    if (this.#frames > 0) this.#lastNs = dtsNs;
  }

  /**
   * Returns whether a frame is missing at an instant: one that began before it would have to be there.
   *
   * @param frameNs Duration of a frame, if it is not known.
   */
  isLate(startNs: bigint, frameNs: bigint): boolean {
    return (this.#firstNs ?? startNs) - startNs >=
      (this.#firstDurationNs ?? this.#frameNs ?? frameNs);
  }

  /** Returns whether the frames reach up to an instant. */
  reaches(timeNs: bigint): boolean {
    return this.#frames > 0 && this.endNs >= timeNs;
  }

  /** Notes why the clip is not complete. */
  addShortfall(shortfall: Shortfall): void {
    this.#shortfalls.add(shortfall);
  }

  /** Returns what was counted, and what is missing of a window. */
  count(window: ClipWindow): Omit<TrackReport, "tee" | "mediaType"> {
    const firstNs = this.#firstNs ?? window.startNs;
    const endNs = this.#firstNs === null ? firstNs : this.endNs;
    if (this.isLate(window.startNs, 1n)) this.addShortfall(this.lateStart);
    if (this.#missing > 0 && !this.#shortfalls.has("encoder-too-slow")) {
      this.addShortfall("frames-missing");
    }
    return {
      start: nsToSec(firstNs),
      end: nsToSec(endNs),
      frames: this.#frames,
      dropped: this.#missing,
      shortfalls: [...this.#shortfalls],
    };
  }
}

/** A track of a clip, as far as the report needs it. */
export interface CountedTrack extends Pick<TrackReport, "tee" | "mediaType"> {
  /** Its frames. */
  tally: ClipTally;
}

/**
 * Returns the report of a clip, at least one of whose tracks has a frame.
 *
 * @param epochMs Wall clock (milliseconds) at running time 0.
 */
export function clipReport(
  tracks: readonly CountedTrack[],
  clip: { path: string; bytes: number; window: ClipWindow; epochMs: number },
): RecordingReport {
  const { path, bytes, window, epochMs } = clip;
  const counted = tracks.map(({ tee, mediaType, tally }) => ({
    ...{ tee, mediaType },
    ...tally.count(window),
  }));
  const { start, end, frames, dropped } = counted.find(({ frames }) => frames > 0)!;
  return {
    path,
    start,
    end,
    duration: nsToSec(secToNs(end) - secToNs(start)),
    frames,
    dropped,
    bytes,
    calls: window.callsNs.map(nsToSec),
    requested: { start: nsToSec(window.startNs), end: nsToSec(window.endNs) },
    startedAt: new Date(epochMs + start * 1000),
    shortfalls: [...new Set(counted.flatMap(({ shortfalls }) => shortfalls))],
    ...(tracks.length > 1 && { tracks: counted }),
  };
}
