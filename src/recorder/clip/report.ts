/**
 * What a clip turned out to be.
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
 * - `source-stalled`: no more frames came, though their time had passed,
 * - `closed`: the recorder or the pipeline was closed, or the process was told to end,
 * - `caps-changed`: the stream became another, such as one of another size, that the file cannot go on with (or, in a
 *   clip's start, could not have begun with); raw video is brought to one size instead, and frame rates may change,
 * - `flushed`: the stream was flushed, as by a seek, or was started again,
 * - `ring-failed`: the ring buffer's bin failed,
 * - `encoder-too-slow`: frames were dropped because encoder or disk did not keep up,
 * - `frames-missing`: frames within the clip never came, or came while the event loop was busy for too long,
 * - `track-missing`: one of the recorder's tracks gave nothing; the clip is written without it.
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
  | "track-missing";

/** A finished clip. Times are in seconds of the pipeline's running time. */
export interface RecordingReport {
  /** Where the clip is. */
  path: string;
  /** Start of the first frame. */
  start: number;
  /** End of the last frame. */
  end: number;
  /** `end - start`. */
  duration: number;
  /** Frames written. */
  frames: number;
  /** Frames missing between the first and the last. */
  dropped: number;
  /** Size of the file. */
  bytes: number;
  /** The instant of each `record()` that fell into this clip. */
  calls: number[];
  /** What was asked for: from here up to, not including, there. */
  requested: { start: number; end: number };
  /** Wall clock of the first frame. */
  startedAt: Date;
  /** Empty when the clip is complete; else why it is not. */
  shortfalls: Shortfall[];
  /**
   * The tracks, where the recorder was given several. What is said above is that of the first one in the file, and
   * `shortfalls` are those of all.
   */
  tracks?: TrackReport[];
}

/** One of several tracks of a clip; one that is not in the file has no frames, and nothing else counts then. */
export interface TrackReport
  extends Pick<RecordingReport, "start" | "end" | "frames" | "dropped" | "shortfalls"> {
  /** The tee that it comes from. */
  tee: string;
  /** The kind of media, such as `video/x-h264`; null where there was none. */
  mediaType: string | null;
}

/** Counts frames as they are written, and makes the report of them. */
export class ClipTally {
  readonly #shortfalls = new Set<Shortfall>();
  #firstNs: bigint | null = null;
  /** What that lasts by itself or by the caps; null where they do not tell. */
  #firstToldNs: bigint | null = null;
  /** The start of the frame shown last. */
  #latestNs = 0n;
  /** What that lasts by itself or by the caps; null where they do not tell. */
  #toldNs: bigint | null = null;
  /** Where the last frame stood in the stream. */
  #lastNs = 0n;
  /** What that lasts by the caps; null where they do not tell. */
  #lastFrameNs: bigint | null = null;
  /** From the last frame but one to the last; null before there are two. */
  #stepNs: bigint | null = null;
  #frames = 0;
  #missing = 0;
  /** Frames since the last one that came, but cannot be written. */
  #skipped = 0;
  /** What it is called where the first frame comes later than it should. */
  lateness: Shortfall = "ring-not-full";

  /** Frames written. */
  get frames(): number {
    return this.#frames;
  }

  /** The start of the first frame; null before there is one. */
  get firstNs(): bigint | null {
    return this.#firstNs;
  }

  /** Nanoseconds that the last frame lasts: where nothing tells, until the next one or as long as the one before it. */
  get #frameNs(): bigint | null {
    return this.#toldNs ?? this.#stepNs;
  }

  get #endNs(): bigint {
    return this.#latestNs + (this.#frameNs ?? 0n);
  }

  /**
   * Counts a frame with a time.
   *
   * @param frameNs What a frame lasts by the caps; null where they do not tell.
   * @param dtsNs When it is decoded; frames come in that order.
   */
  add(
    timeNs: bigint,
    durationNs: bigint | null,
    frameNs: bigint | null,
    dtsNs: bigint = timeNs,
  ): void {
    if (this.#firstNs === null) {
      this.#firstNs = timeNs;
      this.#firstToldNs = durationNs ?? frameNs;
    } else this.#missing += this.#missingBefore(dtsNs, frameNs);
    // frames are shown in another order than decoded
    if (timeNs < this.#firstNs) this.#firstNs = timeNs;
    this.meet(dtsNs);
    this.#lastNs = dtsNs;
    this.#lastFrameNs = frameNs;
    this.#skipped = 0;
    if (timeNs >= this.#latestNs) {
      this.#latestNs = timeNs;
      this.#toldNs = durationNs ?? frameNs;
    }
    this.#frames++;
  }

  /** Frames missing between the last one and another, which may be of another frame rate. */
  #missingBefore(dtsNs: bigint, frameNs: bigint | null): number {
    const missing = countMissing(this.#lastNs, dtsNs, this.#lastFrameNs ?? frameNs);
    return Math.max(missing, this.#skipped);
  }

  /** Takes note of a frame that came, but cannot be written. */
  skip(): void {
    if (this.#frames > 0) this.#skipped++;
  }

  /** Takes note of the first frame after the end: those that should have come between that and the last one are missing. */
  end(dtsNs: bigint, endNs: bigint): void {
    this.meet(dtsNs);
    const frameNs = this.#lastFrameNs;
    const isShort = frameNs !== null && this.#lastNs + frameNs < endNs &&
      countMissing(this.#lastNs, dtsNs, frameNs) > 0;
    if (isShort && !this.#shortfalls.has("encoder-too-slow")) this.note("frames-missing");
  }

  /** Takes note of a frame that comes next, but need not belong to the clip. */
  meet(dtsNs: bigint): void {
    if (this.#frames > 0 && dtsNs > this.#lastNs) this.#stepNs = dtsNs - this.#lastNs;
  }

  /** Takes note of one that is in the file, but not to be seen. */
  pass(dtsNs: bigint): void {
    if (this.#frames > 0) this.#lastNs = dtsNs;
  }

  /** Whether the frames reach up to an instant. */
  reaches(timeNs: bigint): boolean {
    return this.#frames > 0 && this.#endNs >= timeNs;
  }

  /** Notes why the clip is not complete. */
  note(shortfall: Shortfall): void {
    this.#shortfalls.add(shortfall);
  }

  /** What was counted, and what is missing of a window. */
  count(window: ClipWindow): Omit<TrackReport, "tee" | "mediaType"> {
    const firstNs = this.#firstNs ?? window.startNs;
    const endNs = this.#firstNs === null ? firstNs : this.#endNs;
    // a frame that began before the requested start would have to be there, too
    if (firstNs - window.startNs >= (this.#firstToldNs ?? this.#frameNs ?? 1n)) {
      this.note(this.lateness);
    }
    if (this.#missing > 0 && !this.#shortfalls.has("encoder-too-slow")) this.note("frames-missing");
    return {
      start: nsToSec(firstNs),
      end: nsToSec(endNs),
      frames: this.#frames,
      dropped: this.#missing,
      shortfalls: [...this.#shortfalls],
    };
  }
}

/** A clip's stream, as far as the report needs it. */
export interface CountedTrack extends Pick<TrackReport, "tee" | "mediaType"> {
  /** Its frames. */
  tally: ClipTally;
}

/**
 * The report of a clip, at least one of whose tracks has a frame.
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
