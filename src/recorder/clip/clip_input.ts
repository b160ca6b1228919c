/**
 * What comes into a clip.
 *
 * @module
 */
import type { Frame } from "../../gst/frame.ts";
import type { ClipWindow } from "../../ringbuffer/clip_window.ts";
import { min } from "../../util/clock_time.ts";
import { ClipTrack, type ClipTrackOptions } from "./clip_track.ts";
import { LATE_NS, type PauseOptions, Pauses, type TrackStart } from "./pauses.ts";
import type { Shortfall } from "./report.ts";

/** Options of a track of {@link ClipInput}. */
export interface InputTrackOptions extends ClipTrackOptions {
  /** How its pauses are filled if it is sound; `null` for pictures. */
  pauses: PauseOptions | null;
}

/** The tracks of a clip, which hold the frames that belong to it until they are written. */
export class ClipInput {
  /** The tracks, in the order of the recorder's. */
  readonly tracks: readonly ClipTrack[];
  readonly #window: ClipWindow;
  /** The track that decides where the others begin: the first one with pictures. */
  readonly #leader: ClipTrack;
  /** The pauses of the tracks with sound. */
  readonly #pauses = new Map<ClipTrack, Pauses>();
  /** Sound that waits for the first picture: what there was at the call, and since. */
  readonly #early = new Map<ClipTrack, { atCall: readonly Frame[]; later: Frame[] }>();

  /**
   * Creates tracks without frames. Where the first one with pictures has to begin before the window, the others do, too; where
   * it begins later, so does the sound.
   */
  constructor(window: ClipWindow, tracks: readonly InputTrackOptions[]) {
    this.#window = window;
    this.tracks = tracks.map(({ pauses, ...options }) => {
      if (pauses === null) return new ClipTrack(window, options);
      const before = (frame: Frame): boolean =>
        this.#pauses.get(track)!.before(frame, this.#startOf(track));
      const track: ClipTrack = new ClipTrack(window, { ...options, before });
      this.#pauses.set(track, new Pauses(track, pauses));
      return track;
    });
    this.#leader = this.tracks.find((track) => !this.#pauses.has(track)) ?? this.tracks[0]!;
  }

  /** Where a track with sound begins. */
  #startOf(track: ClipTrack): TrackStart {
    const isKnown = track !== this.#leader && this.#leader.tally.frames > 0;
    const startNs = isKnown ? this.#startNs(track) : null;
    return { startNs, callNs: this.#window.callsNs[0]! };
  }

  /** Admits the frames that there are at the call, of the n-th track. */
  begin(index: number, frames: readonly Frame[]): void {
    const track = this.tracks[index]!;
    if (this.#mustWait(track)) {
      this.#early.set(track, { atCall: frames.map((frame) => frame.retain()), later: [] });
      return;
    }
    track.begin(frames, this.#startNs(track));
    this.#releaseEarly();
  }

  /** Whether a track waits for the first picture. */
  #mustWait(track: ClipTrack): boolean {
    const leader = this.#leader;
    return this.#pauses.has(track) && track !== leader && leader.tally.frames === 0 &&
      !leader.isOver;
  }

  /** Admits the sound that waited for the first picture, once that has come or never will, and that of a track that ends. */
  #releaseEarly(ending?: ClipTrack): void {
    for (const [track, { atCall, later }] of this.#early) {
      if (track !== ending && this.#mustWait(track)) continue;
      this.#early.delete(track);
      track.begin(atCall, this.#startNs(track));
      for (const frame of later) track.admit(frame, this.#startNs(track), 0);
      for (const frame of [...atCall, ...later]) frame.release();
    }
  }

  /**
   * Admits a frame of the n-th track if it belongs to the clip.
   *
   * @param backlog Frames of the track that the encoder has not taken yet.
   */
  admit(index: number, frame: Frame, backlog: number): void {
    const track = this.tracks[index]!;
    const early = this.#early.get(track);
    if (early !== undefined) return void early.later.push(frame.retain());
    track.admit(frame, this.#startNs(track), backlog);
    this.#releaseEarly();
  }

  /** Where a track begins: with the keyframe of the first one with pictures, if that is earlier; sound also if it is late. */
  #startNs(track: ClipTrack): bigint {
    const { startNs } = this.#window;
    const { tally } = this.#leader;
    const firstNs = tally.firstNs ?? startNs;
    const follows = this.#pauses.has(track) && track !== this.#leader;
    return follows && tally.isLate(startNs, LATE_NS) ? firstNs : min(startNs, firstNs);
  }

  /**
   * Fills the pause of the n-th track up to an instant.
   *
   * @returns Whether the track goes on so: it is sound, whose caps are known, and silence can be made of them.
   */
  fill(index: number, untilNs: bigint): boolean {
    const track = this.tracks[index]!;
    const { startNs } = this.#startOf(track);
    if (startNs === null && track.tally.frames === 0) return false;
    return this.#pauses.get(track)?.fill(startNs ?? 0n, untilNs) ?? false;
  }

  /** Ends the n-th track, whose stream gives no more frames. */
  end(index: number, shortfall: Shortfall): void {
    const track = this.tracks[index]!;
    this.#releaseEarly(track);
    track.end(track.tally.frames === 0 && this.tracks.length > 1 ? "track-missing" : shortfall);
    this.#releaseEarly();
  }

  /** Ends the tracks that have no frame yet, but sound that can begin with silence: the clip is written without them. */
  endMissing(): void {
    for (const track of this.tracks) if (!this.#begin(track)) track.end("track-missing");
    this.#releaseEarly();
  }

  /** Begins a track with silence, if it has no frame; returns whether it has one. */
  #begin(track: ClipTrack): boolean {
    if (track.tally.frames > 0 || this.#early.has(track)) return true;
    const { startNs } = this.#startOf(track);
    return startNs !== null && (this.#pauses.get(track)?.begin(startNs) ?? false);
  }

  /** Ends all tracks and drops the frames that are not written. */
  clear(): void {
    for (const { atCall, later } of this.#early.values()) {
      for (const frame of [...atCall, ...later]) frame.release();
    }
    this.#early.clear();
    for (const track of this.tracks) {
      track.end();
      track.clear();
    }
    this.close();
  }

  /** Frees what the pauses are filled with. May be called twice. */
  close(): void {
    for (const pauses of this.#pauses.values()) pauses.close();
  }

  /** The tracks that have frames. */
  get begun(): ClipTrack[] {
    return this.tracks.filter(({ tally }) => tally.frames > 0);
  }

  /** Whether each track has frames, or will never have any. */
  get hasBegun(): boolean {
    return this.tracks.every(({ isOver, tally }) => isOver || tally.frames > 0);
  }

  /** Whether no more frames come. */
  get isOver(): boolean {
    return this.tracks.every(({ isOver }) => isOver);
  }

  /** Whether no frame came, and none will. */
  get isEmpty(): boolean {
    return this.isOver && this.begun.length === 0;
  }

  /** Whether a further call can extend the clip: the tracks that were not cut short go on. */
  get isOpen(): boolean {
    return !this.isOver && this.tracks.every((track) => !track.isOver || track.isCutShort);
  }

  /** Why there are no frames to write yet, for the message of a time-out. */
  get lateness(): string {
    if (this.tracks.some(({ hasUntimed }) => hasUntimed)) {
      return "frames came without timestamps, which do-timestamp=true at the source adds";
    }
    const { keyframeProblem } = this;
    if (keyframeProblem !== null) {
      return `${keyframeProblem} (maxDelaySec is the time to wait for one)`;
    }
    return "no frame came that belongs to the clip, or its file could not be created in time";
  }

  /** Why a track has not begun though frames came; `null` without such a track. */
  get keyframeProblem(): string | null {
    return this.tracks.map((track) => track.keyframeProblem).find((text) => text !== null) ?? null;
  }
}
