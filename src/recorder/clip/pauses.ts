/**
 * Pauses of a clip's sound, which are filled with silence: what comes after them stays in step, and muxers go on meanwhile.
 *
 * @module
 */
import type { Frame } from "../../gst/frame.ts";
import { secToNs } from "../../util/clock_time.ts";
import type { ClipTrack } from "./clip_track.ts";
import type { Shortfall } from "./report.ts";
import type { Silence } from "./silence.ts";

/** How the pauses of a track are filled. */
export interface PauseOptions {
  /** Returns the silence of the stream, which becomes the caller's; `null` if the caps are not known, or it has none. */
  silence: () => Silence | null;
  /** Nanoseconds after which sound that does not come is a pause. */
  patienceNs: bigint;
}

/** Where a track begins. */
export interface TrackStart {
  /** The start of the clip's pictures; `null` if it is not known, or there are none. */
  startNs: bigint | null;
  /** The instant of the call that made the clip. */
  callNs: bigint;
}

/** Sound that begins so much later than the pictures begins with silence, so that both begin together. */
export const LATE_NS = secToNs(0.1);

/** Fills the pauses of one track, until {@link close}. */
export class Pauses {
  readonly #track: ClipTrack;
  readonly #options: PauseOptions;
  /** Owned: closed by {@link close}. */
  #silence: Silence | null = null;
  /** Whether the last frame of the track is a silent one. */
  #isPaused = false;
  #isFilling = false;

  /** Creates pauses of a track, none of which is filled. */
  constructor(track: ClipTrack, options: PauseOptions) {
    this.#track = track;
    this.#options = options;
  }

  /**
   * Fills the pause before a frame, if there is one.
   *
   * @returns Whether the frame is admitted: it is not, where silence has been written already.
   */
  before(frame: Frame, { startNs, callNs }: TrackStart): boolean {
    const { timeNs, durationNs } = frame;
    if (this.#isFilling || timeNs === null) return true;
    const { tally } = this.#track;
    const fromNs = tally.frames > 0 ? tally.endNs : startNs;
    if (fromNs === null) return true;
    const gapNs = timeNs - fromNs;
    if (this.#isPaused && 2n * gapNs < -(durationNs ?? 0n)) return false;
    const toleranceNs = tally.frames > 0 ? this.#options.patienceNs : LATE_NS + (durationNs ?? 0n);
    const isEarlier = tally.frames === 0 && timeNs <= callNs;
    if (this.#isPaused || gapNs > toleranceNs) {
      this.#admit(fromNs, timeNs, true, isEarlier ? "ring-not-full" : "sound-paused");
    }
    this.#isPaused = false;
    return true;
  }

  /**
   * Fills a pause that goes on, up to an instant.
   *
   * @param startNs Where the track begins, if it has no frame yet.
   * @returns Whether the track goes on so.
   */
  fill(startNs: bigint, untilNs: bigint): boolean {
    const { tally } = this.#track;
    return this.#admit(tally.frames > 0 ? tally.endNs : startNs, untilNs, false);
  }

  /** Begins the track with a silent frame; returns whether that is possible. */
  begin(startNs: bigint): boolean {
    return this.#admit(startNs, startNs + (this.#source?.frameNs ?? 0n), false);
  }

  get #source(): Silence | null {
    return this.#silence ??= this.#options.silence();
  }

  #admit(
    fromNs: bigint,
    untilNs: bigint,
    isExact: boolean,
    shortfall: Shortfall = "sound-paused",
  ): boolean {
    const silence = this.#source;
    if (silence === null) return false;
    this.#isFilling = true;
    for (const frame of silence.frames(fromNs, untilNs, isExact)) {
      this.#track.admit(frame, fromNs, 0);
      frame.release();
      this.#isPaused = true;
      if (this.#track.isOver) break;
    }
    this.#isFilling = false;
    if (this.#isPaused) this.#track.tally.addShortfall(shortfall);
    return true;
  }

  /** Frees the silence. May be called twice. */
  close(): void {
    this.#silence?.close();
    this.#silence = null;
  }
}
