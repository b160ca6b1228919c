/**
 * The report of a clip.
 *
 * @module
 */
import { nsToSec, secToNs } from "../../util/clock_time.ts";
import type { ClipWindow } from "../../ringbuffer/clip_window.ts";
import { countMissing, medianStep, type Step } from "../../ringbuffer/steps.ts";

/**
 * Why a clip is shorter than requested, or has holes:
 *
 * - `ring-not-full`: the ring did not reach back to the requested start,
 * - `end-of-stream`: the stream ended before the requested end,
 * - `source-stalled`: no more frames came until a second after the requested end, or a track fell behind the others by
 *   `trackTimeoutSec`,
 * - `closed`: the recorder or the pipeline was closed, or the process was asked to end,
 * - `caps-changed`: the caps changed in a way that the file cannot follow. The frames after the change are in a file of their
 *   own, one of the report's `continuations`; those before it are left out where it is at the clip's start. Raw video is scaled
 *   to one size and raw sound converted to one format instead, and the frame rate may change,
 * - `flushed`: the stream was flushed, as by a seek, or restarted,
 * - `ring-failed`: an element in the ring buffer's bin failed,
 * - `encoder-too-slow`: frames were dropped because the encoder or the disk did not keep up,
 * - `frames-missing`: frames within the clip never came, or were dropped while the event loop was blocked,
 * - `sound-paused`: no sound came for a while, or it began later than the pictures; silence was written in its place,
 * - `track-missing`: one of the recorder's tracks had no frames; the clip is written without it,
 * - `start-not-exact`: the clip begins with a keyframe before the requested start, in spite of the option `exactStart`: the
 *   stream has no keyframes at which a smart cut can end (IDR pictures in H.264, IRAP pictures in H.265).
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
  | "track-missing"
  | "start-not-exact";

/** The report of a finished clip. Times are in seconds of the pipeline's running time. */
export interface RecordingReport {
  /** The clip's path. */
  path: string;
  /** An identifier of the event, the same in the reports and records of all its files. */
  eventId: string;
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
   * The reports of the further files of the event, in which it goes on after a change of the caps that a file cannot follow;
   * empty without one.
   */
  continuations: RecordingReport[];
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

/** The last steps of a clip, which show how long its last frame lasts. */
const LAST_STEPS = 8;

/** A frame that was written, as far as the report depends on it. */
interface CountedFrame {
  timeNs: bigint;
  /** Its duration by the caps or its buffer; `null` if neither states one. */
  statedNs: bigint | null;
}

/** Counts the frames of a track as they are written, for the report. */
export class ClipTally {
  readonly #shortfalls = new Set<Shortfall>();
  /** In the order of decoding. */
  readonly #frames: CountedFrame[] = [];
  #firstNs: bigint | null = null;
  /** The frame that is shown last. */
  #latest: CountedFrame | undefined;
  /** The first frame after the clip; `null` if none has come. */
  #nextNs: bigint | null = null;
  /** Where the clip was to end; `null` before that. */
  #endNs: bigint | null = null;
  /** Frames that came but cannot be written. */
  #unwritable = 0;
  /** Of those, the ones since the last frame that was written. */
  #skipped = 0;
  /** The shortfall of a first frame that comes later than requested. */
  lateStart: Shortfall = "ring-not-full";

  /** Frames written. */
  get frames(): number {
    return this.#frames.length;
  }

  /** The start of the first frame; `null` before there is one. */
  get firstNs(): bigint | null {
    return this.#firstNs;
  }

  /** The end of the last frame; 0 before there is one. */
  get endNs(): bigint {
    if (this.#latest === undefined) return 0n;
    const { timeNs, statedNs } = this.#latest;
    return statedNs === null ? this.#lastEndNs(this.#steps) : timeNs + statedNs;
  }

  /**
   * Counts a frame that has a PTS.
   *
   * @param statedNs Its duration by the caps or its buffer; `null` if neither states one.
   */
  add(timeNs: bigint, statedNs: bigint | null): void {
    const frame = { timeNs, statedNs };
    this.#frames.push(frame);
    // frames are shown in another order than decoded
    if (this.#firstNs === null || timeNs < this.#firstNs) this.#firstNs = timeNs;
    if (timeNs >= (this.#latest?.timeNs ?? 0n)) this.#latest = frame;
    this.#unwritable += this.#skipped;
    this.#skipped = 0;
  }

  /** Notes a frame that came but cannot be written. */
  addUnwritable(): void {
    if (this.frames > 0) this.#skipped++;
  }

  /** Notes the first frame after the clip's end: those that should have come between it and the last one are missing. */
  end(timeNs: bigint, endNs: bigint): void {
    this.#nextNs = timeNs;
    this.#endNs = endNs;
  }

  /** The steps between the frames in the order in which they are shown, the last one to the first frame after them. */
  get #steps(): Step[] {
    const shown = this.#frames.toSorted((a, b) => Number(a.timeNs - b.timeNs));
    const nextNs = this.#nextNs !== null && this.#nextNs > (shown.at(-1)?.timeNs ?? 0n)
      ? this.#nextNs
      : null;
    return shown.flatMap(({ timeNs, statedNs }, index) => {
      const endNs = shown[index + 1]?.timeNs ?? nextNs;
      if (endNs === null) return [];
      return [{
        ns: Number(endNs - timeNs),
        statedNs: statedNs === null ? null : Number(statedNs),
      }];
    });
  }

  /** The end of the last frame: as stated, unless it would last far longer than the others. */
  #lastEndNs(steps: readonly Step[]): bigint {
    const { timeNs, statedNs } = this.#latest ?? { timeNs: 0n, statedNs: null };
    const usualNs = medianStep(steps.slice(-LAST_STEPS));
    // the rate may have changed just before
    const lastNs = steps.at(-1)?.ns ?? 0;
    const isUsual = statedNs !== null &&
      (usualNs === null || Number(statedNs) <= 1.5 * Math.max(usualNs, lastNs));
    if (isUsual) return timeNs + statedNs;
    const ownNs = statedNs === null ? lastNs : usualNs ?? lastNs;
    return timeNs + BigInt(Math.round(ownNs));
  }

  /**
   * Returns whether a frame is missing at an instant: one that began before it would have to be there.
   *
   * @param frameNs Duration of a frame, if it is not known.
   */
  isLate(startNs: bigint, frameNs: bigint): boolean {
    const [first, next] = this.#frames;
    const stepNs = first && next && next.timeNs > first.timeNs ? next.timeNs - first.timeNs : null;
    return (this.#firstNs ?? startNs) - startNs >= (first?.statedNs ?? stepNs ?? frameNs);
  }

  /** Returns whether the frames reach up to an instant. */
  reaches(timeNs: bigint): boolean {
    return this.frames > 0 && this.#lastEndNs(this.#steps) >= timeNs;
  }

  /** Notes why the clip is not complete. */
  addShortfall(shortfall: Shortfall): void {
    this.#shortfalls.add(shortfall);
  }

  /** Returns what was counted, and what is missing of a window. */
  count(window: ClipWindow): Omit<TrackReport, "tee" | "mediaType"> {
    const steps = this.#steps;
    const firstNs = this.#firstNs ?? window.startNs;
    const endNs = this.#firstNs === null ? firstNs : this.#lastEndNs(steps);
    if (this.isLate(window.startNs, 1n)) this.addShortfall(this.lateStart);
    const dropped = this.#countDropped(steps, endNs);
    return {
      start: nsToSec(firstNs),
      end: nsToSec(endNs),
      frames: this.frames,
      dropped,
      shortfalls: [...this.#shortfalls],
    };
  }

  /** Counts the frames missing up to the last one, and notes those after it. */
  #countDropped(steps: readonly Step[], endNs: bigint): number {
    const missing = countMissing(steps);
    const inside = missing.slice(0, Math.max(0, this.frames - 1));
    const dropped = Math.max(inside.reduce((sum, count) => sum + count, 0), this.#unwritable);
    const isShort = (missing[this.frames - 1] ?? 0) > 0 && this.#endNs !== null &&
      endNs < this.#endNs;
    if ((dropped > 0 || isShort) && !this.#shortfalls.has("encoder-too-slow")) {
      this.addShortfall("frames-missing");
    }
    return dropped;
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
  clip: { path: string; eventId: string; bytes: number; window: ClipWindow; epochMs: number },
): RecordingReport {
  const { path, eventId, bytes, window, epochMs } = clip;
  const counted = tracks.map(({ tee, mediaType, tally }) => ({
    ...{ tee, mediaType },
    ...tally.count(window),
  }));
  const { start, end, frames, dropped } = counted.find(({ frames }) => frames > 0)!;
  return {
    path,
    eventId,
    start,
    end,
    duration: nsToSec(secToNs(end) - secToNs(start)),
    frames,
    dropped,
    bytes,
    calls: window.callsNs.map(nsToSec),
    requested: { start: nsToSec(window.startNs), end: nsToSec(window.requestedEndNs) },
    startedAt: new Date(epochMs + start * 1000),
    shortfalls: [...new Set(counted.flatMap(({ shortfalls }) => shortfalls))],
    continuations: [],
    ...(tracks.length > 1 && { tracks: counted }),
  };
}
