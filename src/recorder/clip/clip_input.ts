/**
 * What comes into a clip.
 *
 * @module
 */
import type { Frame } from "../../gst/frame.ts";
import type { ClipWindow } from "../../ringbuffer/clip_window.ts";
import { min } from "../../util/clock_time.ts";
import { ClipTrack, type ClipTrackOptions } from "./clip_track.ts";
import type { Shortfall } from "./report.ts";

/** The tracks of a clip, which hold the frames that belong to it until they are written. */
export class ClipInput {
  /** The tracks, in the order of the recorder's. */
  readonly tracks: readonly ClipTrack[];
  readonly #window: ClipWindow;

  /** Creates tracks without frames. Where the first one has to begin before the window, the others do, too. */
  constructor(window: ClipWindow, tracks: readonly ClipTrackOptions[]) {
    this.#window = window;
    this.tracks = tracks.map((track) => new ClipTrack(window, track));
  }

  /** Admits the frames that there are at the call, of the n-th track. */
  begin(index: number, frames: readonly Frame[]): void {
    this.tracks[index]!.begin(frames, this.#startNs);
  }

  /**
   * Admits a frame of the n-th track if it belongs to the clip.
   *
   * @param backlog Frames of the track that the encoder has not taken yet.
   */
  admit(index: number, frame: Frame, backlog: number): void {
    this.tracks[index]!.admit(frame, this.#startNs, backlog);
  }

  /** Where the tracks begin: with the first one's keyframe, where that comes before the window. */
  get #startNs(): bigint {
    const { startNs } = this.#window;
    return min(startNs, this.tracks[0]!.tally.firstNs ?? startNs);
  }

  /** Ends the n-th track, whose stream gives no more frames. */
  end(index: number, shortfall: Shortfall): void {
    const track = this.tracks[index]!;
    track.end(track.tally.frames === 0 && this.tracks.length > 1 ? "track-missing" : shortfall);
  }

  /** Ends the tracks that have no frame yet: the clip is written without them. */
  endMissing(): void {
    for (const track of this.tracks) if (track.tally.frames === 0) track.end("track-missing");
  }

  /** Ends all tracks and drops the frames that are not written. */
  clear(): void {
    for (const track of this.tracks) {
      track.end();
      track.clear();
    }
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
